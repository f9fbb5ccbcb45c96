/**
 * Selects the series of some targets and not those of others, with matchers
 * that people can read.
 *
 * @module
 */

import type { Target } from "../config/config.ts";
import {
  combine,
  type Expression,
  group,
  type LabelMatcher,
  noneOf,
  oneOf,
} from "./promql.ts";

/** Which series of a metric an expression is about. */
export interface Selection {
  /** Matchers, one list for each expression to put together with `or`. */
  readonly alternatives: readonly (readonly LabelMatcher[])[];
  /** The same, for what is to be taken away. */
  readonly exceptions: readonly (readonly LabelMatcher[])[];
}

/** All series. */
export const everything: Selection = { alternatives: [[]], exceptions: [] };

/** Labels that may tell targets apart, those first that people know best. */
const DISTINGUISHING_LABELS = ["name", "port", "protocol"] as const;

/** Selects `targets` and none of `others`. */
export function selectOnly(
  targets: readonly Target[],
  others: readonly Target[],
): Selection {
  const label = findDistinguishingLabel(targets, others);
  return {
    alternatives: label === undefined
      ? listExactly(targets)
      : [[oneOf(label, valuesOf(targets, label))]],
    exceptions: [],
  };
}

/**
 * Selects everything but `targets`: also what stands in no configuration yet.
 *
 * @param others Targets that must be left in
 */
export function selectAllBut(
  targets: readonly Target[],
  others: readonly Target[],
): Selection {
  if (targets.length === 0) return everything;
  const label = findDistinguishingLabel(targets, others);
  return label === undefined
    ? { alternatives: [[]], exceptions: listExactly(targets) }
    : {
      alternatives: [[noneOf(label, valuesOf(targets, label))]],
      exceptions: [],
    };
}

/**
 * Applies a selection to an expression of one metric.
 *
 * @param build Makes the expression with further matchers
 */
export function applySelection(
  { alternatives, exceptions }: Selection,
  build: (matchers: readonly LabelMatcher[]) => Expression,
): Expression {
  const union = (lists: readonly (readonly LabelMatcher[])[]) =>
    lists.map(build).reduce((left, right) => combine(left, "or", right));
  const selected = union(alternatives);
  if (exceptions.length > 0) {
    const excluded = union(exceptions);
    return group(combine(
      selected,
      "unless",
      exceptions.length > 1 ? group(excluded) : excluded,
    ));
  }
  return alternatives.length > 1 ? group(selected) : selected;
}

type DistinguishingLabel = typeof DISTINGUISHING_LABELS[number];

function valuesOf(
  targets: readonly Target[],
  label: DistinguishingLabel,
): readonly string[] {
  return [...new Set(targets.map((target) => String(target[label])))];
}

/** A label of which no value stands on both sides. */
function findDistinguishingLabel(
  targets: readonly Target[],
  others: readonly Target[],
): DistinguishingLabel | undefined {
  return DISTINGUISHING_LABELS.find((label) =>
    new Set(valuesOf(targets, label))
      .isDisjointFrom(new Set(valuesOf(others, label)))
  );
}

/** Just these targets: protocol and name together with the ports of both. */
function listExactly(
  targets: readonly Target[],
): readonly (readonly LabelMatcher[])[] {
  const groups = Map.groupBy(
    targets,
    ({ protocol, name }) => `${protocol} ${name}`,
  );
  return Array.from(groups.values(), (group) => [
    oneOf("protocol", valuesOf(group, "protocol")),
    oneOf("port", valuesOf(group, "port")),
    oneOf("name", valuesOf(group, "name")),
  ]);
}
