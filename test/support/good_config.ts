/**
 * Configurations that have no mistake.
 *
 * @module
 */

import type { Config } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/parse.ts";

/** Parses the text of a configuration that has no mistake. */
export function parseGoodConfig(text: string): Config {
  const result = parseConfig(text);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.config;
}

/** Parses a file of `fixtures/rules/`, named without its ending. */
export function readRuleConfig(name: string): Config {
  return parseGoodConfig(Deno.readTextFileSync(`fixtures/rules/${name}.yml`));
}
