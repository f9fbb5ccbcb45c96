/**
 * Lists the corpus of configuration files that must be accepted or refused.
 *
 * @module
 */

/** Configurations that are right. */
export const goodDirectory = "fixtures/config/good";

/** Configurations with a mistake, each beside the text of its messages. */
export const badDirectory = "fixtures/config/bad";

/** Names of the files of a directory that end in `extension`, without it. */
export function listNames(
  directory: string,
  extension: ".yml" | ".txt",
): readonly string[] {
  return [...Deno.readDirSync(directory)]
    .filter(({ name }) => name.endsWith(extension))
    .map(({ name }) => name.slice(0, -extension.length))
    .sort();
}
