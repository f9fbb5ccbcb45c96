import { assert, assertEquals, assertStringIncludes } from "@std/assert";
// @ts-types="../../src/declarations/std_yaml.d.ts"
import { stringify } from "@std/yaml";
import fc from "fast-check";
import { parseFilebeat } from "../../src/config/filebeat.ts";

/** Ports as `udp address:port name`, and the problems. */
function read(text: string) {
  const { ports, problems } = parseFilebeat(text);
  return {
    ports: ports.map(({ protocol, address, port, name }) =>
      `${protocol} ${address ?? "*"}:${port}${name ? ` ${name}` : ""}`
    ),
    problems: [...problems],
  };
}

const readFixture = (path: string) =>
  read(Deno.readTextFileSync(`fixtures/filebeat/${path}`));

// Whole files.

Deno.test("parseFilebeat() reads filebeat.yml", () => {
  assertEquals(readFixture("filebeat.yml"), {
    ports: [
      "udp *:6984 asa",
      "tcp 10.0.0.5:6985 switches",
      "udp *:6986",
      "udp 2001:db8::5:6987",
      "tcp 127.0.0.1:9000",
      "udp 127.0.0.1:5140 nested",
      "tcp *:5141 nested",
      "udp *:5142 dotted",
      "tcp *:5143 all-dotted",
      "udp *:2056 flows",
      // The input's own default.
      "udp *:2055",
      "tcp *:9003 cisco-asa",
    ],
    problems: [],
  });
});

Deno.test("parseFilebeat() reads filebeat.yml with nested keys", () => {
  assertEquals(readFixture("nested.yml"), {
    ports: ["udp *:6984 asa", "udp 127.0.0.1:9002 cisco-ios"],
    problems: [],
  });
});

for (
  const [path, key, pattern] of [
    ["filebeat.yml", "modules", "${path.config}/modules.d/*.yml"],
    ["nested.yml", "inputs", "inputs.d/*.yml"],
    // In one key.
    ["flat.yml", "modules", "modules.d/*.yml"],
  ] as const
) {
  Deno.test(`parseFilebeat() tells which files ${path} names`, () => {
    const text = Deno.readTextFileSync(`fixtures/filebeat/${path}`);
    assertEquals(parseFilebeat(text).files, [
      { key: `filebeat.config.${key}.path`, pattern },
    ]);
  });
}

Deno.test("parseFilebeat() tells that the path of further files is missing", () => {
  assertEquals(read("filebeat.config.modules: {reload.enabled: true}"), {
    ports: [],
    problems: [
      "Cannot follow filebeat.config.modules.path: missing, want a path",
    ],
  });
});

Deno.test("parseFilebeat() reads a file of inputs and tells what it cannot read", () => {
  assertEquals(readFixture("inputs.d/more.yml"), {
    ports: ["udp *:7878 wireless"],
    problems: [
      'Cannot read [1].host: "${LISTEN_HOST}:7879", want host:port',
      'Cannot read [2].host: "${LISTEN_HOST:?set LISTEN_HOST}:7880", want host:port',
      'Cannot read [3].host: "logs.example.com:7881", want host:port',
      'Cannot read [4].host: "7882", want host:port',
      'Cannot read [5].host: "0.0.0.0:70000", want host:port',
      "Cannot read [6].host: missing, want host:port",
      "Cannot read [7].protocol.udp.host: missing, want host:port",
      "Cannot read [8]: want a mapping",
    ],
  });
});

Deno.test("parseFilebeat() reads the module cisco", () => {
  assertEquals(readFixture("modules.d/cisco.yml"), {
    ports: [
      "udp *:9001 cisco-asa",
      "tcp 10.0.0.5:9002 cisco-ios",
      "tcp 10.0.0.6:9506 cisco-nexus",
    ],
    problems: [],
  });
});

Deno.test("parseFilebeat() reads other modules and tells what it cannot read", () => {
  const { ports, problems } = readFixture("modules.d/fortinet.yml");
  assertEquals(ports, ["udp ::1:9004 fortinet-firewall"]);
  assertEquals(problems, [
    'Cannot read [0].clientendpoint.var.input: "${FORTINET_INPUT}", want udp or tcp',
    "Cannot read [0].fortimail.var.syslog_port: missing, " +
    "the module's default is not known here",
    'Cannot read [0].fortimanager.var.syslog_port: ":${FORTINET_PORT}", want host:port',
  ]);
});

Deno.test("parseFilebeat() reads the module netflow, and no port of modules that read files", () => {
  assertEquals(readFixture("modules.d/netflow.yml"), {
    ports: ["udp *:2057 netflow-log", "udp 127.0.0.1:2055 netflow-log"],
    problems: [],
  });
});

// The defaults that the manifests of the modules name.
Deno.test("parseFilebeat() takes what modules listen on by default", () => {
  assertEquals(readFixture("modules.d/defaults.yml"), {
    ports: [
      "udp 127.0.0.1:9001 cisco-asa",
      "udp *:9003 cisco-ftd",
      "udp 127.0.0.1:9002 cisco-ios",
      "udp 10.0.0.5:9001 checkpoint-firewall",
      "tcp 127.0.0.1:9100 checkpoint-firewall",
      "udp 127.0.0.1:9003 cef-log",
      "tcp 127.0.0.1:9301 cyberarkpas-audit",
      "udp 127.0.0.1:9004 fortinet-firewall",
      "udp 127.0.0.1:9001 haproxy-log",
      "udp 127.0.0.1:9001 iptables-log",
      "udp 127.0.0.1:9006 juniper-srx",
      "udp 127.0.0.1:2055 netflow-log",
      "udp 127.0.0.1:9001 panw-panos",
      "udp *:9001 pensando-dfw",
      "udp 127.0.0.1:9005 sophos-xg",
      "tcp 127.0.0.1:8080 threatintel-anomalithreatstream",
      "tcp *:80 zoom-webhook",
    ],
    problems: [
      "Cannot read [0].nexus.var.syslog_port: missing, " +
      "the module's default is not known here",
      "Cannot read [17].waf.var.syslog_port: missing, " +
      "the module's default is not known here",
      "Cannot read [18].door.var.syslog_port: missing, " +
      "the module's default is not known here",
      'Cannot read [18].window.var.input: "httpjson", want udp or tcp',
      "Cannot read [19].access.var.syslog_port: missing, " +
      "the module's default is not known here",
    ],
  });
});

Deno.test("parseFilebeat() tells which ports are defaults", () => {
  const text = `- module: cisco
  asa: {enabled: true, var.input: tcp}
  ftd: {enabled: true, var.syslog_port: 9003}
- module: zoom
  webhook: {enabled: true}
`;
  assertEquals(parseFilebeat(text).assumptions, [
    "[0].asa.var.syslog_port: missing, tcp 9001 is the module's default",
    "[1].webhook.var.listen_port: missing, tcp 80 is the module's default",
  ]);
});

Deno.test("parseFilebeat() tells where YAML is broken", () => {
  const { isYaml, ports, problems: [problem = "", ...others] } = parseFilebeat(
    Deno.readTextFileSync("fixtures/filebeat/broken.yml"),
  );
  assertEquals([isYaml, ports, others], [false, [], []]);
  assertStringIncludes(problem, "Cannot parse YAML: ");
  assert(!problem.includes("\n"));
});

// Single values.

/** Hosts of an input `udp`; null: not readable. */
const hosts: readonly (readonly [host: string, want: string | null])[] = [
  ["0.0.0.0:514", "*:514"],
  [":514", "*:514"],
  ["[::]:514", "*:514"],
  ["[::1]:514", "::1:514"],
  ["localhost:514", "127.0.0.1:514"],
  ["10.0.0.5:1", "10.0.0.5:1"],
  ["10.0.0.5:65535", "10.0.0.5:65535"],
  ["[2001:DB8:0:0::5]:514", "2001:db8::5:514"],
  ["${HOST:10.0.0.5}:${PORT:514}", "10.0.0.5:514"],
  ["${HOST:}:514", "*:514"],
  ["${LISTEN:10.0.0.5:514}", "10.0.0.5:514"],
  ["${HOST}:514", null],
  ["10.0.0.5:${PORT}", null],
  ["${HOST:?missing}:514", null],
  ["${A:${B:514}}", null],
  ["514", null],
  ["10.0.0.5", null],
  ["10.0.0.5:", null],
  ["10.0.0.5:0", null],
  ["10.0.0.5:65536", null],
  ["10.0.0.5:0514", null],
  ["10.0.0.5:514-516", null],
  ["10.0.0.5:syslog", null],
  ["10.0.0.0/8:514", null],
  ["external:514", null],
  ["2001:db8::5:514", null],
  ["[fe80::1%eth0]:514", null],
  ["udp://0.0.0.0:514", null],
  ["", null],
];

for (const [host, want] of hosts) {
  Deno.test(`parseFilebeat() ${want === null ? "does not read" : "reads"} the host ${JSON.stringify(host)}`, () => {
    assertEquals(read(`- {type: udp, host: ${JSON.stringify(host)}}`), {
      ports: want === null ? [] : [`udp ${want}`],
      problems: want === null
        ? [`Cannot read [0].host: ${JSON.stringify(host)}, want host:port`]
        : [],
    });
  });
}

/** Entries of a list, in flow style. */
const entries: readonly (readonly [
  name: string,
  entry: string,
  ports: readonly string[],
  problems?: readonly string[],
])[] = [
  ["names an input by its id", '{type: udp, host: ":1", id: a, name: b}', [
    "udp *:1 a",
  ]],
  ["names an input by its name", '{type: udp, host: ":1", name: b}', [
    "udp *:1 b",
  ]],
  ["leaves an empty name out", '{type: udp, host: ":1", id: ""}', ["udp *:1"]],
  ["ignores inputs that do not listen", "{type: journald, paths: [/a]}", []],
  ["ignores a Unix socket", "{type: unix, path: /run/a.sock}", []],
  ["ignores an input without a type", "{paths: [/a]}", []],
  ["ignores a type that every object has", "{type: constructor}", []],
  ["reads a type with a default", '{type: "${TYPE:tcp}", host: ":1"}', [
    "tcp *:1",
  ]],
  [
    "ignores an input that is off by default",
    '{type: udp, host: ":1", enabled: "${ON:false}"}',
    [],
  ],
  [
    "names inputs of other types that have a host",
    '{type: journald, host: ":1"}',
    [],
    [
      'Cannot read [0].host: the input is "journald", ' +
      "want udp, tcp, syslog, netflow, http_endpoint or lumberjack",
    ],
  ],
  [
    "names inputs of other types that listen",
    '{type: acme, listen_socket: ":1"}',
    [],
    [
      'Cannot read [0].listen_socket: the input is "acme", ' +
      "want udp, tcp, syslog, netflow, http_endpoint or lumberjack",
    ],
  ],
  ["names an input with a host and without a type", '{host: ":1"}', [], [
    "Cannot read [0].host: the input is missing, " +
    "want udp, tcp, syslog, netflow, http_endpoint or lumberjack",
  ]],
  ["names a type that is no text", "{type: {toString: a}}", [], [
    "Cannot read [0].type: a mapping, want the type of an input",
  ]],
  ["names a type that cannot be told", '{type: "${TYPE}"}', [], [
    'Cannot read [0].type: "${TYPE}", want the type of an input',
  ]],
  [
    "reads http_endpoint",
    "{type: http_endpoint, id: hook, listen_address: 0.0.0.0, listen_port: 8080}",
    [
      "tcp *:8080 hook",
    ],
  ],
  ["reads http_endpoint without settings", "{type: http_endpoint}", [
    "tcp 127.0.0.1:8000",
  ]],
  [
    "names what it cannot read of http_endpoint",
    '{type: http_endpoint, listen_port: "${PORT}"}',
    [],
    [
      'Cannot read [0].listen_port: "127.0.0.1:${PORT}", want host:port',
    ],
  ],
  ["reads lumberjack", '{type: lumberjack, listen_address: "0.0.0.0:5045"}', [
    "tcp *:5045",
  ]],
  ["reads lumberjack without settings", "{type: lumberjack}", [
    "tcp 127.0.0.1:5044",
  ]],
  ["names syslog without a protocol", "{type: syslog, format: auto}", [], [
    "Cannot read [0].protocol: missing, want udp or tcp",
  ]],
  [
    "names a module that is no text",
    "{module: [cisco], asa: {var.syslog_port: 1}}",
    [],
    ["Cannot read [0].module: a list, want a name"],
  ],
  ["names a fileset that is no mapping", "{module: cisco, asa: true}", [], [
    'Cannot read [0].asa: "true", want a mapping',
  ]],
  [
    "names an input of a module that it does not know",
    "{module: cisco, asa: {var.input: tpc}}",
    [],
    [
      'Cannot read [0].asa.var.input: "tpc", want udp or tcp',
    ],
  ],
  [
    "ignores syslog over a Unix socket",
    "{type: syslog, protocol.unix: {path: /a}}",
    [],
  ],
  [
    "reads both protocols of syslog",
    '{type: syslog, protocol.udp: {host: ":1"}, protocol: {tcp: {host: ":2"}}}',
    [
      "udp *:1",
      "tcp *:2",
    ],
  ],
  ["refuses a host that is a list", "{type: udp, host: [a, b]}", [], [
    "Cannot read [0].host: a list, want host:port",
  ]],
  ["refuses a host that is empty", "{type: tcp, host: }", [], [
    "Cannot read [0].host: missing, want host:port",
  ]],
  [
    "takes udp for the default of a module",
    "{module: cef, log: {enabled: true, var.syslog_port: 1}}",
    [
      "udp 127.0.0.1:1 cef-log",
    ],
  ],
  [
    "takes input syslog for udp",
    "{module: cisco, ios: {enabled: true, var.input: syslog, var.syslog_port: 1}}",
    [
      "udp 127.0.0.1:1 cisco-ios",
    ],
  ],
  [
    "reads the protocol of input syslog, which is the default of cisco-ios",
    "{module: cisco, ios: {enabled: true, var: {syslog_port: 1, syslog_protocol: tcp}}}",
    ["tcp 127.0.0.1:1 cisco-ios"],
  ],
  [
    "reads the protocol of input syslog",
    "{module: cisco, ios: {var: {input: syslog, syslog_port: 1, syslog_protocol: tcp}}}",
    [
      "tcp 127.0.0.1:1 cisco-ios",
    ],
  ],
  [
    "reads filesets with dotted keys",
    "{module: cisco, asa.enabled: true, asa.var.input: tcp, asa.var.syslog_port: 1}",
    [
      "tcp 127.0.0.1:1 cisco-asa",
    ],
  ],
  [
    "ignores a module that is off",
    "{module: cisco, enabled: false, asa: {enabled: true, var.syslog_port: 1}}",
    [],
  ],
  [
    "ignores a fileset that is off",
    "{module: cisco, asa: {enabled: no, var.syslog_port: 1}}",
    [],
  ],
  ["ignores a fileset without settings", "{module: nginx, access: }", []],
  // What a module of one's own listens on is not known.
  [
    "reads a module that is not Filebeat's",
    "{module: acme, door: {var.syslog_port: 1}}",
    [
      "udp *:1 acme-door",
    ],
  ],
];

for (const [name, entry, ports, problems = []] of entries) {
  Deno.test(`parseFilebeat() ${name}`, () => {
    assertEquals(read(`- ${entry}`), {
      ports: [...ports],
      problems: [...problems],
    });
  });
}

Deno.test("parseFilebeat() finds nothing in a file without inputs", () => {
  for (const text of ["", "# nothing\n", "---\n", "[]", "{}", "a: b", "null"]) {
    assertEquals(read(text).ports, [], text);
  }
});

Deno.test("parseFilebeat() tells that inputs are no list", () => {
  assertEquals(read("filebeat.inputs: {type: udp}").problems, [
    "Cannot read filebeat.inputs: want a list",
  ]);
  assertEquals(read("a text").problems, ["Cannot read the file: want a list"]);
});

Deno.test("parseFilebeat() refuses a value that contains itself, as Filebeat does", () => {
  const text = "- {type: udp, host: &a [*a]}\n- {type: tcp, host: ':1'}\n";
  assertEquals(read(text), {
    ports: [],
    problems: ["Cannot parse YAML: nested too deep, want a flat file"],
  });
});

Deno.test("parseFilebeat() keeps a message on one line, whatever a fileset is called", () => {
  const text = '- {module: asa, "a\\nb": {var.syslog_port: 0}}';
  assertEquals(read(text).problems, [
    'Cannot read [0]["a\\nb"].var.syslog_port: ":0", want host:port',
  ]);
});

Deno.test("parseFilebeat() refuses aliases that grow without end", () => {
  const lines = [..."abcdefghi"].map((name, index, names) =>
    `${name}: &${name} [${Array(9).fill(index ? `*${names[index - 1]}` : "x")}]`
  );
  assertEquals(read(lines.join("\n")).problems, [
    "Cannot use the file: more than 200000 values, " +
    "want fewer or no nested aliases",
  ]);
});

// Each of these took minutes while a part of them was read again for each part.

Deno.test("parseFilebeat() reads 200,000 placeholders that do not end", () => {
  for (const opening of ["${", "${A:"]) {
    const host = opening.repeat(200_000);
    assertEquals(read(`- {type: udp, host: "${host}"}`).problems, [
      `Cannot read [0].host: "${host.slice(0, 80)}…", want host:port`,
    ]);
  }
});

Deno.test("parseFilebeat() reads a module with 20,000 keys", () => {
  const keys = Array.from(
    { length: 20_000 },
    (_, index) => `  f${index}.var.input: file\n`,
  );
  const text = `- module: asa\n  log.var.syslog_port: 514\n${keys.join("")}`;
  assertEquals(read(text).ports, ["udp *:514 asa-log"]);
});

// Anything.

const word = fc.constantFrom(
  ..."filebeat filebeat.inputs inputs filebeat.modules modules config path"
    .split(" "),
  ..."type udp tcp syslog netflow host protocol protocol.udp enabled".split(
    " ",
  ),
  ..."true false module asa var var.input var.syslog_port syslog_host id".split(
    " ",
  ),
  ..."toString constructor __proto__ length valueOf :514 ${A} [::]:1 0 ~".split(
    " ",
  ),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6 },
    word,
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(word, tie("tree"), { maxKeys: 4 }),
  ),
}));

function assertReadable(text: string): void {
  const { ports, problems } = parseFilebeat(text);
  for (const { protocol, port } of ports) {
    assert(protocol === "udp" || protocol === "tcp");
    assert(Number.isInteger(port) && port >= 1 && port <= 65535);
  }
  for (const problem of problems) assertStringIncludes(problem, "Cannot ");
}

Deno.test("parseFilebeat() does not throw, whatever its words are put together to", () => {
  const document = fc.oneof(
    tree,
    fc.array(fc.record({ type: word, host: tree, protocol: tree })),
    fc.array(fc.record({
      module: word,
      asa: fc.dictionary(word, tree),
    })),
  );
  fc.assert(fc.property(document, (value) => {
    assertReadable(stringify(value, { useAnchors: false }));
  }));
});

Deno.test("parseFilebeat() does not throw, whatever a file is cut to or holds", () => {
  const text = Deno.readTextFileSync("fixtures/filebeat/filebeat.yml");
  const place = fc.nat(text.length);
  const junk = fc.oneof(
    fc.string({ unit: "binary", maxLength: 4 }),
    fc.constantFrom("&a ", "*a", "!!x ", "|", ">", "? ", "---\n", "\t", "{"),
  );
  fc.assert(fc.property(place, place, junk, (start, end, junk) => {
    assertReadable(text.slice(0, start) + junk + text.slice(end));
    assertReadable(junk);
  }));
});
