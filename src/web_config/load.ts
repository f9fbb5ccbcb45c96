/**
 * Reads a web configuration and the files that it names.
 *
 * @module
 */

import { locateError, readConfigText } from "../config/load.ts";
import {
  type CertificateFacts,
  findKeyPairProblem,
  readCertificateFacts,
} from "./certificate.ts";
import { parseWebConfig } from "./parse.ts";
import type { KeyPair, WebConfig } from "./web_config.ts";

/** A web configuration with all that it names. */
export interface LoadedWebConfig extends Omit<WebConfig, "tls"> {
  /** Certificate and key; absent: plain HTTP. */
  readonly tls?: KeyPair & { readonly facts: CertificateFacts };
}

/** A web configuration, or its mistakes as sentences that name the file. */
export type LoadWebConfigResult =
  & (
    | { readonly ok: true; readonly webConfig: LoadedWebConfig }
    | { readonly ok: false; readonly errors: readonly string[] }
  )
  & {
    /** What was read or should have been: a change there is worth a look. */
    readonly paths: readonly string[];
  };

/** Reads, parses and validates the web configuration at `path`. */
export function loadWebConfig(path: string): LoadWebConfigResult {
  const file = readConfigText(path);
  if (!file.ok) {
    return { ok: false, errors: [`${path}: ${file.error}`], paths: [path] };
  }
  const parsed = parseWebConfig(file.text);
  if (!parsed.ok) {
    return {
      ok: false,
      errors: parsed.errors.map((error) => locateError(path, error)),
      paths: [path],
    };
  }
  const { tls, ...rest } = parsed.webConfig;
  if (tls === undefined) return { ok: true, webConfig: rest, paths: [path] };
  const sources = { cert: tls.certificate, key: tls.key };
  const errors: string[] = [];
  const paths = [path];
  const pair = { certificate: read("cert"), key: read("key") };
  if (errors.length === 0) {
    const problem = findKeyPairProblem(pair);
    if (problem === undefined) {
      try {
        const facts = readCertificateFacts(pair.certificate);
        return {
          ok: true,
          webConfig: { ...rest, tls: { ...pair, facts } },
          paths,
        };
      } catch (error) {
        const { message } = error as Error;
        errors.push(describe("cert", `${message}, want X.509 as PEM`));
      }
    } else errors.push(describe(problem.part, problem.text));
  }
  return { ok: false, errors, paths };

  function read(part: "cert" | "key"): string {
    const source = sources[part];
    if (source.kind === "inline") return source.text;
    const resolved = resolveBeside(path, source.path);
    paths.push(resolved);
    const pem = readConfigText(resolved);
    if (pem.ok) return pem.text;
    errors.push(describe(part, pem.error.replace(/^.*? the file: /, "")));
    return "";
  }

  /** Names the key path and the file; inline text is never quoted. */
  function describe(part: "cert" | "key" | undefined, text: string): string {
    if (part === undefined) {
      return `${path}: Cannot use tls_server_config: ${text}`;
    }
    const source = sources[part];
    return source.kind === "file"
      ? `${path}: Cannot use tls_server_config.${part}_file: ` +
        `${quotePath(source.path)}: ${text}`
      : `${path}: Cannot use tls_server_config.${part}: ${text}`;
  }
}

/** A path that is relative to the folder of the file at `base`. */
function resolveBeside(base: string, path: string): string {
  return path.startsWith("/")
    ? path
    : base.slice(0, base.lastIndexOf("/") + 1) + path;
}

/** A path; the key itself, put there by mistake, is not for logs. */
function quotePath(path: string): string {
  return path.includes("-----BEGIN")
    ? `a text of ${path.length} characters`
    : JSON.stringify(path);
}
