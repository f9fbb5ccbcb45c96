/**
 * Puts PromQL together from a few functions, with names from the catalog: a
 * metric or a label that does not exist does not compile.
 *
 * Expressions are plain strings; each function returns one that can stand
 * wherever an expression can
 * (https://prometheus.io/docs/prometheus/latest/querying/basics/).
 *
 * @module
 */

import type { catalog, MetricName } from "../metrics/catalog.ts";

/** Labels that every target's series have, of catalog and Prometheus. */
export type CommonLabel = "job" | "instance" | "protocol" | "port" | "name";

/** A label that can stand in an expression. */
export type LabelName =
  | CommonLabel
  | typeof catalog[MetricName]["labels"][number];

/** A condition on a label. */
export interface LabelMatcher {
  /** The label. */
  readonly label: LabelName;
  /** How to compare. */
  readonly operator: "=" | "!=" | "=~" | "!~";
  /** A text, or a regular expression that was made with {@linkcode anyOf}. */
  readonly value: string;
}

/** A PromQL expression. */
export type Expression = string;

/** Series of a metric; histograms and summaries have more than one name. */
export function series(
  name: MetricName,
  matchers: readonly LabelMatcher[] = [],
  suffix: "" | "_bucket" | "_sum" | "_count" = "",
): Expression {
  return `${name}${suffix}${selector(matchers)}`;
}

/** Prometheus's own series `up`: whether the exporter answered, 1 or 0. */
export function scrapeUp(matchers: readonly LabelMatcher[] = []): Expression {
  return `up${selector(matchers)}`;
}

/** A condition on a label of an alert: of its series or of its rule. */
export type AlertLabelMatcher =
  | LabelMatcher
  | Omit<LabelMatcher, "label"> & {
    readonly label: "alertname" | "alertstate" | "severity";
  };

/** Prometheus's own series `ALERTS`: 1 for each alert, pending or firing. */
export function alertStates(
  matchers: readonly AlertLabelMatcher[] = [],
): Expression {
  return `ALERTS${selector(matchers)}`;
}

/** One series with all its labels, as the input of a unit test names it. */
export function sampleSeries(
  name: MetricName | "up",
  labels: Readonly<Record<string, string>>,
): string {
  return `${name}${
    selector(
      Object.entries(labels).map(([label, value]) => ({
        label,
        operator: "=",
        value,
      })),
    )
  }`;
}

/**
 * A condition that a label has one of these values, at least one.
 *
 * U+FFFD is only possible in a regular expression: Prometheus writes a text with
 * it in a way that it cannot read again.
 */
export function oneOf(
  label: LabelName,
  values: readonly string[],
): LabelMatcher {
  const wellFormed = values.map((value) => value.toWellFormed());
  const [first = ""] = wellFormed;
  return values.length === 1 && !first.includes("\ufffd")
    ? { label, operator: "=", value: first }
    : { label, operator: "=~", value: anyOf(wellFormed) };
}

/** A condition that a label has none of these values, at least one. */
export function noneOf(
  label: LabelName,
  values: readonly string[],
): LabelMatcher {
  const { operator, value } = oneOf(label, values);
  return { label, operator: operator === "=" ? "!=" : "!~", value };
}

function selector(
  matchers: readonly {
    readonly label: string;
    readonly operator: LabelMatcher["operator"];
    readonly value: string;
  }[],
): string {
  const conditions = new Set(
    matchers.map(({ label, operator, value }) =>
      `${label}${operator}${quote(value)}`
    ),
  );
  return conditions.size === 0 ? "" : `{${[...conditions].join(", ")}}`;
}

/** A function of one range vector: `increase(series[5m])`. */
export function overTime(
  name:
    | "rate"
    | "increase"
    | "changes"
    | "min_over_time"
    | "max_over_time"
    | "avg_over_time"
    | "last_over_time",
  selected: Expression,
  range: string,
): Expression {
  return `${name}(${selected}[${range}])`;
}

/**
 * Like {@linkcode overTime}, with a range that ends where the query ends: one
 * value for all points of a graph (Prometheus 2.33).
 */
export function overTimeUntilEnd(
  name: Parameters<typeof overTime>[0],
  selected: Expression,
  range: string,
): Expression {
  return `${name}(${selected}[${range}] @ end())`;
}

/** What the series were some time ago: `port_up offset 5m`. */
export function ago(selected: Expression, range: string): Expression {
  return `${selected} offset ${range}`;
}

/** 1 when there is no such series, else nothing. */
export function absent(selected: Expression): Expression {
  return `absent(${selected})`;
}

/** A single value without labels, or 0 when there is none. */
export function orZero(inner: Expression): Expression {
  return `(${inner} or vector(0))`;
}

/** The series with the largest values: `topk(20, …)`. */
export function largest(count: number, inner: Expression): Expression {
  return `topk(${count}, ${inner})`;
}

/** A quantile, 0-1, of the buckets of a histogram. */
export function histogramQuantile(
  quantile: number,
  buckets: Expression,
): Expression {
  return `histogram_quantile(${quantile}, ${buckets})`;
}

/** An aggregation that keeps some labels: `sum by (port) (…)`. */
export function aggregate(
  name: "sum" | "count" | "min" | "max" | "avg" | "group",
  labels: readonly LabelName[],
  inner: Expression,
): Expression {
  return labels.length === 0
    ? `${name}(${inner})`
    : `${name} by (${labels.join(", ")}) (${inner})`;
}

/** Two expressions and an operator, with `on (…)` when labels are given. */
export function combine(
  left: Expression,
  operator: string,
  right: Expression,
  labels?: readonly LabelName[],
): Expression {
  const on = labels === undefined ? "" : ` on (${labels.join(", ")})`;
  return `${left} ${operator}${on} ${right}`;
}

/** Puts an expression in parentheses. */
export function group(inner: Expression): Expression {
  return `(${inner})`;
}

/**
 * A text as PromQL writes it: `\`, `"` and line breaks escaped. So is U+FFFD,
 * which Prometheus takes for a broken character when it stands there as it is.
 */
export function quote(text: string): string {
  return `"${
    text.toWellFormed().replaceAll("\\", "\\\\").replaceAll('"', '\\"')
      .replaceAll("\n", "\\n").replaceAll("\ufffd", "\\ufffd")
  }"`;
}

/** A regular expression (RE2) that matches just these texts. */
export function anyOf(texts: readonly string[]): string {
  return texts.map((text) =>
    text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&")
      .replaceAll("\ufffd", "\\x{fffd}")
  ).join("|");
}
