/**
 * Reads configuration files. The only I/O of the configuration.
 *
 * @module
 */

import type { Config } from "./config.ts";
import { type Diagnostic, MAX_CONFIG_BYTES } from "./document.ts";
import { type ConfigFile, mergeConfigs } from "./merge.ts";
import { parseConfig, parseConfigPart } from "./parse.ts";
import { checkWhole } from "./whole.ts";

/** A configuration, and what it is made of. */
export interface LoadedConfig {
  /** The configuration. */
  readonly config: Config;
  /** How many files of a folder it is made of; absent: it is no folder. */
  readonly fileCount?: number;
}

/** A configuration, or its mistakes as sentences that begin with the file. */
export type LoadResult =
  | { readonly ok: true } & LoadedConfig
  | { readonly ok: false; readonly errors: readonly string[] };

/** The text of a file, or why it cannot be read, without the file's name. */
export type ReadResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: string };

/** Configurations of several files, or their mistakes. */
export type LoadFilesResult =
  | { readonly ok: true; readonly files: readonly ConfigFile[] }
  | { readonly ok: false; readonly errors: readonly string[] };

/**
 * Loads the configuration of a host from a file, or from all `*.yml` and
 * `*.yaml` files of a folder.
 */
export function loadConfig(path: string): LoadResult {
  const loaded = loadConfigFiles([path]);
  if (!loaded.ok) return loaded;
  const merged = mergeConfigs(loaded.files);
  if (!merged.ok) return merged;
  const errors = checkWhole(merged.config);
  if (errors.length > 0) {
    return {
      ok: false,
      errors: errors.map((error) => locateError(path, error)),
    };
  }
  const isFolder = loaded.files[0]?.file !== path;
  return { ...merged, ...(isFolder && { fileCount: loaded.files.length }) };
}

/**
 * Loads files, and the files of folders, each by itself. What they are
 * together is the caller's to check.
 */
export function loadConfigFiles(paths: readonly string[]): LoadFilesResult {
  const files: ConfigFile[] = [];
  const errors: string[] = [];
  for (const path of paths) {
    const listed = listFiles(path);
    if (!listed.ok) {
      errors.push(`${path}: ${listed.error}`);
      continue;
    }
    for (const file of listed.files) {
      const text = readConfigText(file);
      if (!text.ok) {
        errors.push(`${file}: ${text.error}`);
        continue;
      }
      const result = listed.isFolder
        ? parseConfigPart(text.text)
        : parseConfig(text.text);
      if (result.ok) files.push({ file, config: result.config });
      else {errors.push(...result.errors.map((error) =>
          locateError(file, error)
        ));}
    }
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, files };
}

/** Puts the file and the position in front of a message. */
export function locateError(
  file: string,
  { message, position }: Diagnostic,
): string {
  return position === undefined
    ? `${file}: ${message}`
    : `${file}:${position}: ${message}`;
}

/** The files that a path stands for; a path that is no folder is its own file. */
function listFiles(
  path: string,
):
  | {
    readonly ok: true;
    readonly isFolder: boolean;
    readonly files: readonly string[];
  }
  | { readonly ok: false; readonly error: string } {
  try {
    if (!Deno.statSync(path).isDirectory) {
      return { ok: true, isFolder: false, files: [path] };
    }
    const files = Array.from(Deno.readDirSync(path), ({ name }) => name)
      // What begins with a dot is an editor's, or Kubernetes' own.
      .filter((name) => /^[^.].*\.ya?ml$/.test(name))
      .sort()
      .map((name) => `${path.replace(/\/+$/, "")}/${name}`);
    return files.length > 0 ? { ok: true, isFolder: true, files } : {
      ok: false,
      error: "Cannot use the folder: no file in it ends in .yml or .yaml, " +
        "want at least one",
    };
  } catch (error) {
    return {
      ok: false,
      error: `Cannot read the file: ${describeReadError(error)}`,
    };
  }
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
