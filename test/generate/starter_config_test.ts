import { assertEquals } from "@std/assert";
// @ts-types="../../src/declarations/std_yaml.d.ts"
import { parse as parseYaml } from "@std/yaml";
import fc from "fast-check";
import type { Config } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/parse.ts";
import {
  type FoundPort,
  renderStarterConfig,
} from "../../src/generate/starter_config.ts";

/** The configuration that the rendered text is accepted as. */
function accept(
  found: readonly FoundPort[],
  comments: readonly string[] = [],
): Config {
  const text = renderStarterConfig(found, comments);
  const result = parseConfig(text);
  if (!result.ok) throw new Error(`${JSON.stringify(result.errors)}\n${text}`);
  return result.config;
}

/** Targets as they were found. */
function targetsOf({ targets }: Config): FoundPort[] {
  return targets.map(({ protocol, port, name, address, processes, units }) => ({
    protocol,
    port,
    name,
    ...("text" in address && { address: address.text }),
    ...(processes?.[0] !== undefined && { process: processes[0] }),
    ...(units?.[0] !== undefined && { unit: units[0] }),
  }));
}

const ASA = { protocol: "udp", port: 6984, name: "asa" } as const;

Deno.test("renderStarterConfig() writes what people would write", () => {
  const switches = {
    protocol: "udp",
    name: "switches",
    address: "10.0.0.5",
    process: "filebeat",
    unit: "filebeat.service",
  } as const;
  const found = [
    { ...ASA, process: "filebeat" },
    { ...switches, port: 6998 },
    { ...switches, port: 6985 },
    { protocol: "tcp", port: 514 },
  ] as const;
  assertEquals(
    renderStarterConfig(found, ["What listened here.", "", "Keep it."]),
    `# What listened here.
#
# Keep it.
ports:
  - port: 6984
    name: asa
    protocol: udp
    process: filebeat
  - port:
      - 6985
      - 6998
    name: switches
    protocol: udp
    address: 10.0.0.5
    process: filebeat
    unit: filebeat.service
  - port: 514
    protocol: tcp
`,
  );
});

const groups: readonly (readonly [
  name: string,
  second: FoundPort,
  entries: number,
])[] = [
  ["the number", { ...ASA, port: 6985 }, 1],
  ["the protocol", { ...ASA, protocol: "tcp" }, 2],
  ["the name", { ...ASA, port: 6985, name: "ios" }, 2],
  ["the address", { ...ASA, address: "10.0.0.5" }, 2],
  ["the process", { ...ASA, port: 6985, process: "filebeat" }, 2],
  ["the unit", { ...ASA, port: 6985, unit: "filebeat.service" }, 2],
];

for (const [what, second, entries] of groups) {
  Deno.test(`renderStarterConfig() writes ${entries === 1 ? "one entry" : "two entries"} for ports that differ in ${what}`, () => {
    const text = renderStarterConfig([ASA, second], []);
    assertEquals(text.match(/^ {2}- port:/gm)?.length, entries);
  });
}

Deno.test("renderStarterConfig() writes a port once that was found twice", () => {
  assertEquals(targetsOf(accept([ASA, ASA])), [ASA]);
});

// Two name servers share port 53: each has it on an address of its own.
Deno.test("renderStarterConfig() writes one entry for a port that two processes have", () => {
  const found = ["systemd-resolve", "dnsmasq"].map((process) => ({
    protocol: "udp" as const,
    port: 53,
    name: process,
    process,
    unit: `${process}.service`,
  }));
  const { targets } = accept([...found, { ...ASA, process: "dnsmasq" }]);
  assertEquals(
    targets.map(({ port, name, processes, units }) => ({
      port,
      name,
      processes,
      units,
    })),
    [
      {
        port: 53,
        name: "systemd-resolve",
        processes: ["systemd-resolve", "dnsmasq"],
        units: ["systemd-resolve.service", "dnsmasq.service"],
      },
      { port: 6984, name: "asa", processes: ["dnsmasq"], units: undefined },
    ],
  );
});

Deno.test("renderStarterConfig() expects nobody where it does not know all processes of a port", () => {
  const { targets: [target] } = accept([
    { ...ASA, process: "filebeat", unit: "filebeat.service" },
    ASA,
  ]);
  assertEquals(target?.processes, undefined);
  assertEquals(target?.units, undefined);
});

Deno.test("renderStarterConfig() asks for listeners when nothing was found", () => {
  assertEquals(accept([]).targets, []);
  assertEquals(accept([]).listeners.enabled, true);
});

Deno.test("renderStarterConfig() gives a port on two addresses two names", () => {
  const addresses = ["10.0.0.5", "127.0.0.1"];
  for (const name of [{ name: "asa" }, {}]) {
    const { targets } = accept(addresses.map((address) => ({
      protocol: "udp",
      port: 6984,
      address,
      ...name,
    })));
    assertEquals(
      targets.map(({ address }) => "text" in address && address.text),
      addresses,
    );
  }
});

// Names of programs and inputs may be any text.

const hostile = [
  "no",
  "on",
  "null",
  "~",
  "0514",
  "0x202",
  "1_000",
  "1e3",
  "12:30",
  "2024-01-01",
  ".inf",
  "=",
  "<<",
  "-",
  "---",
  "...",
  "- a",
  "? a",
  "a: b",
  ": ",
  "a #b",
  "# a",
  "#",
  '"',
  "'",
  `'"`,
  "it's",
  "\\",
  "\\n",
  "a\nb",
  "a\n",
  "\na",
  "a\n\n b\n",
  "a\rb",
  "a\tb",
  " a",
  "a ",
  " ",
  "\0",
  "\x1b[31m",
  "\x7f",
  "\u0085",
  "\u2028",
  "\ufeff",
  "\ufffd",
  "&a",
  "*a",
  "!a",
  "!!int 7",
  "|",
  ">",
  "%a",
  "@a",
  "`a`",
  "[a]",
  "{a}",
  "{{ $labels.port }}",
  "${HOME}",
  "überwachung",
  "日本",
  "😀",
];

for (const name of hostile) {
  Deno.test(`renderStarterConfig() keeps the name ${JSON.stringify(name)}`, () => {
    const found = { ...ASA, name, process: name };
    assertEquals(targetsOf(accept([found])), [found]);
    // Readers with types of their own take it for a text too.
    const document = parseYaml(renderStarterConfig([found], []));
    assertEquals(document, { ports: [{ ...found }] });
  });
}

Deno.test("renderStarterConfig() is accepted and keeps what was found", () => {
  const text = fc.oneof(
    fc.constantFrom(...hostile),
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.string({ unit: "binary-ascii", minLength: 1 }),
  );
  const found = fc.record({
    protocol: fc.constantFrom("udp", "tcp"),
    port: fc.integer({ min: 1, max: 65535 }),
    name: text,
    address: fc.constantFrom("10.0.0.5", "::1", "127.0.0.1"),
    process: text,
    unit: fc.constantFrom("a@b.service", "a\\x2db.service", "0.service"),
  }, { requiredKeys: ["protocol", "port", "name"] });
  const list = fc.uniqueArray(found, {
    minLength: 1,
    selector: ({ protocol, port }: FoundPort) => `${protocol} ${port}`,
  });
  fc.assert(
    fc.property(
      list,
      fc.array(text),
      (list: FoundPort[], comments: string[]) => {
        const byPort = (a: FoundPort, b: FoundPort) =>
          a.port - b.port || a.protocol.localeCompare(b.protocol);
        assertEquals(
          targetsOf(accept(list, comments)).sort(byPort),
          list.toSorted(byPort),
        );
      },
    ),
  );
});

// Comments quote file names and values of other files.

const comments = [
  "a\nports: []",
  "a\r\nports: []",
  "a\rports: []",
  "a\u0085ports: []",
  "a\u2028ports: []",
  "a\0b",
  "a\x1b[31mb",
  "\ufeff",
  "\n",
  "",
  "%YAML 1.2",
  "---",
];

for (const comment of comments) {
  Deno.test(`renderStarterConfig() keeps the comment ${JSON.stringify(comment)} a comment`, () => {
    assertEquals(targetsOf(accept([ASA], [comment])), [ASA]);
    const text = renderStarterConfig([ASA], [comment]);
    const [head = ""] = text.split("ports:\n  - port");
    for (
      const line of head.split(/\r\n?|[\n\u0085\u2028\u2029]/).slice(0, -1)
    ) {
      assertEquals(line[0], "#");
    }
  });
}
