/**
 * Reads a configuration file. The only I/O of the configuration.
 *
 * @module
 */

import type { Config } from "./config.ts";
import { MAX_CONFIG_BYTES } from "./document.ts";
import { parseConfig } from "./parse.ts";

/** A configuration, or its mistakes as sentences that begin with the file. */
export type LoadResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly errors: readonly string[] };

/** The text of a file, or why it cannot be read, without the file's name. */
export type ReadResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: string };

/** Reads, parses and validates the configuration file at `path`. */
export function loadConfig(path: string): LoadResult {
  const file = readConfigText(path);
  if (!file.ok) return { ok: false, errors: [`${path}: ${file.error}`] };
  const result = parseConfig(file.text);
  if (result.ok) return result;
  return {
    ok: false,
    errors: result.errors.map(({ message, position }) =>
      position === undefined
        ? `${path}: ${message}`
        : `${path}:${position}: ${message}`
    ),
  };
}

/**
 * Reads the text of a configuration file.
 *
 * Reads synchronously: a thread for one small file would cost a megabyte.
 */
export function readConfigText(path: string): ReadResult {
  try {
    const info = Deno.statSync(path);
    // Opening a FIFO would wait for a writer for ever.
    if (!info.isFile) {
      return {
        ok: false,
        error: `Cannot read the file: it is a ${kindOf(info)}, ` +
          "want a regular file",
      };
    }
    if (info.size > MAX_CONFIG_BYTES) {
      return {
        ok: false,
        error: `Cannot use the file: ${info.size} bytes, ` +
          `want at most ${MAX_CONFIG_BYTES}`,
      };
    }
    const bytes = Deno.readFileSync(path);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { ok: true, text };
  } catch (error) {
    return {
      ok: false,
      error: `Cannot read the file: ${describeReadError(error)}`,
    };
  }
}

function kindOf(info: Deno.FileInfo): string {
  if (info.isDirectory) return "directory";
  if (info.isFifo) return "pipe";
  if (info.isSocket) return "socket";
  return "device";
}

function describeReadError(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof TypeError) return "it is not UTF-8";
  return error instanceof Error ? error.message : String(error);
}
