import { assert, assertEquals, assertThrows } from "@std/assert";
// @ts-types="../../src/declarations/std_yaml.d.ts"
import { parse as parseYaml } from "@std/yaml";
import fc from "fast-check";
import { alertNames } from "../../src/config/alert_names.ts";
import type { Config } from "../../src/config/config.ts";
import { alerts } from "../../src/generate/alerts.ts";
import {
  expandAnnotation,
  parseAnnotation,
  plainText,
  renderTemplate,
} from "../../src/generate/annotation.ts";
import { renderRules, type RuleFormat } from "../../src/generate/rule_file.ts";
import { renderComments, renderYaml } from "../../src/generate/rule_yaml.ts";
import { buildRules } from "../../src/generate/rules.ts";
import { parseGoodConfig, readRuleConfig } from "../support/good_config.ts";

function render(config: Config, format: RuleFormat = "prometheus"): string {
  return renderRules({
    rules: buildRules(config),
    job: config.alerts.job,
    source: { version: "1.2.3", configNames: ["ports.yml"] },
  }, format);
}

function namesOf(config: Config): readonly string[] {
  return [...new Set(buildRules(config).map(({ alert }) => alert))];
}

/** Expressions, labels and waits of the rules of one alert. */
function rulesOf(config: Config, name: string) {
  return buildRules(config).filter(({ alert }) => alert === name)
    .map(({ expression, labels, for: wait }) => ({
      expression,
      severity: labels["severity"],
      for: wait.text,
    }));
}

const EXPORTER = [
  "PortExporterDown",
  "PortExporterAbsent",
  "PortExporterScanFailed",
  "PortExporterConfigReloadFailed",
];

Deno.test("buildRules() leaves out what the configuration cannot make fire", () => {
  const namesByConfig = {
    no_tcp: [
      "PortDown",
      "PortDownLosingDatagrams",
      "PortWrongOwner",
      "PortReceiveDrops",
      "PortReceiverStalled",
      "PortRebound",
      "PortMonitoringIncomplete",
      ...EXPORTER,
    ],
    no_udp: [
      "PortDown",
      "PortWrongSocketCount",
      "PortRebound",
      "PortMonitoringIncomplete",
      ...EXPORTER,
    ],
    no_expectations: [
      "PortDown",
      "PortDownLosingDatagrams",
      "PortReceiveDrops",
      "PortReceiverStalled",
      "PortRebound",
      "PortMonitoringIncomplete",
      ...EXPORTER,
    ],
    all_expectations: [...alertNames],
    listeners_only: ["PortUnexpectedListener", ...EXPORTER],
    all_disabled: ["PortExporterDown", "PortExporterAbsent"],
  };
  for (const [name, names] of Object.entries(namesByConfig)) {
    assertEquals(namesOf(readRuleConfig(name)), names, name);
  }
});

Deno.test("buildRules() needs an owner to expect: a process, a unit or a user", () => {
  for (const expectation of ["process: a", "unit: a", "user: a"]) {
    const config = parseGoodConfig(`ports: [{port: 514, ${expectation}}]`);
    assert(namesOf(config).includes("PortWrongOwner"), expectation);
  }
});

Deno.test("buildRules() makes one rule of an alert for ports without a severity or for of their own", () => {
  const config = readRuleConfig("many");
  assertEquals(buildRules(config).length, namesOf(config).length);
  assertEquals(rulesOf(config, "PortDown"), [{
    expression: 'port_up{job="port_exporter"} == 0',
    severity: "critical",
    for: "1m",
  }]);
});

Deno.test("buildRules() takes ports with a severity or for of their own out of the first rule", () => {
  const config = parseGoodConfig(`ports:
  - {port: [1, 2, 3], name: a}
  - {port: 4, name: b, severity: info}
  - {port: 5, name: c, for: 5m}
  - {port: 6, name: d, severity: info}`);
  assertEquals(rulesOf(config, "PortDown"), [
    {
      expression: 'port_up{job="port_exporter", name!~"b|c|d"} == 0',
      severity: "critical",
      for: "1m",
    },
    {
      expression: 'port_up{job="port_exporter", name=~"b|d"} == 0',
      severity: "info",
      for: "1m",
    },
    {
      expression: 'port_up{job="port_exporter", name="c"} == 0',
      severity: "critical",
      for: "5m",
    },
  ]);
});

Deno.test("buildRules() takes what most ports have for the rule of all", () => {
  const config = parseGoodConfig(`defaults: {severity: warning}
ports: [{port: [1, 2]}, {port: 3, severity: critical}]`);
  assertEquals(
    rulesOf(config, "PortDown").map(({ expression, severity }) => [
      severity,
      expression,
    ]),
    [
      ["warning", 'port_up{job="port_exporter", name!="udp-3"} == 0'],
      ["critical", 'port_up{job="port_exporter", name="udp-3"} == 0'],
    ],
  );
});

Deno.test("buildRules() tells ports of one name apart by port, by protocol or by all", () => {
  const rest = (changes: string) =>
    rulesOf(
      parseGoodConfig(
        `ports: [{port: [1, 2], name: a}, {${changes}, for: 5m}]`,
      ),
      "PortDown",
    ).map(({ expression }) => expression);
  assertEquals(rest("port: 3, name: a"), [
    'port_up{job="port_exporter", port!="3"} == 0',
    'port_up{job="port_exporter", port="3"} == 0',
  ]);
  assertEquals(
    rest("port: [1, 2], protocol: tcp, name: a"),
    [
      'port_up{job="port_exporter", protocol="udp"} == 0',
      'port_up{job="port_exporter", protocol="tcp"} == 0',
    ].map((expression) =>
      expression.replace('protocol="udp"', 'protocol!="tcp"')
    ),
  );
  const config = parseGoodConfig(`ports:
  - {port: [1, 2], name: a}
  - {port: 1, protocol: tcp, name: b}
  - {port: 2, protocol: tcp, name: a, for: 5m}`);
  assertEquals(
    rulesOf(config, "PortDown").map(({ expression }) => expression),
    [
      '(port_up{job="port_exporter"} unless ' +
      'port_up{job="port_exporter", protocol="tcp", port="2", name="a"}) == 0',
      'port_up{job="port_exporter", protocol="tcp", port="2", name="a"} == 0',
    ],
  );
});

Deno.test("buildRules() lowers a milder alert to the port's severity, and never raises it", () => {
  const config = parseGoodConfig(
    "ports: [{port: 1}, {port: 2}, {port: 3, severity: info}]",
  );
  assertEquals(
    rulesOf(config, "PortReceiveDrops").map(({ severity }) => severity),
    ["warning", "info"],
  );
  assertEquals(rulesOf(config, "PortRebound").length, 1);
});

Deno.test("buildRules() lets an override have the last word", () => {
  const config = readRuleConfig("all_overridden");
  for (const rule of buildRules(config)) {
    assertEquals(rule.for.text, "2m30s");
    assertEquals(rule.labels, {
      severity: "info",
      team: "network",
      no: "off",
      page: "yes",
    });
    assertEquals(
      renderTemplate(rule.annotations["runbook_url"] ?? []),
      `https://wiki.example/${rule.alert}?q=${rule.alert}`,
    );
    assertEquals(
      renderTemplate(rule.annotations["summary"] ?? []),
      "{{ $labels.site }} port {{ $labels.port }} is down: {{ $value }}",
    );
  }
});

Deno.test("buildRules() cannot be talked out of the alerts of a dead exporter", () => {
  const config = readRuleConfig("no_tcp");
  const disabled = {
    ...config,
    alerts: { ...config.alerts, disable: alertNames },
  };
  assertEquals(namesOf(disabled), ["PortExporterDown", "PortExporterAbsent"]);
});

Deno.test("every alert has a short name, a fixed summary, and only labels that it gives", () => {
  for (
    const [name, { summary, description, labels }] of Object.entries(alerts)
  ) {
    assert(/^(?:[A-Z][a-z]+)+$/.test(name) && name.length <= 40, name);
    assertEquals(parseAnnotation(summary), plainText(summary));
    const used = parseAnnotation(description).flatMap((part) =>
      part.kind === "label" ? [part.label] : []
    );
    assertEquals(
      used.filter((label) => !labels.some((own) => own === label)),
      [],
    );
  }
});

Deno.test("renderRules() says who made the file of what", () => {
  const text = renderRules({
    rules: buildRules(readRuleConfig("no_tcp")),
    job: "x",
    source: {
      version: "1.2.3",
      configNames: ["a.yml", "b\n- evil: \u2028x.yml"],
    },
  }, "prometheus");
  assertEquals(text.split("\n").slice(0, 3), [
    "# Made by port_exporter 1.2.3 (port_exporter rules) from a.yml, " +
    "b\ufffd- evil: \ufffdx.yml.",
    "# Do not edit: change the configuration and make it again.",
    "groups:",
  ]);
});

Deno.test("renderRules() makes the same of the same", () => {
  assertEquals(
    render(readRuleConfig("hostile")),
    render(readRuleConfig("hostile")),
  );
});

Deno.test("renderRules() wraps the same groups for the operator and for Mimir", () => {
  for (const name of ["all_expectations", "hostile"]) {
    const config = readRuleConfig(name);
    const { groups } = parseYaml(render(config)) as { groups: unknown };
    assertEquals(parseYaml(render(config, "operator")), {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: {
        name: name === "hostile" ? "it-s-job-x" : "port-exporter",
      },
      spec: { groups },
    });
    assertEquals(parseYaml(render(config, "mimir")), {
      namespace: config.alerts.job,
      groups,
    });
  }
});

Deno.test("renderRules() uses fields that Prometheus 2.42 knows, and no for of zero", () => {
  const { groups } = parseYaml(render(readRuleConfig("zero_for"))) as {
    groups: readonly { readonly rules: readonly Record<string, unknown>[] }[];
  };
  assertEquals(groups.map((group) => Object.keys(group)), [["name", "rules"]]);
  for (const rule of groups.flatMap(({ rules }) => rules)) {
    assertEquals(Object.keys(rule), ["alert", "expr", "labels", "annotations"]);
  }
});

Deno.test("renderRules() refuses to write a file without rules", () => {
  const source = { version: "1.2.3", configNames: [] };
  assertThrows(
    () => renderRules({ rules: [], job: "x", source }, "prometheus"),
    SyntaxError,
    "Cannot make rules: the configuration gives none, want at least one",
  );
});

Deno.test("renderRules() gives rules of one alert and severity different labels", () => {
  const config = parseGoodConfig(`ports:
  - {port: [1, 2], name: a}
  - {port: 3, name: b, for: 2m}
  - {port: 4, name: c, for: 3m}`);
  const { groups: [group] } = parseYaml(render(config)) as {
    groups: [{ rules: readonly { alert: string; labels: unknown }[] }];
  };
  assertEquals(
    group.rules.filter(({ alert }) => alert === "PortDown")
      .map(({ labels }) => labels),
    [
      { severity: "critical" },
      { severity: "critical", name: "{{ $labels.name }}" },
      { severity: "critical", port: "{{ $labels.port }}" },
    ],
  );
});

Deno.test("an annotation keeps labels and the value, and escapes what else is a template", () => {
  const annotation = parseAnnotation(
    "{{ $labels.port }} {{$value}} {{ $value | humanize }} {{{ $labels.name }} {",
  );
  assertEquals(
    renderTemplate(annotation),
    '{{ $labels.port }} {{ $value }} {{"{{"}} $value | humanize }} ' +
      '{{"{"}}{{ $labels.name }} {{"{"}}',
  );
  assertEquals(
    expandAnnotation(annotation, { labels: { port: "514" }, value: 3 }),
    "514 3 {{ $value | humanize }} { {",
  );
});

Deno.test("renderYaml() is read as the same texts, whatever they are", () => {
  const text = fc.string({ unit: "binary" });
  fc.assert(fc.property(
    fc.dictionary(
      text,
      fc.oneof(text, fc.array(text), fc.dictionary(text, text)),
    ),
    (value) => {
      assertEquals(
        JSON.stringify(parseYaml(renderYaml(value), { schema: "core" })),
        JSON.stringify(
          parseYaml(renderYaml(value), { schema: "failsafe" }),
        ),
      );
      const read = parseYaml(renderYaml(value)) ?? {};
      for (const [key, item] of Object.entries(value)) {
        // A key __proto__ is one that no rule has.
        if (key === "__proto__" || typeof item !== "string") continue;
        assertEquals((read as Record<string, unknown>)[key], item);
      }
    },
  ));
});

Deno.test("renderYaml() puts all texts into quotes and each on one line", () => {
  assertEquals(
    renderYaml({
      a: ["no", "0514", "=", "2024-01-01", 'say "it\'s"', "x\ny\u0085"],
      no: {},
      list: [],
      nested: [{ b: "1", c: ["x"] }],
      left: undefined,
    }),
    `a:
  - "no"
  - "0514"
  - "="
  - "2024-01-01"
  - 'say "it''s"'
  - "x\\ny\\u0085"
"no": {}
list: []
nested:
  - b: "1"
    c:
      - "x"
`,
  );
});

Deno.test("renderComments() keeps a comment on its line", () => {
  assertEquals(
    renderComments(["a\r\nb\u2028c\ud800", ""]),
    "# a\ufffd\ufffdb\ufffdc\ufffd\n#\n",
  );
});
