/**
 * `dashboard`: a Grafana dashboard from the configuration.
 *
 * @module
 */

import type { Command } from "../args.ts";

/**
 * Renders the dashboard.
 *
 * @throws {CommandError} when the configuration is wrong
 */
export function runDashboard(
  command: Command & { readonly name: "dashboard" },
): string {
  throw new Error(`Cannot render a dashboard yet: ${command.configFiles}`);
}
