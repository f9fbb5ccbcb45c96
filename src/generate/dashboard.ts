/**
 * Makes a Grafana dashboard of a configuration: classic JSON, schema version
 * 39, fit for provisioning
 * (https://grafana.com/docs/grafana/latest/administration/provisioning/#dashboards).
 *
 * @module
 */

import type { Config } from "../config/config.ts";
import {
  buildDashboardContents,
  buildDashboardLinks,
} from "./dashboard_contents.ts";
import { buildExporters } from "./dashboard_exporters.ts";
import { buildHostCounters, buildListeners } from "./dashboard_hosts.ts";
import { placeRows, type UnplacedRow } from "./dashboard_layout.ts";
import type { DashboardJson } from "./dashboard_model.ts";
import { buildOverview } from "./dashboard_overview.ts";
import { buildQueues } from "./dashboard_queues.ts";
import {
  buildStates,
  buildTargetTable,
  buildTimelines,
  MOST_TIMELINES,
} from "./dashboard_targets.ts";
import { buildAnnotations, buildVariables } from "./dashboard_variables.ts";

/** Title of a dashboard whose configuration has none. */
export const DEFAULT_TITLE = "Port exporter";

/** Unique id of a dashboard whose configuration has none. */
export const DEFAULT_UID = "port-exporter";

/** Tags of a dashboard whose configuration has none. */
export const DEFAULT_TAGS: readonly string[] = ["port_exporter"];

/** Renders the dashboard as JSON. */
export function renderDashboard(config: Config): string {
  return `${JSON.stringify(buildDashboard(config), undefined, 2)}\n`;
}

/** Builds the dashboard. */
export function buildDashboard(config: Config): DashboardJson {
  const { title, uid, tags } = config.dashboard;
  const targets = config.targets.length > 0;
  return {
    uid: uid ?? DEFAULT_UID,
    title: escapeVariables(title ?? DEFAULT_TITLE),
    description: "Whether ports are bound, by whom, and what is lost. " +
      "Made by port_exporter dashboard; change the configuration instead.",
    tags: (tags.length > 0 ? tags : DEFAULT_TAGS).map(escapeVariables),
    schemaVersion: 39,
    editable: false,
    time: { from: "now-6h", to: "now" },
    timezone: "browser",
    refresh: "1m",
    // All graphs show the same moment under the pointer.
    graphTooltip: 1,
    links: buildDashboardLinks(config),
    templating: { list: buildVariables({ job: config.alerts.job, targets }) },
    annotations: { list: buildAnnotations({ targets }) },
    panels: placeRows(buildRows(config)),
  };
}

function buildRows(config: Config): readonly UnplacedRow[] {
  const contents = buildDashboardContents(config);
  const { targetCount, listeners } = contents;
  return [
    { id: 10, title: "Now", panels: buildOverview(contents) },
    ...(targetCount === 0 ? [] : [
      { id: 20, title: "States", panels: buildStates(contents) },
      {
        id: 30,
        title: "State of each target",
        ...(targetCount > MOST_TIMELINES && { collapsed: true as const }),
        panels: buildTimelines(contents),
      },
      { id: 40, title: "Targets", panels: buildTargetTable(contents) },
      {
        id: 50,
        title: "Queues, drops and rebinds",
        panels: buildQueues(contents),
      },
    ]),
    { id: 60, title: "Hosts", panels: buildHostCounters(contents) },
    {
      id: 70,
      title: "Other listeners",
      panels: listeners ? buildListeners(contents) : [],
    },
    { id: 80, title: "Exporters", panels: buildExporters(contents) },
  ];
}

/**
 * Keeps Grafana from reading a variable where a person wrote a text: `$` before
 * a name and `[[` become signs that look the same.
 */
function escapeVariables(text: string): string {
  return text.replace(/\$(?=[\w{])/g, "\uff04")
    .replaceAll("[[", "\uff3b\uff3b");
}
