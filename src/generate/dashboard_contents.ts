/**
 * What a configuration can produce: a panel about anything else would stay
 * empty and is left out.
 *
 * @module
 */

import type { Config } from "../config/config.ts";
import type { AlertName } from "../config/alert_names.ts";
import type { LinkJson } from "./dashboard_model.ts";

/** What there is to show, and where to read more. */
export interface DashboardContents {
  /** Number of targets. */
  readonly targetCount: number;
  /** Whether there are UDP targets. */
  readonly udpTargets: boolean;
  /** Whether there are TCP targets. */
  readonly tcpTargets: boolean;
  /** Whether a target expects an owner. */
  readonly expectedOwners: boolean;
  /** Whether a target expects a number of sockets. */
  readonly expectedSockets: boolean;
  /** Whether a target expects an address. */
  readonly expectedAddresses: boolean;
  /** Whether other listeners are reported. */
  readonly listeners: boolean;
  /** Links to the runbook of these alerts, as far as they are in use. */
  runbookLinks(alerts: readonly AlertName[]): readonly LinkJson[];
}

/** Finds out what a configuration can produce. */
export function buildDashboardContents(
  { targets, listeners, alerts }: Config,
): DashboardContents {
  return {
    targetCount: targets.length,
    udpTargets: targets.some(({ protocol }) => protocol === "udp"),
    tcpTargets: targets.some(({ protocol }) => protocol === "tcp"),
    expectedOwners: targets.some(({ processes, units, users }) =>
      processes !== undefined || units !== undefined || users !== undefined
    ),
    expectedSockets: targets.some(({ sockets }) => sockets !== undefined),
    expectedAddresses: targets.some(({ address }) => address.kind !== "any"),
    listeners: listeners.enabled,
    runbookLinks(names) {
      const { runbookUrl, disable } = alerts;
      if (runbookUrl === undefined || !isPerAlert(runbookUrl)) return [];
      return names.filter((name) => !disable.includes(name)).map((name) =>
        buildLink(`Runbook: ${name}`, runbookUrl.replaceAll(ALERT, name))
      );
    },
  };
}

/**
 * Links of the whole dashboard: the runbook, when it is one page for all
 * alerts. Otherwise each panel links to the page of its alerts.
 */
export function buildDashboardLinks(
  { alerts: { runbookUrl } }: Config,
): readonly LinkJson[] {
  if (runbookUrl === undefined || isPerAlert(runbookUrl)) return [];
  return [buildLink("Runbook", runbookUrl)];
}

const ALERT = "{alert}";

function isPerAlert(url: string): boolean {
  return url.includes(ALERT);
}

function buildLink(title: string, url: string): LinkJson {
  return {
    type: "link",
    title,
    // Grafana would read $x and [[x]] as variables, also in a URL.
    url: url.replaceAll("$", "%24").replaceAll("[[", "%5B%5B"),
    icon: "doc",
    tooltip: "What to do",
    targetBlank: true,
    asDropdown: false,
    includeVars: false,
    keepTime: false,
    tags: [],
  };
}
