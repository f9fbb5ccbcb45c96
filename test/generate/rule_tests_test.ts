import { assert, assertEquals } from "@std/assert";
// @ts-types="../../src/declarations/std_yaml.d.ts"
import { parse as parseYaml } from "@std/yaml";
import type { Config } from "../../src/config/config.ts";
import { renderRuleTests } from "../../src/generate/rule_tests.ts";
import { buildRules } from "../../src/generate/rules.ts";
import { parseGoodConfig, readRuleConfig } from "../support/good_config.ts";

interface RuleTest {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly {
    readonly series: string;
    readonly values: string;
  }[];
  readonly alert_rule_test: readonly {
    readonly eval_time: string;
    readonly alertname: string;
    readonly exp_alerts: readonly unknown[];
  }[];
}

interface TestFile {
  readonly rule_files: readonly string[];
  readonly evaluation_interval: string;
  readonly tests: readonly RuleTest[];
}

function renderText(config: Config): string {
  return renderRuleTests({
    rules: buildRules(config),
    config,
    source: { version: "1.2.3", configNames: ["ports.yml"] },
    ruleFile: "my/rules.yml",
  });
}

function render(config: Config): TestFile {
  return parseYaml(renderText(config)) as TestFile;
}

const CONFIGS = [
  "all_disabled",
  "all_expectations",
  "all_overridden",
  "hostile",
  "listeners_only",
  "no_udp",
  "own_severity_and_for",
  "zero_for",
];

Deno.test("renderRuleTests() names the rule file and who made the tests", () => {
  const config = readRuleConfig("no_udp");
  assertEquals(renderText(config).split("\n").slice(0, 4), [
    "# Made by port_exporter 1.2.3 (port_exporter rules --tests) from ports.yml.",
    "# Do not edit: change the configuration and make it again.",
    "rule_files:",
    '  - "my/rules.yml"',
  ]);
});

Deno.test("renderRuleTests() makes each rule fire once, and each alert stay quiet", () => {
  for (const name of CONFIGS) {
    const config = readRuleConfig(name);
    const rules = buildRules(config);
    const { tests } = render(config);
    const fires = tests.filter(({ name }) => name.includes(" fires"));
    assertEquals(
      fires.map(({ alert_rule_test }) => alert_rule_test[0]?.alertname),
      rules.map(({ alert }) => alert),
      name,
    );
    assertEquals(
      tests.filter((test) => !fires.includes(test)).map(({ name }) => name),
      [...new Set(rules.map(({ alert }) => `${alert} stays quiet`))],
      name,
    );
  }
});

Deno.test("renderRuleTests() looks just before a rule fires, and when it does", () => {
  for (const name of CONFIGS) {
    for (const test of render(readRuleConfig(name)).tests) {
      const counts = test.alert_rule_test.map(({ exp_alerts }) =>
        exp_alerts.length
      );
      if (test.name.endsWith("stays quiet")) {
        assert(counts.every((count) => count === 0), test.name);
        continue;
      }
      // An alert that may fire at the very start has no moment before it.
      const [before, ...fires] = counts;
      if (before !== 0) assertEquals(test.alert_rule_test[0]?.eval_time, "0m");
      else assert(fires.length > 0, test.name);
      assert(fires.every((count) => count === 1), test.name);
    }
  }
});

Deno.test("renderRuleTests() writes what PortDown looks like", () => {
  const config = parseGoodConfig(
    "ports: [{port: 6984, name: asa, for: 90s, labels: {site: fra1}}]",
  );
  const labels = {
    job: "port_exporter",
    instance: "host1.example:9117",
    protocol: "udp",
    port: "6984",
    name: "asa",
    site: "fra1",
  };
  const series = (job: string) =>
    `port_up{job="${job}", instance="host1.example:9117", ` +
    'protocol="udp", port="6984", name="asa", site="fra1"}';
  assertEquals(render(config).tests.slice(0, 2), [
    {
      name: "PortDown fires for udp/6984/asa",
      interval: "15s",
      input_series: [
        { series: series("port_exporter"), values: "1x7 0x6" },
      ],
      alert_rule_test: [
        { eval_time: "195s", alertname: "PortDown", exp_alerts: [] },
        {
          eval_time: "210s",
          alertname: "PortDown",
          exp_alerts: [{
            exp_labels: { ...labels, severity: "critical" },
            exp_annotations: {
              summary: "A port is not served on an expected address.",
              description: "udp port 6984 (asa) on host1.example:9117 is " +
                "down: no socket serves it on an expected address, and what " +
                "is sent there is lost.",
            },
          }],
        },
      ],
    },
    {
      name: "PortDown stays quiet",
      interval: "15s",
      input_series: [
        { series: series("port_exporter"), values: "1x14" },
        { series: series("port_exporter-other"), values: "1x7 0x6" },
      ],
      alert_rule_test: [
        { eval_time: "210s", alertname: "PortDown", exp_alerts: [] },
      ],
    },
  ]);
});

Deno.test("renderRuleTests() takes longer steps for long waits", () => {
  const steps = (wait: string) => {
    const { evaluation_interval, tests } = render(
      parseGoodConfig(`ports: [{port: 1, for: ${wait}}]`),
    );
    return [evaluation_interval, tests[0]?.interval];
  };
  assertEquals(steps("1h"), ["15s", "15s"]);
  assertEquals(steps("61m"), ["1m", "1m"]);
  assertEquals(steps("1d"), ["15m", "1m"]);
  assertEquals(steps("4w"), ["60m", "1m"]);
});
