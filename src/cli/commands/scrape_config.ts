/**
 * `scrape-config`: the entry of `scrape_configs` for Prometheus.
 *
 * @module
 */

import {
  parseScrapeTargets,
  renderScrapeConfig,
} from "../../generate/scrape_config.ts";
import type { Command } from "../args.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { loadConfigOrFail } from "../open_host.ts";

/**
 * Renders the entry.
 *
 * @throws {CommandError} when the configuration or a host is wrong
 */
export function runScrapeConfig(
  { configFile, format, targets }: Command & {
    readonly name: "scrape-config";
  },
): string {
  return renderScrapeConfig({
    job: loadConfigOrFail(configFile).alerts.job,
    targets: parseTargetsOrFail(targets),
    format,
  });
}

function parseTargetsOrFail(texts: readonly string[]): readonly string[] {
  try {
    return parseScrapeTargets(texts);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError(error.message.split("\n"), exitCodes.usage, {
      cause: error,
    });
  }
}
