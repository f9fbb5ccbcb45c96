/**
 * `dashboard`: a Grafana dashboard from the configuration.
 *
 * @module
 */

import { renderDashboard } from "../../generate/dashboard.ts";
import type { Command } from "../args.ts";
import { loadConfigOrFail } from "../open_host.ts";

/**
 * Renders the dashboard.
 *
 * @throws {CommandError} when the configuration is wrong
 */
export function runDashboard(
  { configFiles: [first = ""] }: Command & { readonly name: "dashboard" },
): string {
  return renderDashboard(loadConfigOrFail(first));
}
