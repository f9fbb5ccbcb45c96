/**
 * Loads the configurations of a fleet as one.
 *
 * @module
 */

import type { Config } from "../config/config.ts";
import { loadConfigFiles } from "../config/load.ts";
import { mergeConfigs } from "../config/merge.ts";
import { CommandError, exitCodes } from "./errors.ts";

/**
 * Loads configuration files, and those of folders, and merges them.
 *
 * @throws {CommandError} with every mistake of every file, or every
 *   contradiction between them, and exit code 2
 */
export function loadFleetOrFail(paths: readonly string[]): Config {
  const loaded = loadConfigFiles(paths);
  if (!loaded.ok) throw new CommandError(loaded.errors, exitCodes.usage);
  const merged = mergeConfigs(loaded.files);
  if (!merged.ok) throw new CommandError(merged.errors, exitCodes.usage);
  return merged.config;
}
