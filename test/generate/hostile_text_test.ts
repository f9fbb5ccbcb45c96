import { assert } from "@std/assert";
import fc from "fast-check";
import { parseConfig } from "../../src/config/parse.ts";
import { runGenerators } from "../fuzz/config_targets.ts";

/** Text that means something to YAML, PromQL, templates, Grafana or a terminal. */
const hostile = fc.oneof(
  fc.string({ unit: "binary", minLength: 1 }),
  fc.array(
    fc.constantFrom(
      ...['"', "'", "\\", "\n", "\r", "\t", "\0", "\u2028", "\ufeff", "\ud800"],
      ...[
        "{{",
        "}}",
        "{{ $value }}",
        "$job",
        "${x}",
        "[[x]]",
        "|",
        ".*",
        "(?i)",
      ],
      ...["#", ": ", "- ", "&a", "*a", "!x", "%", "@", "`", "no", "0x1f", "~"],
    ),
    { minLength: 1 },
  ).map((parts) => parts.join("")),
);

/** JSON with everything escaped that YAML does not allow to stand in a file. */
function toYaml(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

Deno.test("rules, their tests and the dashboard are what their readers take, whatever the texts", () => {
  const config = fc.record({
    ports: fc.record({
      port: fc.constant([514, 6984]),
      protocol: fc.constant(["udp", "tcp"]),
      name: hostile,
      process: hostile,
      user: fc.array(hostile, { minLength: 1, maxLength: 2 }),
      labels: fc.record({ site: hostile }),
    }).map((entry) => [entry]),
    alerts: fc.record({
      job: hostile,
      labels: fc.record({ team: hostile }),
      runbook_url: hostile,
      override: fc.record({
        PortDown: fc.record({ annotations: fc.record({ summary: hostile }) }),
      }),
    }),
    dashboard: fc.record({ title: hostile, tags: fc.array(hostile) }),
  });
  fc.assert(fc.property(config, (value) => {
    const text = toYaml(value);
    assert(parseConfig(text).ok);
    runGenerators(text);
  }));
});
