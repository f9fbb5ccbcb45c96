/**
 * Loads the configuration again while the exporter runs.
 *
 * @module
 */

import { loadConfig } from "../config/load.ts";
import type { Logger } from "../log.ts";
import type { ProcfsReader } from "../procfs/reader.ts";
import type { Exporter } from "../web/exporter.ts";
import { logRisks } from "./open_host.ts";

/** What a reload needs. */
export interface ReloadOptions {
  /** The configuration file; absent in listeners mode. */
  readonly configFile: string | undefined;
  /** Takes the new configuration. */
  readonly exporter: Exporter;
  /** Is told of every mistake. */
  readonly log: Logger;
  /** Tells which ports are those of client sockets. */
  readonly reader: ProcfsReader;
}

/**
 * Creates what SIGHUP and `POST /-/reload` do: a good configuration replaces
 * the old one at once and as a whole, a bad one changes nothing.
 *
 * @returns A function that returns the mistakes; none when it has loaded
 */
export function createReload(options: ReloadOptions): () => readonly string[] {
  const { configFile, exporter, log } = options;
  return () => {
    if (configFile === undefined) {
      log.info("nothing to load again without --config.file");
      return [];
    }
    const result = loadConfig(configFile);
    exporter.reload(result);
    if (!result.ok) {
      for (const error of result.errors) {
        log.error("configuration not loaded, the old one stays", { error });
      }
      return result.errors;
    }
    logRisks(result.config, { ...options, configFile });
    log.info("configuration loaded", {
      file: configFile,
      targets: result.config.targets.length,
    });
    return [];
  };
}
