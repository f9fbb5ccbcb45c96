/**
 * Turns the text of a web configuration into a {@linkcode WebConfig} or into
 * the list of all its mistakes. Pure.
 *
 * @module
 */

import * as v from "valibot";
import { describeIssues, formatPlace } from "../config/describe_issue.ts";
import { type Diagnostic, parseDocument } from "../config/document.ts";
import { type ParsedWebConfig, webConfigSchema } from "./schema.ts";
import type { PemSource, UserHashes, WebConfig } from "./web_config.ts";

/** A web configuration, or everything that is wrong with it. */
export type ParseWebConfigResult =
  | { readonly ok: true; readonly webConfig: WebConfig }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

/** Parses the text of a web configuration; an empty one asks for nothing. */
export function parseWebConfig(text: string): ParseWebConfigResult {
  const document = parseDocument(text);
  if (!document.ok) return refuse(document.errors);
  const value = dropEmptyKeys(document.value, SECTIONS);
  const parsed = v.safeParse(webConfigSchema, value);
  const issues = describeIssues(parsed.issues ?? [], webConfigSchema, {
    isSecret,
  });
  // The schema's output has a type only when there are no issues.
  const config = (isMapping(value) ? value : {}) as ParsedWebConfig;
  const users = parseUsers(config.basic_auth_users);
  const tls = parseTls(config.tls_server_config);
  const errors = [...issues, ...users.errors, ...tls.errors];
  if (!parsed.success || errors.length > 0) return refuse(errors);
  return {
    ok: true,
    webConfig: {
      users: users.value,
      headers: Object.fromEntries(
        Object.entries(parsed.output.http_server_config?.headers ?? {})
          .flatMap(([name, text]) => text ? [[name, text] as const] : []),
      ),
      ...(tls.value !== undefined && { tls: tls.value }),
    },
  };
}

/** Where passwords, hashes and keys stand; they are not for logs. */
const SECRET_PLACES: readonly (readonly string[])[] = [
  ["basic_auth_users"],
  ["tls_server_config", "cert"],
  ["tls_server_config", "key"],
];

/** Whether a secret may stand at this place, below it, or around it. */
function isSecret(keys: readonly unknown[]): boolean {
  return SECRET_PLACES.some((place) =>
    keys.every((key, depth) => depth >= place.length || key === place[depth])
  );
}

/** Takes out of the messages what is quoted by accident. */
function refuse(errors: readonly Diagnostic[]): ParseWebConfigResult {
  return {
    ok: false,
    errors: errors.map(({ message, ...rest }) => ({
      ...rest,
      message: message
        // The line, alias or tag that is quoted may be a password.
        .replace(
          /^(Cannot parse YAML: .*?)(?: in| for| with)? (?:"|!<).*/,
          "$1",
        )
        // A key whose colon has no space behind it has swallowed its value.
        .replace(/(\["(?:[^":\\]|\\.)*:)(?:[^"\\]|\\.)*"\]/g, '$1…"]')
        .replace(/\$2[aby]\$\d\d\$[./A-Za-z0-9]+|-+BEGIN[^"]*/g, "…"),
    })),
  };
}

/** Mappings of the file whose keys may stand there without a value. */
const SECTIONS: readonly string[] = [
  "tls_server_config",
  "http_server_config",
  "rate_limit",
];

/** As Go's YAML does: a key without a value is as good as none. */
function dropEmptyKeys(value: unknown, within: readonly string[]): unknown {
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, child]) => child !== null)
      .map(([key, child]) => [
        key,
        within.includes(key) ? dropEmptyKeys(child, []) : child,
      ]),
  );
}

interface Part<Value> {
  readonly value: Value;
  readonly errors: readonly Diagnostic[];
}

/** The last 53 characters are salt and hash; cost 31 is the highest. */
const BCRYPT_HASH =
  /^\$2[aby]\$(?:0[4-9]|[12][0-9]|3[01])\$[.\/A-Za-z0-9]{53}$/;

function parseUsers(input: unknown): Part<UserHashes> {
  const errors: Diagnostic[] = [];
  const users = new Map<string, string>();
  for (const [user, hash] of Object.entries(isMapping(input) ? input : {})) {
    const place = formatPlace(["basic_auth_users", user]);
    if (user.includes(":")) {
      errors.push({
        message: `Cannot use ${place}: the name has a colon, want one without`,
      });
    }
    if (typeof hash === "string" && BCRYPT_HASH.test(hash)) {
      users.set(user, hash);
      continue;
    }
    // Not quoted: it may be the password itself.
    const found = hash === null
      ? "empty"
      : typeof hash === "string"
      ? hash.length === 1
        ? "1 character that is no bcrypt hash"
        : `${hash.length} characters that are no bcrypt hash`
      : "no text";
    errors.push({
      message: `Cannot use ${place}: ${found}, want 60 characters like ` +
        "$2y$10$…, as htpasswd -nB makes them",
    });
  }
  return { value: users, errors };
}

type ParsedTls = ParsedWebConfig["tls_server_config"];

function parseTls(input: ParsedTls): Part<WebConfig["tls"]> {
  const errors: Diagnostic[] = [];
  if (!isMapping(input)) return { value: undefined, errors };
  const find = (key: "cert" | "key"): PemSource | undefined => {
    const text = input[key] || undefined;
    const path = input[`${key}_file`] || undefined;
    if (text !== undefined && path !== undefined) {
      errors.push({
        message: `Cannot use tls_server_config.${key}: ${key}_file stands ` +
          "beside it, want one of them",
      });
    }
    if (path !== undefined) return { kind: "file", path };
    return text === undefined ? undefined : { kind: "inline", text };
  };
  const certificate = find("cert");
  const key = find("key");
  if (certificate !== undefined && key !== undefined) {
    return { value: { certificate, key }, errors };
  }
  // One of them, or a wish that only TLS fulfils.
  if (certificate ?? key ?? input.client_auth_type) {
    const missing = certificate === undefined ? "cert" : "key";
    errors.push({
      message: `Cannot use tls_server_config: no ${missing}_file, want ` +
        "certificate and key",
    });
  }
  return { value: undefined, errors };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
