/**
 * `dashboard`: a Grafana dashboard from the configuration.
 *
 * @module
 */

import { renderDashboard } from "../../generate/dashboard.ts";
import type { Command } from "../args.ts";
import { loadFleetOrFail } from "../load_fleet.ts";

/**
 * Renders the dashboard.
 *
 * @throws {CommandError} when a configuration is wrong or they contradict each
 *   other
 */
export function runDashboard(
  { configFiles }: Command & { readonly name: "dashboard" },
): string {
  return renderDashboard(loadFleetOrFail(configFiles));
}
