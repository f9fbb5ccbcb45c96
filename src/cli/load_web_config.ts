/**
 * Loads a web configuration for a command that does not serve.
 *
 * @module
 */

import { type LoadedWebConfig, loadWebConfig } from "../web_config/load.ts";
import { CommandError, exitCodes } from "./errors.ts";

/**
 * Loads a web configuration.
 *
 * @throws {CommandError} with every mistake and exit code 2
 */
export function loadWebConfigOrFail(path: string): LoadedWebConfig {
  const result = loadWebConfig(path);
  if (!result.ok) throw new CommandError(result.errors, exitCodes.usage);
  return result.webConfig;
}
