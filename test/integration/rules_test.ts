/**
 * Rules and their unit tests, judged by Prometheus's own promtool.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
// @ts-types="../../src/declarations/std_yaml.d.ts"
import { parse as parseYaml } from "@std/yaml";
import {
  type Finished,
  runCommand,
  runProgram,
  writeConfig,
} from "../support/program.ts";

const EXAMPLE = "packaging/ports.yml";

/** Configurations that rules are made of, each merged from its files. */
const FLEETS: readonly (readonly string[])[] = [
  [EXAMPLE],
  ...[
    "all_disabled",
    "all_expectations",
    "all_overridden",
    "hostile",
    "listeners_only",
    "long_for",
    "many",
    "no_expectations",
    "no_tcp",
    "no_udp",
    "own_severity_and_for",
    "zero_for",
  ].map((name) => [`fixtures/rules/${name}.yml`]),
  ["fixtures/rules/fleet_a.yml", "fixtures/rules/fleet_b.yml"],
];

function runRules(
  files: readonly string[],
  ...args: readonly string[]
): Promise<Finished> {
  return runProgram(
    "rules",
    ...files.map((file) => `--config.file=${file}`),
    ...args,
  );
}

/** What `rules` prints. */
async function make(
  files: readonly string[],
  ...args: readonly string[]
): Promise<string> {
  const { code, stdout, stderr } = await runRules(files, ...args);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return stdout;
}

/** A folder with rules and their tests, gone with the value. */
async function writeRules(
  rules: string,
  tests: string,
): Promise<
  AsyncDisposable & { readonly rules: string; readonly tests: string }
> {
  const directory = await Deno.makeTempDir({ prefix: "port_exporter-rules-" });
  await Deno.writeTextFile(`${directory}/rules.yml`, rules);
  await Deno.writeTextFile(`${directory}/rules_test.yml`, tests);
  return {
    rules: `${directory}/rules.yml`,
    tests: `${directory}/rules_test.yml`,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

for (const files of FLEETS) {
  Deno.test(`promtool accepts the rules of ${files.join(" and ")} and their tests`, async () => {
    const rules = await make(files);
    await using written = await writeRules(rules, await make(files, "--tests"));
    const check = await runCommand([
      "promtool",
      "check",
      "rules",
      "--lint-fatal",
      written.rules,
    ]);
    assertEquals(check.code, 0, check.stdout + check.stderr);
    assertMatch(check.stdout, /SUCCESS: [1-9]\d* rules found/);
    const test = await runCommand(["promtool", "test", "rules", written.tests]);
    assertEquals(test.code, 0, test.stdout + test.stderr);
  });

  Deno.test(`all formats hold the same rules of ${files.join(" and ")}`, async () => {
    const { groups } = parseYaml(await make(files)) as { groups: unknown };
    const operator = parseYaml(await make(files, "--format=operator")) as {
      readonly spec: unknown;
    };
    const mimir = parseYaml(await make(files, "--format=mimir")) as {
      readonly groups: unknown;
    };
    assertEquals(operator.spec, { groups });
    assertEquals(mimir.groups, groups);
  });
}

Deno.test("the rules of the example are those that are committed", async () => {
  assertEquals(
    await make([EXAMPLE]),
    await Deno.readTextFile("rules/rules.yml"),
  );
  assertEquals(
    await make([EXAMPLE], "--tests"),
    await Deno.readTextFile("rules/rules_test.yml"),
  );
});

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
}

interface RuleTest {
  readonly alert_rule_test: readonly { readonly alertname: string }[];
}

const OPPOSITES: Readonly<Record<string, string>> = {
  "==": "!=",
  "!=": "==",
  ">": "<=",
  "<": ">=",
};

/** A rule with one comparison turned around, or without its `for`. */
function* mutate(rule: Rule): Generator<Rule> {
  for (const match of rule.expr.matchAll(/(?<= )(?:==|!=|>|<)(?= )/g)) {
    const end = match.index + match[0].length;
    yield {
      ...rule,
      expr: rule.expr.slice(0, match.index) + OPPOSITES[match[0]] +
        rule.expr.slice(end),
    };
  }
  if (rule.for !== undefined) {
    const { for: _, ...rest } = rule;
    yield rest;
  }
}

/** Runs some rules against some tests; YAML takes JSON. */
async function passes(
  rules: readonly Rule[],
  file: { readonly tests: readonly RuleTest[] },
): Promise<boolean> {
  await using written = await writeRules(
    JSON.stringify({ groups: [{ name: "mutated", rules }] }),
    JSON.stringify(file),
  );
  const { code } = await runCommand([
    "promtool",
    "test",
    "rules",
    written.tests,
  ]);
  return code === 0;
}

for (
  const file of [
    EXAMPLE,
    "fixtures/rules/all_expectations.yml",
    "fixtures/rules/no_udp.yml",
  ]
) {
  Deno.test(`the tests notice every change of the rules of ${file}`, async () => {
    const { groups } = parseYaml(await make([file])) as {
      readonly groups: readonly { readonly rules: readonly Rule[] }[];
    };
    const all = parseYaml(await make([file], "--tests")) as {
      readonly tests: readonly RuleTest[];
    };
    const unnoticed: unknown[] = [];
    const rulesByAlert = Map.groupBy(
      groups.flatMap(({ rules }) => rules),
      ({ alert }) => alert,
    );
    for (const [alert, rules] of rulesByAlert) {
      // An alert's own tests must notice: the others only take time.
      const tests = all.tests.filter(({ alert_rule_test }) =>
        alert_rule_test[0]?.alertname === alert
      );
      assert(await passes(rules, { ...all, tests }), alert);
      const mutants = rules.flatMap((rule, index) => {
        const mutated = [...mutate(rule)];
        assert(mutated.length > 0, `nothing to change in ${rule.expr}`);
        return mutated.map((changed) => rules.with(index, changed));
      });
      await Promise.all(mutants.map(async (mutant) => {
        if (await passes(mutant, { ...all, tests })) unnoticed.push(mutant);
      }));
    }
    assertEquals(unnoticed, []);
  });
}

Deno.test("rules name both files and places of a contradiction", async () => {
  const { code, stdout, stderr } = await runRules([
    "fixtures/rules/fleet_a.yml",
    "fixtures/rules/fleet_conflict.yml",
  ]);
  assertEquals({ code, stdout }, { code: 2, stdout: "" });
  assertEquals(stderr.trimEnd().split("\n"), [
    'port_exporter: Cannot merge udp port 6984 with name "switches" and 1 ' +
    "more: fixtures/rules/fleet_a.yml ports[0].port and " +
    "fixtures/rules/fleet_conflict.yml ports[0].port differ in process, " +
    "sockets, severity, want the same or another name",
    "port_exporter: Cannot merge alerts: fixtures/rules/fleet_a.yml and " +
    "fixtures/rules/fleet_conflict.yml differ in job, labels, want the same",
  ]);
});

Deno.test("rules report the mistakes of all files", async () => {
  await using config = await writeConfig("ports: [{port: 0}]");
  const { code, stderr } = await runRules([config.path, "/nowhere.yml"]);
  assertEquals(code, 2);
  assertMatch(stderr, /ports\.yml: Cannot use ports\[0\]\.port/);
  assertMatch(stderr, /\/nowhere\.yml: Cannot read the file/);
});

Deno.test("tests are of Prometheus's format only", async () => {
  assertEquals(await runRules([EXAMPLE], "--tests", "--format=mimir"), {
    code: 2,
    stdout: "",
    stderr: "port_exporter: Cannot make tests with --format=mimir: promtool " +
      "reads rules of Prometheus only, want --format=prometheus\n",
  });
});

Deno.test("tests name the rule file that is asked for", async () => {
  const text = await make([EXAMPLE], "--tests", "--rule-file=../my rules.yml");
  const { rule_files } = parseYaml(text) as { readonly rule_files: unknown };
  assertEquals(rule_files, ["../my rules.yml"]);
});
