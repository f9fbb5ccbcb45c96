/**
 * Decides whether a request is let in: basic authentication (RFC 7617).
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import type { Credentials, PasswordChecks } from "./password_checks.ts";

/** Longest header that is looked at; bcrypt sees 72 bytes of a password. */
const MAX_HEADER_LENGTH = 4_096;

/** Seconds after which a client that could not be checked may try again. */
const RETRY_SECONDS = 5;

/**
 * Decides whether a request is let in.
 *
 * @param address Where it comes from
 * @returns The answer that refuses it; `undefined` when it is let in
 */
export async function refuse(
  request: Request,
  { address, checks }: {
    readonly address: string;
    readonly checks: PasswordChecks;
  },
): Promise<Response | undefined> {
  const credentials = parseCredentials(request.headers.get("authorization"));
  const verdict = credentials === undefined
    ? "wrong"
    : await checks.check(credentials, clientOf(address));
  switch (verdict) {
    case "right":
      return undefined;
    case "wrong":
      return answer("Unauthorized\n", 401, {
        "www-authenticate": 'Basic realm="port_exporter", charset="UTF-8"',
      });
    case "busy":
      // Not 401: the password may be right, a browser would drop it.
      return answer("Too many passwords wait to be checked\n", 503, {
        "retry-after": String(RETRY_SECONDS),
      });
    default:
      return verdict satisfies never;
  }
}

/**
 * Parses the value of the header Authorization.
 *
 * @returns `undefined` when it is none of basic authentication
 */
export function parseCredentials(
  header: string | null,
): Credentials | undefined {
  if (header === null || header.length > MAX_HEADER_LENGTH) return undefined;
  const encoded = /^basic +(?<text>\S+) *$/i.exec(header)?.groups?.["text"];
  if (encoded === undefined) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(encoded);
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
    const colon = text.indexOf(":");
    return colon < 0
      ? undefined
      : { user: text.slice(0, colon), password: text.slice(colon + 1) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) {
      return undefined;
    }
    throw error;
  }
}

/** One host has one IPv4 address, and often all of an IPv6 network of /64. */
export function clientOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6
    ? parsed.parts.slice(0, 4).join(":")
    : parsed.toString();
}

function answer(
  body: string,
  status: number,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(body, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}
