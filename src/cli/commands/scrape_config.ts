/**
 * `scrape-config`: the entry of `scrape_configs` for Prometheus.
 *
 * @module
 */

import type { Command } from "../args.ts";

/**
 * Renders the entry.
 *
 * @throws {CommandError} when the configuration is wrong
 */
export function runScrapeConfig(
  command: Command & { readonly name: "scrape-config" },
): string {
  throw new Error(
    `Cannot render a scrape configuration yet: ${command.targets}`,
  );
}
