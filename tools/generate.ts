/**
 * Writes every file that is derived from the sources. `make fresh` runs it and
 * fails when that changes a committed file.
 *
 * @module
 */

import { createGenerator } from "ts-json-schema-generator";
import { commandLine } from "../src/cli/command_line.ts";
import { loadConfig } from "../src/config/load.ts";
import { buildJsonSchema } from "../src/config/schema.ts";
import { renderAlertTable } from "../src/generate/alert_table.ts";
import {
  type ApiSchema,
  renderApiReference,
} from "../src/generate/api_reference.ts";
import { renderCompletion } from "../src/generate/completion.ts";
import { renderDashboard } from "../src/generate/dashboard.ts";
import { renderManPage } from "../src/generate/man_page.ts";
import { renderMetricsReference } from "../src/generate/metrics_reference.ts";
import {
  renderCommandTable,
  renderExitCodeTable,
  renderOptionsReference,
} from "../src/generate/options_reference.ts";
import { renderRules } from "../src/generate/rule_file.ts";
import { renderRuleTests } from "../src/generate/rule_tests.ts";
import { buildRules } from "../src/generate/rules.ts";
import { renderScrapeConfig } from "../src/generate/scrape_config.ts";
import { catalog } from "../src/metrics/catalog.ts";
import { buildInfo } from "../src/version.ts";

const root = new URL("../", import.meta.url);

const example = loadConfig(new URL("packaging/ports.yml", root).pathname);
if (!example.ok) throw new SyntaxError(example.errors.join("\n"));

const { config } = example;
const rules = buildRules(config);
const source = { version: buildInfo.version, configNames: ["ports.yml"] };

const statusReportSchema = {
  title: "port_exporter status report",
  ...createGenerator({
    path: new URL("src/report/status_report.ts", root).pathname,
    type: "StatusReport",
    skipTypeCheck: true,
    topRef: false,
    // Fields may be added.
    additionalProperties: true,
  }).createSchema("StatusReport"),
};

/** Whole files, by path. */
const contentsByPath: Readonly<Record<string, string>> = {
  "docs/api.md": renderApiReference(statusReportSchema as ApiSchema),
  "docs/ports.schema.json": `${
    JSON.stringify(statusReportSchema, undefined, 2)
  }\n`,
  "docs/metrics.md": renderMetricsReference(catalog),
  "docs/options.md": renderOptionsReference(commandLine),
  "docs/config.schema.json": `${
    JSON.stringify(buildJsonSchema(), undefined, 2)
  }\n`,
  "packaging/completion/_port_exporter": renderCompletion(commandLine, "zsh"),
  "packaging/completion/port_exporter.bash": renderCompletion(
    commandLine,
    "bash",
  ),
  "packaging/completion/port_exporter.fish": renderCompletion(
    commandLine,
    "fish",
  ),
  "packaging/port_exporter.1": renderManPage(commandLine, buildInfo.version),
  "rules/dashboard.json": renderDashboard(config),
  "rules/rules.yml": renderRules(
    { rules, job: config.alerts.job, source },
    "prometheus",
  ),
  "rules/rules_test.yml": renderRuleTests({
    rules,
    config,
    source,
    ruleFile: "rules.yml",
  }),
  "rules/scrape_config.yml": renderScrapeConfig({
    job: config.alerts.job,
    targets: [],
    format: "static",
  }),
};

/** Parts of the README, by the name that its comments give them. */
const readmeSections: Readonly<Record<string, string>> = {
  commands: renderCommandTable(commandLine.commands),
  "exit codes": renderExitCodeTable(commandLine.exitCodeMeanings),
  alerts: renderAlertTable(),
};

/** Replaces what stands between `<!-- begin NAME … -->` and `<!-- end NAME -->`. */
function replaceSection(
  text: string,
  { name, content }: { readonly name: string; readonly content: string },
): string {
  const section = new RegExp(
    `(<!-- begin ${name}[^>]*-->\n)[\\s\\S]*?(<!-- end ${name} -->)`,
  );
  if (!section.test(text)) {
    throw new SyntaxError(
      `README.md: Cannot write section "${name}": it is not there, ` +
        `want <!-- begin ${name} --> and <!-- end ${name} -->`,
    );
  }
  return text.replace(
    section,
    (_, begin: string, end: string) => `${begin}\n${content}\n\n${end}`,
  );
}

for (const [path, content] of Object.entries(contentsByPath)) {
  Deno.writeTextFileSync(new URL(path, root), content);
}

const readme = new URL("README.md", root);
let text = Deno.readTextFileSync(readme);
for (const [name, content] of Object.entries(readmeSections)) {
  text = replaceSection(text, { name, content });
}
Deno.writeTextFileSync(readme, text);
