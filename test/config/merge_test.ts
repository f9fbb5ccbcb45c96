import { assertEquals } from "@std/assert";
import type { Config } from "../../src/config/config.ts";
import { mergeConfigs } from "../../src/config/merge.ts";
import { parseGoodConfig } from "../support/good_config.ts";

/** Merges texts as files a.yml, b.yml, … */
function merge(...texts: readonly string[]): Config {
  const result = tryMerge(...texts);
  if (!result.ok) throw new Error(result.errors.join("\n"));
  return result.config;
}

function tryMerge(...texts: readonly string[]) {
  return mergeConfigs(texts.map((text, index) => ({
    file: `hosts/${"abc"[index]}.yml`,
    config: parseGoodConfig(text),
  })));
}

function errorsOf(...texts: readonly string[]): readonly string[] {
  const result = tryMerge(...texts);
  return result.ok ? [] : result.errors;
}

Deno.test("mergeConfigs() leaves a single configuration as it is", () => {
  const config = parseGoodConfig(
    Deno.readTextFileSync("fixtures/rules/fleet_a.yml"),
  );
  assertEquals(mergeConfigs([{ file: "a.yml", config }]), { ok: true, config });
});

Deno.test("mergeConfigs() takes an equal target once, whatever it looks like", () => {
  const merged = merge(
    Deno.readTextFileSync("fixtures/rules/fleet_a.yml"),
    Deno.readTextFileSync("fixtures/rules/fleet_b.yml"),
  );
  assertEquals(
    merged.targets.map(({ protocol, port, name }) =>
      `${protocol}/${port}/${name}`
    ),
    [
      "udp/6984/switches",
      "udp/6985/switches",
      "udp/6986/switches",
      "udp/514/udp-514",
      "udp/6990/switches",
      "tcp/514/tcp-514",
    ],
  );
  assertEquals(merged.alerts.job, "fleet");
  assertEquals(merged.listeners.enabled, true);
});

Deno.test("mergeConfigs() names both places of targets that differ", () => {
  assertEquals(
    errorsOf(
      "ports: [{port: 1, name: x}, {port: 514, name: syslog}]",
      "ports: [{port: [513, 514], name: syslog, severity: info, sockets: 2}]",
    ),
    [
      'Cannot merge udp port 514 with name "syslog": hosts/a.yml ' +
      "ports[1].port and hosts/b.yml ports[0].port[1] differ in sockets, " +
      "severity, want the same or another name",
    ],
  );
});

Deno.test("mergeConfigs() tells of each key of a target that differs", () => {
  const changes = {
    address: "external",
    process: "rsyslogd",
    unit: "rsyslog.service",
    user: "syslog",
    sockets: "1",
    severity: "info",
    for: "5m",
    labels: "{site: fra1}",
  };
  for (const [key, value] of Object.entries(changes)) {
    assertEquals(
      errorsOf(
        "ports: [{port: 514}]",
        `ports: [{port: 514, ${key}: ${value}}]`,
      ),
      [
        'Cannot merge udp port 514 with name "udp-514": hosts/a.yml ' +
        `ports[0].port and hosts/b.yml ports[0].port differ in ${key}, ` +
        "want the same or another name",
      ],
    );
  }
});

Deno.test("mergeConfigs() reports a range that differs once", () => {
  assertEquals(
    errorsOf(
      "ports: [{port: 1000-1099, name: x}]",
      "ports: [{port: 1000-1099, name: x, for: 5m}]",
    ),
    [
      'Cannot merge udp port 1000 with name "x" and 99 more: hosts/a.yml ' +
      "ports[0].port and hosts/b.yml ports[0].port differ in for, " +
      "want the same or another name",
    ],
  );
});

Deno.test("mergeConfigs() reports all contradictions at once", () => {
  assertEquals(
    errorsOf(
      "{ports: [{port: 1}], alerts: {job: x, runbook_url: y}, dashboard: {uid: a}}",
      "ports: [{port: 1}]",
      "{ports: [{port: 1, for: 0}], alerts: {job: z}, dashboard: {uid: b}}",
    ),
    [
      'Cannot merge udp port 1 with name "udp-1": hosts/a.yml ports[0].port ' +
      "and hosts/c.yml ports[0].port differ in for, want the same or another " +
      "name",
      "Cannot merge alerts: hosts/a.yml and hosts/c.yml differ in job, " +
      "runbook_url, want the same",
      "Cannot merge dashboard: hosts/a.yml and hosts/c.yml differ in uid, " +
      "want the same",
    ],
  );
});

Deno.test("mergeConfigs() takes sections of the same content for equal", () => {
  const alerts = (labels: string) =>
    `{ports: [{port: 1}], alerts: {labels: {${labels}}}}`;
  assertEquals(
    errorsOf(alerts("a: x, b: y"), alerts("b: y, a: x")),
    [],
  );
});
