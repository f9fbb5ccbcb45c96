/**
 * `rules`: alerting rules from the configuration, or their unit tests.
 *
 * @module
 */

import type { Command } from "../args.ts";

/**
 * Renders the rules or their tests.
 *
 * @throws {CommandError} when the configuration is wrong or gives no rule
 */
export function runRules(
  command: Command & { readonly name: "rules" },
): string {
  throw new Error(`Cannot render rules yet: ${command.format}`);
}
