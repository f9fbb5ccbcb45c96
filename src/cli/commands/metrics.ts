/**
 * `metrics`: one scan, the exposition on stdout.
 *
 * @module
 */

import { createExporter } from "../../web/exporter.ts";
import type { Command } from "../args.ts";
import { openHost } from "../open_host.ts";

/**
 * Scans once.
 *
 * @returns The exposition
 * @throws {CommandError} when the scan cannot start
 */
export async function runMetrics(
  command: Command & { readonly name: "metrics" },
): Promise<string> {
  const { config, reader, log } = openHost(command);
  const exporter = createExporter({
    config,
    reader,
    log,
    scanIntervalSeconds: 0,
    hasConfigFile: command.configFile !== undefined,
    exposesProcess: false,
    isSingleScan: true,
  });
  return (await exporter.scrape()).text;
}
