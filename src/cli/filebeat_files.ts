/**
 * Finds the files of Filebeat that a path or a pattern means.
 *
 * @module
 */

import { resolvePlaceholders } from "../config/filebeat_values.ts";

/**
 * The `*.yml` files of a folder, any other path itself: Filebeat names what is
 * off `*.disabled`.
 *
 * @throws {Error} when the folder cannot be read
 */
export function listFilebeatFiles(path: string): readonly string[] {
  try {
    if (!Deno.statSync(path).isDirectory) return [path];
  } catch (error) {
    // Who reads the file tells that it is missing.
    if (error instanceof Deno.errors.NotFound) return [path];
    throw error;
  }
  return listFolder(path).filter((name) => name.endsWith(".yml"))
    .map((name) => `${path.replace(/\/+$/, "")}/${name}`);
}

/**
 * A pattern of paths in the file `file`, with `${path.config}` put in, which is
 * its folder: relative paths begin there too.
 */
export function resolvePattern(pattern: string, file: string): string {
  const folder = file.includes("/") ? file.replace(/\/[^/]*$/, "") : ".";
  const rooted = /^[/$]/.test(pattern) ? pattern : `${folder}/${pattern}`;
  const text = rooted.replaceAll("${path.config}", () => folder);
  return resolvePlaceholders(text) ?? text;
}

/**
 * Whether all files that a pattern means are among `paths`. Of what cannot be
 * listed here that is not known.
 */
export function coversPattern(
  paths: readonly string[],
  pattern: string,
): boolean {
  const match = /^([^*?[\\$]*)\/([^/[\\$]*)$/.exec(pattern);
  if (match === null) return false;
  const [, folder = "", glob = ""] = match;
  const name = new RegExp(
    `^${
      glob.replace(/[.+^{}()|\]]/g, "\\$&").replace(/\*+/g, ".*")
        .replaceAll("?", ".")
    }$`,
  );
  try {
    const given = new Set(paths.map((path) => Deno.realPathSync(path)));
    return listFolder(folder).filter((entry) => name.test(entry))
      .every((entry) => given.has(Deno.realPathSync(`${folder}/${entry}`)));
  } catch {
    return false;
  }
}

function listFolder(path: string): readonly string[] {
  return Array.from(Deno.readDirSync(path), ({ name }) => name).sort();
}
