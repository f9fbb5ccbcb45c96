/**
 * `metrics`: one scan, the exposition on stdout.
 *
 * @module
 */

import { renderExposition } from "../../metrics/exposition.ts";
import { buildSamples } from "../../metrics/samples.ts";
import { buildInfo } from "../../version.ts";
import type { Command } from "../args.ts";
import { openScanner } from "../open_scanner.ts";

/**
 * Scans once.
 *
 * @returns The exposition
 * @throws {CommandError} when the scan cannot start
 */
export async function runMetrics(
  command: Command & { readonly name: "metrics" },
): Promise<string> {
  const { scanner } = openScanner(command);
  const snapshot = await scanner.scan();
  return await renderExposition(buildSamples({
    snapshot,
    sources: scanner.sources(),
    build: buildInfo,
  }));
}
