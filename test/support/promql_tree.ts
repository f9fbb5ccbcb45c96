/**
 * Reads PromQL with the parser of Prometheus's own editor.
 *
 * @module
 */

import process from "node:process";
import type { parser as Parser } from "@prometheus-io/lezer-promql";
import { fail } from "./program.ts";

/** A selector and where it stands. */
export interface Selector {
  /** Name of the series. */
  readonly name: string;
  /** Matchers as written. */
  readonly matchers: readonly string[];
  /** The functions around it, the innermost first. */
  readonly functions: readonly string[];
}

const parser = await loadParser();

/** All selectors of an expression. Throws when it is no PromQL. */
export function parseSelectors(expression: string): readonly Selector[] {
  const tree = parser.parse(expression);
  const selectors: Selector[] = [];
  tree.iterate({
    enter({ type, node }) {
      if (type.isError) fail(`no PromQL: ${expression}: ${tree}`);
      if (type.name !== "VectorSelector") return;
      const textOf = ({ from, to }: { from: number; to: number }) =>
        expression.slice(from, to);
      const functions: string[] = [];
      for (let above = node.parent; above !== null; above = above.parent) {
        const called = above.getChild("FunctionIdentifier");
        if (called !== null) functions.push(textOf(called));
      }
      selectors.push({
        name: textOf(node.getChild("Identifier") ?? fail("no name")),
        matchers: (node.getChild("LabelMatchers")
          ?.getChildren("UnquotedLabelMatcher") ?? []).map(textOf),
        functions,
      });
    },
  });
  return selectors;
}

/** The parser asks for an environment variable, which unit tests may not. */
async function loadParser(): Promise<typeof Parser> {
  const { env } = process;
  Object.defineProperty(process, "env", { value: {}, configurable: true });
  try {
    return (await import("@prometheus-io/lezer-promql")).parser;
  } finally {
    Object.defineProperty(process, "env", { value: env, configurable: true });
  }
}
