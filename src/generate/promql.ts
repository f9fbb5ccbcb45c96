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
type CommonLabel = "job" | "instance" | "protocol" | "port" | "name";

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
  const conditions = matchers.map(({ label, operator, value }) =>
    `${label}${operator}${quote(value)}`
  );
  const selector = conditions.length === 0 ? "" : `{${conditions.join(", ")}}`;
  return `${name}${suffix}${selector}`;
}

/** A function of one range vector: `increase(series[5m])`. */
export function overTime(
  name:
    | "rate"
    | "increase"
    | "changes"
    | "min_over_time"
    | "max_over_time"
    | "avg_over_time",
  selected: Expression,
  range: string,
): Expression {
  return `${name}(${selected}[${range}])`;
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

/** A text as PromQL writes it: `\`, `"` and line breaks escaped. */
export function quote(text: string): string {
  return `"${
    text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')
      .replaceAll("\n", "\\n")
  }"`;
}

/** A regular expression (RE2) that matches just these texts. */
export function anyOf(texts: readonly string[]): string {
  return texts.map((text) => text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&"))
    .join("|");
}
