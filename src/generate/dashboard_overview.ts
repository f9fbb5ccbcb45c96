/**
 * The dashboard's first row: how many targets are well, right now.
 *
 * @module
 */

import type { DashboardContents } from "./dashboard_contents.ts";
import {
  buildStat,
  buildThresholds,
  colorFromOne,
  type PanelOptions,
  type UnplacedPanel,
} from "./dashboard_panel.ts";
import {
  EXPORTER_LABELS,
  exporterMatchers,
  exporterSeries,
  exportersUp,
  RATE_RANGE,
  SHOWN_RANGE,
  stateSeries,
  TARGET_LABELS,
  targetSeries,
} from "./dashboard_queries.ts";
import {
  aggregate,
  combine,
  type Expression,
  group,
  overTime,
  series,
} from "./promql.ts";

/** A number of the overview, without what all have in common. */
type Figure =
  & Pick<PanelOptions, "id" | "title" | "description">
  & Partial<PanelOptions>
  & { readonly expr: Expression };

/** Builds the row: numbers side by side over the whole width. */
export function buildOverview(
  contents: DashboardContents,
): readonly UnplacedPanel[] {
  const figures = [
    ...(contents.targetCount > 0 ? buildTargetFigures(contents) : []),
    ...(contents.listeners ? [buildListenerFigure(contents)] : []),
    buildExporterFigure(contents),
  ];
  return figures.map(({ expr, ...figure }, index) => {
    // Whole columns, which fill the width exactly.
    const edge = (count: number) => Math.floor(24 * count / figures.length);
    return buildStat({
      unit: "short",
      width: edge(index + 1) - edge(index),
      height: 4,
      decimals: 0,
      queries: [{ expr, legend: figure.title }],
      ...figure,
    });
  });
}

function buildTargetFigures(contents: DashboardContents): readonly Figure[] {
  const { runbookLinks } = contents;
  return [
    {
      id: 11,
      title: "Up",
      description: "Targets whose port is bound as configured.",
      expr: aggregate("sum", [], stateSeries("up")),
    },
    {
      id: 12,
      title: "Down",
      description: "Targets whose port nobody listens on.",
      thresholds: colorFromOne("red"),
      links: runbookLinks(["PortDown"]),
      expr: aggregate("sum", [], stateSeries("down")),
    },
    ...(canBeWrong(contents)
      ? [{
        id: 13,
        title: "Bound otherwise",
        description:
          "Targets whose port is bound to another address, by another owner " +
          "or by another number of sockets than configured.",
        thresholds: colorFromOne("orange"),
        links: runbookLinks([
          ...(contents.expectedOwners ? ["PortWrongOwner"] as const : []),
          ...(contents.expectedSockets
            ? ["PortWrongSocketCount"] as const
            : []),
        ]),
        expr: aggregate(
          "sum",
          [],
          stateSeries("wrong_address", "wrong_owner", "wrong_count"),
        ),
      }]
      : []),
    {
      id: 14,
      title: "Unknown",
      description:
        "Targets of the chosen exporters whose state cannot be known: the " +
        "exporter does not answer, or cannot read the socket tables. Counts " +
        "all names, and exporters that answered in the shown range.",
      thresholds: colorFromOne("purple"),
      links: runbookLinks(["PortMonitoringIncomplete"]),
      expr: countUnknown(),
    },
    ...(contents.udpTargets
      ? [{
        id: 15,
        title: "Losing data now",
        description:
          "UDP targets whose kernel buffer overflows, or that are down while " +
          "the host counts datagrams to ports that nobody listens on.",
        thresholds: colorFromOne("red"),
        links: runbookLinks(["PortDownLosingDatagrams", "PortReceiveDrops"]),
        expr: countLosing(),
      }]
      : []),
    {
      id: 16,
      title: "Availability",
      description:
        "Share of the observed time in the shown range during which the " +
        "targets were up, all targets together.",
      unit: "percentunit",
      decimals: 3,
      thresholds: buildThresholds("red", [[0.99, "orange"], [0.999, "green"]]),
      expr: availability([]),
    },
  ];
}

function buildListenerFigure({ runbookLinks }: DashboardContents): Figure {
  return {
    id: 17,
    title: "Unexpected listeners",
    description: "Listeners that are neither configured nor ignored.",
    thresholds: colorFromOne("orange"),
    links: runbookLinks(["PortUnexpectedListener"]),
    expr: aggregate("sum", [], exporterSeries("port_unexpected_listeners")),
  };
}

function buildExporterFigure({ runbookLinks }: DashboardContents): Figure {
  return {
    id: 18,
    title: "Exporters down",
    description:
      "Exporters that did not answer the last scrape: nothing is known of " +
      "their targets.",
    thresholds: colorFromOne("red"),
    links: runbookLinks(["PortExporterDown", "PortExporterAbsent"]),
    expr: aggregate("sum", [], combine(exportersUp(), "== bool", "0")),
  };
}

/** Whether a target can be bound otherwise than configured. */
export function canBeWrong(
  { expectedAddresses, expectedOwners, expectedSockets }: DashboardContents,
): boolean {
  return expectedAddresses || expectedOwners || expectedSockets;
}

/** Configured targets less those with a state; dead exporters included. */
function countUnknown(): Expression {
  const configured = aggregate(
    "sum",
    [],
    combine(
      overTime(
        "last_over_time",
        exporterSeries("port_exporter_configured_ports"),
        SHOWN_RANGE,
      ),
      "and",
      exportersUp(),
      EXPORTER_LABELS,
    ),
  );
  const known = aggregate(
    "count",
    [],
    series("port_state", [
      ...exporterMatchers,
      { label: "state", operator: "=", value: "up" },
    ]),
  );
  return combine(
    configured,
    "-",
    group(combine(known, "or", combine("0", "*", configured))),
  );
}

/** Counts targets that lose data; no value, not 0, when nothing is known. */
function countLosing(): Expression {
  const dropping = combine(
    aggregate(
      "sum",
      TARGET_LABELS,
      overTime("rate", targetSeries("port_receive_drops_total"), RATE_RANGE),
    ),
    ">",
    "0",
  );
  const udpUp = aggregate(
    "max",
    TARGET_LABELS,
    targetSeries("port_up", [
      { label: "protocol", operator: "=", value: "udp" },
    ]),
  );
  const unheard = combine(
    overTime(
      "rate",
      exporterSeries("port_host_udp_no_port_datagrams_total"),
      RATE_RANGE,
    ),
    ">",
    "0",
  );
  const down = combine(
    group(combine(udpUp, "==", "0")),
    "and",
    group(unheard),
    EXPORTER_LABELS,
  );
  return combine(
    aggregate("count", [], combine(group(dropping), "or", group(down))),
    "or",
    combine("0", "*", aggregate("count", [], udpUp)),
  );
}

/** Share of the observed time in the shown range that was not down, 0-1. */
export function availability(
  labels: readonly (typeof TARGET_LABELS)[number][],
): Expression {
  const total = (
    name: "port_down_seconds_total" | "port_observed_seconds_total",
  ) =>
    aggregate(
      "sum",
      labels,
      overTime("increase", targetSeries(name), SHOWN_RANGE),
    );
  return combine(
    "1",
    "-",
    combine(
      total("port_down_seconds_total"),
      "/",
      total("port_observed_seconds_total"),
    ),
  );
}
