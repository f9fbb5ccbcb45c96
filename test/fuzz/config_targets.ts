/**
 * The parsers of files that people write, what is made of these files, and what
 * they promise.
 *
 * @module
 */

// @ts-types="../../src/declarations/std_yaml.d.ts"
import { parse as parseYaml } from "@std/yaml";
import type { Config, Target } from "../../src/config/config.ts";
import { parseFilebeat } from "../../src/config/filebeat.ts";
import { mergeConfigs } from "../../src/config/merge.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { renderDashboard } from "../../src/generate/dashboard.ts";
import { renderRules } from "../../src/generate/rule_file.ts";
import { renderRuleTests } from "../../src/generate/rule_tests.ts";
import { buildRules } from "../../src/generate/rules.ts";
import { renderStarterConfig } from "../../src/generate/starter_config.ts";
import { parseWebConfig } from "../../src/web_config/parse.ts";
import { parseSelectors } from "../support/promql_tree.ts";
import {
  assertMessage,
  assertSame,
  type FuzzTarget,
  promise,
  readSeeds,
  valueOrRefusal,
} from "./fuzz_target.ts";

const GOOD = ["fixtures/config/good", "fixtures/rules"];

/** Most targets of one configuration. */
const MAX_TARGETS = 10_000;

/** What is too large to render thousands of times. */
const MANY_TARGETS = 300;

function runConfig(text: string): void {
  const result = parseConfig(text);
  if (!result.ok) {
    promise(result.errors.length > 0, "refused without a reason");
    for (const { message } of result.errors) assertMessage(message);
    return;
  }
  const { config } = result;
  promise(config.targets.length <= MAX_TARGETS, "too many targets");
  for (const { port, name, sockets = 1, for: { seconds } } of config.targets) {
    promise(Number.isInteger(port) && port > 0 && port < 65536, `port ${port}`);
    promise(Number.isInteger(sockets) && sockets > 0, `sockets ${sockets}`);
    promise(Number.isFinite(seconds) && seconds >= 0, `for ${seconds}`);
    promise(name !== "", "a name is empty");
  }
  const identities = config.targets.map(identify);
  promise(
    new Set(identities).size === identities.length,
    "two targets have the same series",
  );
  const file = { file: "a.yml", config };
  const merged = mergeConfigs([file, { ...file, file: "b.yml" }]);
  promise(merged.ok, "a configuration cannot be merged with itself");
  assertSame(
    merged.config.targets.map(identify),
    identities,
    "merged with itself",
  );
}

function identify({ protocol, port, name }: Target): string {
  return `${protocol} ${port} ${name}`;
}

/** Makes all that is made of a configuration, and reads it back. */
export function runGenerators(text: string): void {
  const result = parseConfig(text);
  if (!result.ok || result.config.targets.length > MANY_TARGETS) return;
  const { config } = result;
  JSON.parse(renderDashboard(config));
  assertRules(config);
}

function assertRules(config: Config): void {
  const rules = buildRules(config);
  for (const { expression } of rules) parseSelectors(expression);
  const source = { version: "0.0.0", configNames: ["ports.yml"] };
  const { job } = config.alerts;
  for (const format of ["prometheus", "operator", "mimir"] as const) {
    const text = valueOrRefusal(() =>
      renderRules({ rules, job, source }, format)
    );
    if (text === undefined) continue;
    // All is text: readers that guess types and that do not must agree.
    assertSame(
      parseYaml(text, { schema: "core" }),
      parseYaml(text, { schema: "failsafe" }),
      "readers differ",
    );
  }
  const ruleFile = "rules.yml";
  const tests = valueOrRefusal(() =>
    renderRuleTests({ rules, config, source, ruleFile })
  );
  if (tests !== undefined) parseYaml(tests);
}

function runFilebeat(text: string): void {
  const { ports, assumptions, problems } = parseFilebeat(text);
  for (const { port } of ports) {
    promise(Number.isInteger(port) && port > 0 && port < 65536, `port ${port}`);
  }
  problems.forEach(assertMessage);
  if (ports.length === 0 || ports.length > MANY_TARGETS) return;
  const starter = renderStarterConfig(
    ports.map((port) => ({ ...port, process: "filebeat" })),
    [...problems, ...assumptions],
  );
  const result = parseConfig(starter);
  promise(
    result.ok,
    `the starter configuration is refused: ${
      JSON.stringify(result.ok || result.errors[0])
    }`,
  );
}

/** The headers that the format allows. */
const HEADERS = [
  "Content-Security-Policy",
  "Strict-Transport-Security",
  "X-Content-Type-Options",
  "X-Frame-Options",
  "X-XSS-Protection",
];

/** Stands in the seeds as a password and as a key. */
const SECRET = "Tr0ub4dor";

/** Web configurations with the secret in right and in wrong places. */
const SECRET_SEEDS = [
  `basic_auth_users:\n  alice: ${SECRET}\n  bob: ${SECRET}\n`,
  `basic_auth_users: [{"alice":"${SECRET}"}]\n`,
  `basic_auth_users: "alice: ${SECRET}"\n`,
  `basic_auth_users:\n  alice:${SECRET}\n`,
  `basic_auth_users: {alice:${SECRET}}\n`,
  `basic_auth_users:\n  alice: *${SECRET}\n`,
  `basic_auth_users:\n  alice: !${SECRET}\n`,
  `alice:${SECRET}\n`,
  `tls_server_config:\n  cert: [${SECRET}]\n  key: ["${SECRET}"]\n`,
  `tls_server_config: [{key: ${SECRET}}]\n`,
];

/** What a message may quote: all but the values in the places of secrets. */
function quotableText(text: string): string {
  try {
    const root = parseYaml(text, { schema: "failsafe" });
    if (!isMapping(root)) return "";
    const { basic_auth_users: users, tls_server_config: tls, ...rest } = root;
    const { cert: _cert, key: _key, ...tlsRest } = isMapping(tls) ? tls : {};
    const names = Object.keys(isMapping(users) ? users : {})
      .map((name) => name.split(":")[0]);
    return JSON.stringify([rest, tlsRest, names]);
  } catch {
    return "";
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function runWebConfig(text: string): void {
  const result = parseWebConfig(text);
  if (!result.ok) {
    promise(result.errors.length > 0, "refused without a reason");
    for (const { message } of result.errors) {
      assertMessage(message);
      promise(
        !message.includes(SECRET) || quotableText(text).includes(SECRET),
        `the secret stands in ${message}`,
      );
      promise(
        !/\$2[aby]\$\d\d\$[./A-Za-z0-9]{20}|-----BEGIN/.test(message),
        `a secret stands in ${message}`,
      );
    }
    return;
  }
  const { users, headers } = result.webConfig;
  for (const hash of users.values()) {
    promise(/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(hash), `hash ${hash}`);
  }
  for (const [name, value] of Object.entries(headers)) {
    promise(HEADERS.includes(name), `header ${name}`);
    // Throws when the value cannot be sent.
    new Headers([[name, value]]);
  }
}

/** The parsers of files that people write. */
export const configTargets: readonly FuzzTarget[] = [
  {
    name: "config",
    seeds: () => readSeeds(...GOOD, "fixtures/config/bad"),
    run: runConfig,
  },
  { name: "generators", seeds: () => readSeeds(...GOOD), run: runGenerators },
  {
    name: "filebeat",
    seeds: () => readSeeds("fixtures/filebeat"),
    run: runFilebeat,
  },
  {
    name: "web_config",
    seeds: () => [...readSeeds("fixtures/web_config"), ...SECRET_SEEDS],
    run: runWebConfig,
  },
];
