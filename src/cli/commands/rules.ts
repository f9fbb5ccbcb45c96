/**
 * `rules`: alerting rules from the configuration, or their unit tests.
 *
 * @module
 */

import { renderRuleTests } from "../../generate/rule_tests.ts";
import { renderRules } from "../../generate/rule_file.ts";
import { buildRules } from "../../generate/rules.ts";
import { buildInfo } from "../../version.ts";
import type { Command } from "../args.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { loadFleetOrFail } from "../load_fleet.ts";

/**
 * Renders the rules or their tests.
 *
 * @throws {CommandError} when the configuration is wrong or gives no rule
 */
export function runRules(
  { configFiles, format, tests, ruleFile }: Command & {
    readonly name: "rules";
  },
): string {
  if (tests && format !== "prometheus") {
    throw new CommandError([
      `Cannot make tests with --format=${format}: promtool reads rules of ` +
      "Prometheus only, want --format=prometheus",
    ], exitCodes.usage);
  }
  const config = loadFleetOrFail(configFiles);
  const rules = buildRules(config);
  const source = {
    version: buildInfo.version,
    configNames: configFiles.map((path) =>
      path.replace(/\/+$/, "").replace(/^.*\//s, "")
    ),
  };
  try {
    return tests
      ? renderRuleTests({ rules, config, source, ruleFile })
      : renderRules({ rules, job: config.alerts.job, source }, format);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError([error.message], exitCodes.usage, { cause: error });
  }
}
