/**
 * The states of a target as numbers, texts and colours.
 *
 * @module
 */

import type { PortState } from "../model/verdict.ts";
import type { MappingJson } from "./dashboard_model.ts";
import { stateSeries, TARGET_LABELS } from "./dashboard_queries.ts";
import { aggregate, combine, type Expression } from "./promql.ts";

/** How a state is shown. */
export interface StateLook {
  /** Number: the larger, the worse, so that a table can be sorted by it. */
  readonly code: number;
  /** Text. */
  readonly text: string;
  /** Colour by the name that Grafana gives it. */
  readonly color: string;
}

/** How the states are shown. */
export const stateLooks: Readonly<Record<PortState, StateLook>> = {
  up: { code: 0, text: "up", color: "green" },
  wrong_count: { code: 1, text: "wrong count", color: "yellow" },
  wrong_owner: { code: 2, text: "wrong owner", color: "orange" },
  wrong_address: { code: 3, text: "wrong address", color: "purple" },
  down: { code: 4, text: "down", color: "red" },
};

/** The states, best first. */
export const stateEntries = Object.entries(stateLooks) as readonly (
  readonly [PortState, StateLook]
)[];

/** Texts and colours by number. */
export const stateMappings: readonly MappingJson[] = [{
  type: "value",
  options: Object.fromEntries(
    stateEntries.map(([, { code, text, color }]) => [
      String(code),
      { text, color, index: code },
    ]),
  ),
}];

/** The number of each target's state; absent while the state is unknown. */
export function stateCode(): Expression {
  const terms = stateEntries.map(([state, { code }]) =>
    combine(String(code), "*", stateSeries(state))
  );
  return aggregate(
    "sum",
    TARGET_LABELS,
    terms.reduce((left, right) => combine(left, "or", right)),
  );
}
