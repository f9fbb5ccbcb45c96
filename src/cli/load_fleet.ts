/**
 * Loads the configurations of a fleet as one.
 *
 * @module
 */

import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { type ConfigFile, mergeConfigs } from "../config/merge.ts";
import { CommandError, exitCodes } from "./errors.ts";

/**
 * Loads configuration files and merges them.
 *
 * @throws {CommandError} with every mistake of every file, or every
 *   contradiction between them, and exit code 2
 */
export function loadFleetOrFail(paths: readonly string[]): Config {
  const files: ConfigFile[] = [];
  const errors: string[] = [];
  for (const file of paths) {
    const result = loadConfig(file);
    if (result.ok) files.push({ file, config: result.config });
    else errors.push(...result.errors);
  }
  if (errors.length > 0) throw new CommandError(errors, exitCodes.usage);
  const merged = mergeConfigs(files);
  if (!merged.ok) throw new CommandError(merged.errors, exitCodes.usage);
  return merged.config;
}
