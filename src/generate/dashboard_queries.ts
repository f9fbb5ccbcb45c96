/**
 * What all queries of the dashboard have in common: the variables, the labels
 * and the ranges.
 *
 * @module
 */

import type { MetricName } from "../metrics/catalog.ts";
import type { PortState } from "../model/verdict.ts";
import {
  aggregate,
  anyOf,
  combine,
  type Expression,
  group,
  type LabelMatcher,
  type LabelName,
  largest,
  overTime,
  overTimeUntilEnd,
  scrapeUp,
  series,
} from "./promql.ts";

/** Range of a rate: long enough for every scrape interval and zoom. */
export const RATE_RANGE = "$__rate_interval";

/** The range that the dashboard shows. */
export const SHOWN_RANGE = "$__range";

/** What tells exporters apart. */
export const EXPORTER_LABELS = [
  "job",
  "instance",
] as const satisfies readonly LabelName[];

/** What tells targets apart. */
export const TARGET_LABELS = [
  ...EXPORTER_LABELS,
  "name",
  "protocol",
  "port",
] as const satisfies readonly LabelName[];

/** How a target is named in a graph. */
export const TARGET_LEGEND =
  "{{name}} {{protocol}}/{{port}} on {{instance}}" as const;

/** How many series a graph shows at most. */
export const MOST_SERIES = 20;

/** The variable `job`. */
export const jobMatcher: LabelMatcher = {
  label: "job",
  operator: "=~",
  value: "$job",
};

/** The variables `job` and `instance`. */
export const exporterMatchers: readonly LabelMatcher[] = [
  jobMatcher,
  { label: "instance", operator: "=~", value: "$instance" },
];

const targetMatchers: readonly LabelMatcher[] = [
  ...exporterMatchers,
  { label: "name", operator: "=~", value: "$name" },
];

/** Series of the chosen exporters. */
export function exporterSeries(
  name: MetricName,
  suffix?: "" | "_bucket" | "_sum" | "_count",
): Expression {
  return series(name, exporterMatchers, suffix);
}

/** Whether the chosen exporters answer. */
export function exportersUp(): Expression {
  return scrapeUp(exporterMatchers);
}

/** Series of the chosen targets. */
export function targetSeries(
  name: MetricName,
  matchers: readonly LabelMatcher[] = [],
): Expression {
  return series(name, [...targetMatchers, ...matchers]);
}

/** Whether the chosen targets are in one of some states. */
export function stateSeries(...states: readonly PortState[]): Expression {
  return targetSeries("port_state", [
    states.length === 1
      ? { label: "state", operator: "=", value: states[0] ?? "" }
      : { label: "state", operator: "=~", value: anyOf(states) },
  ]);
}

/** How to pick the series that are worth a line. */
export interface PickOptions {
  /** What a line stands for. */
  readonly labels: readonly LabelName[];
  /** Function that makes one value of the shown range. */
  readonly function: "increase" | "max_over_time";
  /** The series that it judges. */
  readonly of: Expression;
}

/**
 * Keeps the series with the largest values of the shown range and leaves out
 * those that were 0 all the time. The choice holds for the whole graph.
 */
export function pickLargest(
  shown: Expression,
  options: PickOptions,
): Expression {
  const judged = aggregate(
    "sum",
    options.labels,
    overTimeUntilEnd(options.function, options.of, SHOWN_RANGE),
  );
  return combine(
    shown,
    "and",
    group(combine(largest(MOST_SERIES, judged), ">", "0")),
  );
}

/** The rate of a counter, of the exporters where it rose most. */
export function largestRates(of: Expression): Expression {
  return pickLargest(
    aggregate("sum", EXPORTER_LABELS, overTime("rate", of, RATE_RANGE)),
    { labels: EXPORTER_LABELS, function: "increase", of },
  );
}
