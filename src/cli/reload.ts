/**
 * Loads the configuration again while the exporter runs.
 *
 * @module
 */

import { loadConfig } from "../config/load.ts";
import type { Logger } from "../log.ts";
import type { ProcfsReader } from "../procfs/reader.ts";
import type { Exporter } from "../web/exporter.ts";
import type { WebAccess } from "../web/web_access.ts";
import { logRisks } from "./open_host.ts";

/** What a reload needs. */
export interface ReloadOptions {
  /** The configuration file; absent in listeners mode. */
  readonly configFile: string | undefined;
  /** The web configuration; absent without one. */
  readonly webAccess: WebAccess | undefined;
  /** Takes the new configuration. */
  readonly exporter: Exporter;
  /** Is told of every mistake. */
  readonly log: Logger;
  /** Tells which ports are those of client sockets. */
  readonly reader: ProcfsReader;
}

/**
 * Creates what SIGHUP and `POST /-/reload` do: good configurations replace the
 * old ones at once and as a whole, a mistake in one of them changes nothing.
 *
 * @returns A function that returns the mistakes; none when it has loaded
 */
export function createReload(options: ReloadOptions): () => readonly string[] {
  const { configFile, webAccess, exporter, log } = options;
  return () => {
    const loaded = configFile === undefined
      ? undefined
      : loadConfig(configFile);
    const prepared = webAccess?.prepare();
    const errors = [
      ...(loaded?.ok === false ? loaded.errors : []),
      ...(prepared?.ok === false ? prepared.errors : []),
    ];
    if (loaded?.ok === false) exporter.reload(loaded);
    exporter.reportWebReload(prepared?.ok !== false);
    if (errors.length > 0) {
      for (const error of errors) {
        log.error("configuration not loaded, the old one stays", { error });
      }
      return errors;
    }
    if (prepared?.ok) prepared.apply();
    if (configFile !== undefined && loaded?.ok) {
      exporter.reload(loaded);
      logRisks(loaded.config, { ...options, configFile });
    }
    log.info("configuration loaded", {
      file: configFile ?? "none, listeners mode",
      targets: loaded?.ok ? loaded.config.targets.length : 0,
    });
    return [];
  };
}
