/**
 * Opens what every command that scans needs: the log, the configuration and the
 * procfs.
 *
 * @module
 */

import { type Config, listenersModeConfig } from "../config/config.ts";
import { loadConfig, type LoadedConfig } from "../config/load.ts";
import { findRisks } from "../config/risks.ts";
import { createLogger, type Logger, writeToStderr } from "../log.ts";
import { createProcfsReader, type ProcfsReader } from "../procfs/reader.ts";
import { readLocalPortRange } from "../procfs/ip_local_port_range.ts";
import type { ScanOptions } from "./args.ts";
import { CommandError, exitCodes } from "./errors.ts";

/** What a command that scans works with. */
export interface OpenHost {
  /** The log on stderr. */
  readonly log: Logger;
  /** The configuration, or that of listeners mode. */
  readonly config: Config;
  /** The procfs to scan. */
  readonly reader: ProcfsReader;
}

/**
 * Opens the host for scanning.
 *
 * @throws {CommandError} when this is not Linux, there is no procfs, or the
 *   configuration is wrong
 */
export function openHost(options: ScanOptions): OpenHost {
  const log = createLogger({
    level: options.logLevel,
    format: options.logFormat,
    write: writeToStderr,
    now: () => new Date(),
  });
  const reader = openProcfs(options.procfs);
  const { configFile } = options;
  if (configFile === undefined) {
    return { log, config: listenersModeConfig, reader };
  }
  const { config } = loadConfigOrFail(configFile);
  logRisks(config, { configFile, log, reader });
  return { log, config, reader };
}

/** Warns of what is allowed in a configuration but can surprise. */
export function logRisks(
  config: Config,
  { configFile, log, reader }: {
    readonly configFile: string;
    readonly log: Logger;
    readonly reader: ProcfsReader;
  },
): void {
  for (const risk of findRisks(config, readLocalPortRange(reader))) {
    log.warn(risk, { file: configFile });
  }
}

/**
 * Opens the procfs at `root`.
 *
 * @throws {CommandError} when this is not Linux or `root` is no procfs
 */
export function openProcfs(root: string): ProcfsReader {
  if (Deno.build.os !== "linux") {
    throw new CommandError(
      [`Cannot run on ${Deno.build.os}: want Linux, whose procfs is read`],
      exitCodes.failed,
    );
  }
  const reader = createProcfsReader(root);
  try {
    // Every procfs with networking has this file, IPv6 or not.
    reader.readText(`${reader.netDirectory}/net/sockstat`);
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound;
    const reason = isMissing
      ? `${root}/${reader.netDirectory}/net/sockstat does not exist`
      : error instanceof Error
      ? error.message
      : String(error);
    throw new CommandError(
      [
        `Cannot use procfs at ${root}: ${reason}, want the mount point of a procfs`,
      ],
      isMissing ? exitCodes.usage : exitCodes.failed,
      { cause: error },
    );
  }
  return reader;
}

/**
 * Loads a configuration file.
 *
 * @throws {CommandError} with every mistake and exit code 2
 */
export function loadConfigOrFail(path: string): LoadedConfig {
  const result = loadConfig(path);
  if (!result.ok) throw new CommandError(result.errors, exitCodes.usage);
  return result;
}
