import { assert, assertEquals } from "@std/assert";
import { stringify } from "@std/yaml";
import fc from "fast-check";
import type { Config } from "../../src/config/config.ts";
import { MAX_CONFIG_BYTES } from "../../src/config/document.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { MAX_TARGETS } from "../../src/config/whole.ts";
import { goodDirectory } from "./corpus.ts";
import { parseGoodConfig } from "../support/good_config.ts";

function readGood(name: string): Config {
  return parseGoodConfig(Deno.readTextFileSync(`${goodDirectory}/${name}.yml`));
}

function messagesOf(text: string): readonly string[] {
  const result = parseConfig(text);
  return result.ok ? [] : result.errors.map(({ message }) => message);
}

/** `udp 514 syslog`, a line a target. */
function listTargets({ targets }: Config): readonly string[] {
  return targets.map(({ protocol, port, name }) =>
    `${protocol} ${port} ${name}`
  );
}

/** What a target is when its entry sets the port only. */
const plainTarget = {
  protocol: "udp",
  labels: {},
  address: { kind: "any" },
  severity: "critical",
  for: { text: "1m", seconds: 60 },
};

Deno.test("parseConfig() fills in what a minimal file leaves out", () => {
  assertEquals(readGood("minimal"), {
    targets: [
      { ...plainTarget, port: 514, name: "udp-514", place: "ports[0].port" },
    ],
    listeners: { enabled: false, ignore: [] },
    alerts: { job: "port_exporter", labels: {}, disable: [], override: {} },
    dashboard: { tags: [] },
  });
});

Deno.test("parseConfig() reads every key of a complete file", () => {
  const beat = { ...plainTarget, processes: ["filebeat"] };
  const switches = { ...beat, name: "switches" };
  const rsyslog = {
    port: 514,
    labels: { site: "fra1" },
    address: { kind: "address", text: "10.0.0.5" },
    processes: ["rsyslogd"],
    units: ["rsyslog.service"],
    users: ["syslog"],
    sockets: 1,
    severity: "warning",
    for: { text: "5m", seconds: 300 },
    place: "ports[2].port",
  };
  assertEquals(readGood("complete"), {
    targets: [
      { ...beat, port: 6984, name: "cisco-asa", place: "ports[0].port" },
      { ...switches, port: 6985, place: "ports[1].port[0]" },
      { ...switches, port: 6998, place: "ports[1].port[1]" },
      { ...switches, port: 7878, place: "ports[1].port[2]" },
      { ...switches, port: 7879, place: "ports[1].port[2]" },
      { ...switches, port: 7880, place: "ports[1].port[2]" },
      { ...rsyslog, protocol: "udp", name: "udp-514" },
      { ...rsyslog, protocol: "tcp", name: "tcp-514" },
    ],
    listeners: {
      enabled: true,
      ignore: [
        { protocol: "tcp", ports: [{ first: 22, last: 22 }] },
        { processes: ["chronyd"] },
      ],
    },
    alerts: {
      job: "port_exporter",
      labels: { team: "logs" },
      runbookUrl: "https://wiki.example/{alert}",
      disable: ["PortRebound"],
      override: {
        PortDown: {
          for: { text: "2m", seconds: 120 },
          labels: {},
          annotations: { summary: "A log input is down" },
        },
      },
    },
    dashboard: {
      title: "Log inputs",
      uid: "log-inputs",
      tags: ["logs", "syslog"],
    },
  });
});

Deno.test("parseConfig() makes a target of each port of lists and ranges", () => {
  assertEquals(listTargets(readGood("ranges_and_lists")), [
    "udp 1 udp-1",
    "udp 2 switches",
    "udp 4 switches",
    "udp 5 switches",
    "udp 8 switches",
    "udp 65534 udp-65534",
    "udp 65535 udp-65535",
  ]);
});

Deno.test("parseConfig() makes a target of each protocol", () => {
  assertEquals(listTargets(readGood("both_protocols")), [
    "udp 514 udp-514",
    "tcp 514 tcp-514",
    "tcp 601 tcp-601",
    "tcp 6514 tcp-6514",
    "tcp 6515 tcp-6515",
    "udp 5514 relay",
    "tcp 5514 relay",
  ]);
});

Deno.test("parseConfig() accepts one port on two addresses", () => {
  assertEquals(listTargets(readGood("two_addresses")), [
    "udp 514 syslog-inside",
    "udp 514 syslog-outside",
    "tcp 514 syslog-inside",
  ]);
});

Deno.test("parseConfig() reads addresses in their usual form", () => {
  assertEquals(
    readGood("addresses").targets.map(({ address }) =>
      "text" in address ? `${address.kind} ${address.text}` : address.kind
    ),
    [
      "any",
      "wildcard",
      "external",
      "address 10.0.0.5",
      "network 10.0.0.0/8",
      "address 2001:db8::5",
      "network 2001:db8::/32",
      "address ::1",
      "address ::",
      "address ::ffff:10.0.0.5",
      "network 0.0.0.0/0",
      "network 127.0.0.1/32",
    ],
  );
});

Deno.test("parseConfig() reads one owner and lists of owners", () => {
  const [target] = readGood("several_owners").targets;
  assertEquals(target?.processes, ["rsyslogd", "syslog-ng"]);
  assertEquals(target?.units, [
    "rsyslog.service",
    "syslog-ng.service",
    "filebeat@asa.service",
    "session-1.scope",
  ]);
  assertEquals(target?.users, ["syslog", "104"]);
  assertEquals(target?.sockets, 4);
});

Deno.test("parseConfig() keeps hostile text as it is", () => {
  const [quotes, templates, letters, lines, markup] =
    readGood("hostile_text").targets;
  assertEquals(quotes?.name, 'say "hi"');
  assertEquals(quotes?.labels, {
    quote: '"',
    both: "'\"",
    backslash: "C:\\logs\\",
    newline: "a\nb",
    tab: "a\tb",
  });
  assertEquals(templates?.name, "{{ $labels.instance }}");
  assertEquals(templates?.labels, {
    template: "{{",
    percent: "%s",
    dollar: "$job",
    variable: "${job}",
    regex: "a.*|b+[c]$",
  });
  assertEquals(letters?.name, "Zürich-Süd");
  assertEquals(letters?.labels, {
    emoji: "🔥",
    umlaut: "äöüß",
    arabic: "سجل",
    combining: "e\u0301",
  });
  assertEquals(lines?.name, "two\nlines\n");
  assertEquals(markup?.processes, ["(sd-pam) x"]);
  assertEquals(markup?.users, ["DOMAIN\\syslog"]);
});

Deno.test("parseConfig() takes no text for another type", () => {
  const { targets } = readGood("text_that_looks_typed");
  assertEquals(targets.map(({ name }) => name), ["no", "0514", "true"]);
  assertEquals(targets[0]?.labels, {
    rack: "0514",
    version: "1.10",
    since: "2024-01-01",
    on: "off",
    floor: "012",
    hex: "0x1F",
    exponent: "1e3",
    text: "null",
  });
  assertEquals(targets.map(({ users }) => users), [
    undefined,
    ["0"],
    ["1000", "syslog"],
  ]);
});

Deno.test("parseConfig() keeps labels that every object has", () => {
  const names = ["constructor", "prototype", "toString", "hasOwnProperty"];
  const labels = names.map((name) => `${name}: x`).join(", ");
  const { targets } = parseGoodConfig(
    `ports: [{port: 514, labels: {${labels}}}]`,
  );
  assertEquals(Object.keys(targets[0]?.labels ?? {}), names);
});

Deno.test("parseConfig() refuses a label named __proto__", () => {
  assertEquals(messagesOf("ports: [{port: 514, labels: {__proto__: x}}]"), [
    'Cannot use ports[0].labels.__proto__: "__proto__", want a label name of ' +
    "letters, digits and _ that does not begin with a digit or __",
  ]);
});

Deno.test("parseConfig() adds an entry's labels to those of defaults", () => {
  const { targets } = parseGoodConfig(
    "defaults: {labels: {site: fra1, team: logs}}\n" +
      "ports: [{port: 514, labels: {site: muc1}}, {port: 515}]",
  );
  assertEquals(targets.map(({ labels }) => labels), [
    { site: "muc1", team: "logs" },
    { site: "fra1", team: "logs" },
  ]);
});

Deno.test("parseConfig() prefers the entry to defaults", () => {
  const { targets } = parseGoodConfig(
    "defaults: {process: filebeat, severity: info, for: 5m, sockets: 2}\n" +
      "ports: [{port: 514, process: rsyslogd, severity: warning}]",
  );
  assertEquals(targets, [{
    ...plainTarget,
    port: 514,
    name: "udp-514",
    processes: ["rsyslogd"],
    severity: "warning",
    for: { text: "5m", seconds: 300 },
    sockets: 2,
    place: "ports[0].port",
  }]);
});

Deno.test("parseConfig() enables listeners by naming them", () => {
  const { targets, listeners } = readGood("listeners_only");
  assertEquals(targets, []);
  assertEquals(listeners, {
    enabled: true,
    ignore: [
      {
        protocol: "tcp",
        ports: [{ first: 22, last: 22 }, { first: 8000, last: 8999 }],
        address: { kind: "network", text: "127.0.0.0/8" },
        processes: ["sshd", "dropbear"],
        users: ["0"],
      },
      { users: ["chrony", "123"] },
    ],
  });
});

Deno.test("parseConfig() reads every option of alerts", () => {
  const { targets, alerts } = readGood("alert_options");
  assertEquals(targets.map(({ for: duration }) => duration.seconds), [0, 5400]);
  assertEquals(alerts.job, "ports");
  assertEquals(alerts.labels, { team: "logs", on_call: "no" });
  assertEquals(alerts.runbookUrl, "https://wiki.example/{alert}#what-to-do");
  assertEquals(alerts.disable.length, 11);
  assertEquals(alerts.override, {
    PortExporterDown: {
      for: { text: "10m", seconds: 600 },
      severity: "warning",
      labels: { team: "infrastructure" },
      annotations: {
        summary: "The port exporter is down",
        description: "{{ $labels.instance }} does not answer",
        runbook_url: "https://wiki.example/exporter",
      },
    },
    PortExporterAbsent: {
      for: { text: "0", seconds: 0 },
      labels: {},
      annotations: {},
    },
  });
});

Deno.test("parseConfig() follows aliases", () => {
  const [target] = readGood("anchors").targets;
  assertEquals(target?.processes, ["filebeat", "rsyslogd"]);
  assertEquals(target?.labels, { site: "fra1" });
});

Deno.test("parseConfig() reads lines that end in CR LF", () => {
  const text = Deno.readTextFileSync(`${goodDirectory}/complete.yml`);
  assertEquals(
    parseGoodConfig(text.replaceAll("\n", "\r\n")),
    parseGoodConfig(text),
  );
});

Deno.test("parseConfig() reads as many targets as it allows", () => {
  const { targets } = parseGoodConfig(`ports: [{port: 1-${MAX_TARGETS}}]`);
  assertEquals(targets.length, MAX_TARGETS);
  assertEquals(targets.at(-1)?.port, MAX_TARGETS);
});

Deno.test("parseConfig() refuses a text of 2 MB", () => {
  assertEquals(messagesOf("#".repeat(2_000_000)), [
    "Cannot use the file: 2000000 bytes, want at most 1048576",
  ]);
});

Deno.test("parseConfig() reads a text just as long as allowed", () => {
  const entry = "ports: [{port: 514}]\n";
  assertEquals(
    parseGoodConfig(entry.padEnd(MAX_CONFIG_BYTES, "#")).targets.length,
    1,
  );
});

for (const opening of ["[", "- ", "? ", "{a: "]) {
  Deno.test(`parseConfig() refuses 200,000 times "${opening}"`, () => {
    assertEquals(messagesOf(opening.repeat(200_000)), [
      "Cannot parse YAML: nested too deep, want a flat file",
    ]);
  });
}

Deno.test("parseConfig() never ignores what stands behind a NUL", () => {
  const text = "ports:\n  - port: 514\n";
  for (let at = 0; at <= text.length; at++) {
    const result = parseConfig(`${text.slice(0, at)}\0${text.slice(at)}`);
    assert(!result.ok, `a NUL at ${at} was accepted`);
  }
});

Deno.test("parseConfig() prints no control character of a broken file", () => {
  assertEquals(messagesOf("a: *b\fc"), [
    'Cannot parse YAML: unidentified alias "b\\fc" in "a: *b\\fc"',
  ]);
});

/** Keys and values that come near to a configuration. */
const word = fc.oneof(
  fc.constantFrom(
    ...["defaults", "ports", "listeners", "alerts", "dashboard", "port"],
    ...["name", "protocol", "address", "labels", "ignore", "override"],
    ...["PortDown", "514", "1-10", "udp", "any", "true", "5m", "__proto__"],
  ),
  fc.string(),
);
const tree = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    word,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(word, tie("value"), { maxKeys: 6 }),
  ),
})).value;

Deno.test("parseConfig() never throws at a mapping", () => {
  fc.assert(
    fc.property(fc.dictionary(word, tree), (value) => {
      parseConfig(JSON.stringify(value));
    }),
    { numRuns: 1000 },
  );
});

/** A key of the schema at each place, with a value that may be wrong. */
const nearEntry = fc.record({
  port: fc.oneof(fc.nat({ max: 70000 }), tree),
  name: word,
  labels: fc.dictionary(word, word),
  address: word,
  x: word,
}, { requiredKeys: [] });
const nearConfig = fc.record({
  defaults: nearEntry,
  ports: fc.array(nearEntry),
  listeners: fc.record({ enabled: word, ignore: fc.array(nearEntry) }),
  alerts: fc.record({
    labels: fc.dictionary(word, word),
    disable: fc.array(word),
    override: fc.dictionary(word, nearEntry),
  }, { requiredKeys: [] }),
  dashboard: nearEntry,
}, { requiredKeys: [] });

Deno.test("parseConfig() never throws at what comes near a config", () => {
  fc.assert(
    fc.property(nearConfig, (value) => {
      const result = parseConfig(JSON.stringify(value));
      if (result.ok) return;
      for (const { message } of result.errors) {
        assert(/^Cannot [^\r\n]+$/.test(message), JSON.stringify(message));
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("parseConfig() never throws at a text", () => {
  const yaml = fc.array(
    fc.constantFrom(
      ...["ports:", "- ", "port: 514", "\n", "\n  ", "\t", "[", "]", "{"],
      ...["}", ":", ",", "&a ", "*a", "!!int ", "!x ", "|", ">", "'", '"'],
      ...["#", "---", "...", "%YAML 1.2", "<<: ", "? ", "\0", "\ud800", "\\"],
    ),
    { maxLength: 30 },
  ).map((parts) => parts.join(""));
  const text = fc.oneof(yaml, fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(text, (text) => void parseConfig(text)),
    { numRuns: 3000 },
  );
});

Deno.test("parseConfig() keeps any name and any label value", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1 });
  fc.assert(fc.property(text, text, (name, site) => {
    const { targets } = parseGoodConfig(
      stringify({ ports: [{ port: "514", name, labels: { site } }] }),
    );
    assertEquals(targets[0]?.name, name);
    assertEquals(targets[0]?.labels, { site });
  }));
});
