/**
 * The dashboard's rows about single targets: their states over time, and a
 * table of what is known of each.
 *
 * @module
 */

import type { DashboardContents } from "./dashboard_contents.ts";
import { availability } from "./dashboard_overview.ts";
import {
  buildBarGauge,
  buildStateTimeline,
  buildThresholds,
  buildTimeSeries,
  type UnplacedPanel,
} from "./dashboard_panel.ts";
import {
  MOST_SERIES,
  SHOWN_RANGE,
  stateSeries,
  TARGET_LABELS,
  TARGET_LEGEND,
  targetSeries,
} from "./dashboard_queries.ts";
import {
  stateCode,
  stateEntries,
  stateLooks,
  stateMappings,
} from "./dashboard_states.ts";
import {
  buildTable,
  type Column,
  OWNER_COLUMNS,
  yesOrNo,
} from "./dashboard_table.ts";
import {
  aggregate,
  combine,
  type Expression,
  group,
  type LabelName,
  largest,
  overTime,
  overTimeUntilEnd,
} from "./promql.ts";
import type { MetricName } from "../metrics/catalog.ts";

/** Most targets for which all timelines are shown without asking. */
export const MOST_TIMELINES = 30;

const STATE_HELP = "A gap is a time during which the state was unknown.";

/** Builds the row of states over time; it fits any number of targets. */
export function buildStates(
  { runbookLinks }: DashboardContents,
): readonly UnplacedPanel[] {
  const everUp = aggregate(
    "min",
    TARGET_LABELS,
    overTimeUntilEnd("min_over_time", stateSeries("up"), SHOWN_RANGE),
  );
  return [
    buildTimeSeries({
      id: 21,
      title: "Targets by state",
      description: `How many targets were in which state. ${STATE_HELP}`,
      unit: "short",
      decimals: 0,
      form: "stacked",
      width: 12,
      height: 8,
      queries: [{
        expr: aggregate("sum", ["state"], targetSeries("port_state")),
        legend: "{{state}}",
      }],
      overrides: stateEntries.map(([state, { text, color }]) => ({
        matcher: { id: "byName", options: state },
        properties: [
          { id: "displayName", value: text },
          { id: "color", value: { mode: "fixed", fixedColor: color } },
        ],
      })),
    }),
    buildBarGauge({
      id: 22,
      title: "Longest down",
      description:
        `The ${MOST_SERIES} targets that were down longest in the shown range.`,
      unit: "s",
      noValue: "No known target was down",
      thresholds: buildThresholds("orange", [[60, "red"]]),
      width: 12,
      height: 8,
      queries: [{
        expr: combine(
          largest(
            MOST_SERIES,
            totalInRange("port_down_seconds_total"),
          ),
          ">",
          "0",
        ),
        legend: TARGET_LEGEND,
      }],
    }),
    buildStateTimeline({
      id: 23,
      title: "Targets that were not always up",
      description:
        `Only targets that were not up at some time in the shown range. ${STATE_HELP}`,
      unit: "none",
      mappings: stateMappings,
      noValue: "Every known target was up all the time",
      width: 24,
      height: 8,
      links: runbookLinks(["PortDown"]),
      queries: [{
        expr: combine(
          stateCode(),
          "and",
          group(combine(everUp, "==", "0")),
        ),
        legend: TARGET_LEGEND,
      }],
    }),
  ];
}

/** Builds the row with a timeline for each target. */
export function buildTimelines(
  { targetCount }: DashboardContents,
): readonly UnplacedPanel[] {
  return [buildStateTimeline({
    id: 31,
    title: "State of each target",
    description: `A line for each target, page by page. ${STATE_HELP} ` +
      "Choose names and instances above to see fewer.",
    unit: "none",
    mappings: stateMappings,
    width: 24,
    height: Math.min(6 + Math.ceil(targetCount / 2), 20),
    queries: [{ expr: stateCode(), legend: TARGET_LEGEND }],
  })];
}

/** Builds the row with the table of targets. */
export function buildTargetTable(
  contents: DashboardContents,
): readonly UnplacedPanel[] {
  return [buildTable({
    id: 41,
    title: "Targets",
    description:
      "Every target with its owner, worst state first. Drops, rebinds and " +
      "availability are those of the shown range; an empty cell is unknown.",
    unit: "none",
    width: 24,
    height: Math.min(6 + Math.ceil(contents.targetCount / 2), 16),
    links: contents.runbookLinks(
      contents.expectedOwners ? ["PortWrongOwner"] : [],
    ),
    rows: aggregate("max", OWNER_LABELS, targetSeries("port_owner_info")),
    columns: buildColumns(contents),
    sortBy: { title: "State", descending: true },
  })];
}

const OWNER_LABELS = [
  ...TARGET_LABELS,
  "address",
  "process",
  "unit",
  "user",
] as const satisfies readonly LabelName[];

function buildColumns(
  { udpTargets, tcpTargets, expectedOwners, expectedSockets }:
    DashboardContents,
): readonly Column[] {
  return [
    {
      source: { expr: stateCode() },
      title: "State",
      width: 120,
      field: {
        mappings: stateMappings,
        custom: { cellOptions: { type: "color-background", mode: "basic" } },
        thresholds: buildThresholds("green", [
          [1, "orange"],
          [stateLooks.down.code, "red"],
        ]),
      },
    },
    { source: { label: "name" }, title: "Name" },
    ...OWNER_COLUMNS,
    ...(expectedOwners
      ? [
        {
          source: { expr: newest("port_owner_matches") },
          title: "Owner as expected",
          field: yesOrNo("orange"),
        } satisfies Column,
      ]
      : []),
    {
      source: { expr: moment("port_owner_start_time_seconds") },
      title: "Owner since",
      field: { unit: "dateTimeFromNow" },
    },
    {
      source: { expr: moment("port_last_change_timestamp_seconds") },
      title: "Up or down since",
      field: { unit: "dateTimeFromNow" },
    },
    {
      source: { expr: newest("port_sockets") },
      title: "Sockets",
      field: { decimals: 0 },
    },
    ...(expectedSockets
      ? [{
        source: { expr: newest("port_expected_sockets") },
        title: "Expected sockets",
        field: { decimals: 0 },
      }]
      : []),
    ...(udpTargets
      ? [{
        source: { expr: newest("port_receive_queue_bytes") },
        title: "Receive queue",
        field: { unit: "bytes" },
      }, {
        source: { expr: totalInRange("port_receive_drops_total") },
        title: "Drops",
        field: { unit: "short", decimals: 0 },
      }]
      : []),
    ...(tcpTargets
      ? [{
        source: { expr: newest("port_accept_queue_connections") },
        title: "Accept queue",
        field: { unit: "short", decimals: 0 },
      }]
      : []),
    {
      source: { expr: totalInRange("port_rebinds_total") },
      title: "Rebinds",
      field: { unit: "short", decimals: 0 },
    },
    {
      source: { expr: availability(TARGET_LABELS) },
      title: "Availability",
      field: { unit: "percentunit", decimals: 3 },
    },
  ];
}

/** The value of now. */
function newest(name: MetricName): Expression {
  return aggregate("max", TARGET_LABELS, targetSeries(name));
}

/** A moment in milliseconds, as Grafana counts. */
function moment(name: MetricName): Expression {
  return combine("1000", "*", newest(name));
}

/** What a counter rose by in the shown range. */
function totalInRange(name: MetricName): Expression {
  return aggregate(
    "sum",
    TARGET_LABELS,
    overTime("increase", targetSeries(name), SHOWN_RANGE),
  );
}
