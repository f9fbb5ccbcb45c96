import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Command, parseCommand } from "../../src/cli/args.ts";
import { CommandError } from "../../src/cli/errors.ts";
import { commandNames, optionsOf } from "../../src/cli/options.ts";

/** What every scanning command does when it is told nothing. */
const scanDefaults = {
  procfs: "/proc",
  logLevel: "info",
  logFormat: "logfmt",
} as const;

const serveDefaults = {
  name: "serve",
  ...scanDefaults,
  listenAddresses: [{ hostname: "::", port: 9117 }],
  exporterMetrics: false,
  scanIntervalSeconds: 1,
} as const;

const good: readonly (readonly [args: string, command: Command])[] = [
  ["", serveDefaults],
  ["serve", serveDefaults],
  ["check", { name: "check", ...scanDefaults, format: "table" }],
  ["metrics", { name: "metrics", ...scanDefaults }],
  [
    "discover --filebeat=a.yml b",
    {
      name: "discover",
      ...scanDefaults,
      format: "yaml",
      filebeat: ["a.yml", "b"],
    },
  ],
  [
    "validate --config.file=ports.yml",
    { name: "validate", configFile: "ports.yml", procfs: "/proc" },
  ],
  [
    "validate --web.config.file=web.yml",
    { name: "validate", webConfigFile: "web.yml", procfs: "/proc" },
  ],
  [
    "validate --config.file=ports.yml --web.config.file=web.yml",
    {
      name: "validate",
      configFile: "ports.yml",
      webConfigFile: "web.yml",
      procfs: "/proc",
    },
  ],
  ["schema", { name: "schema" }],
  ["version", { name: "version" }],
  ["completion fish", { name: "completion", shell: "fish" }],
  ["help", { name: "help" }],

  ["--version", { name: "version" }],
  ["serve --version", { name: "version" }],
  ["-h", { name: "help" }],
  ["--help", { name: "help" }],
  ["help check", { name: "help", topic: "check" }],
  ["help help", { name: "help", topic: "help" }],
  // Help is given whatever else is asked for.
  ["check --format=json --help", { name: "help", topic: "check" }],
  ["validate -h", { name: "help", topic: "validate" }],

  ["--config.file=a.yml", { ...serveDefaults, configFile: "a.yml" }],
  ["--config.file a.yml", { ...serveDefaults, configFile: "a.yml" }],
  ["serve --config.file a.yml", { ...serveDefaults, configFile: "a.yml" }],
  ["--config.file=a=b.yml", { ...serveDefaults, configFile: "a=b.yml" }],
  // A number is a file's name too, and keeps its zero.
  ["--config.file=0514", { ...serveDefaults, configFile: "0514" }],
  ["--config.file=-", { ...serveDefaults, configFile: "-" }],
  ["--path.procfs=/host/proc", { ...serveDefaults, procfs: "/host/proc" }],
  ["--path.procfs=/host/proc//", { ...serveDefaults, procfs: "/host/proc" }],
  ["--path.procfs=/", { ...serveDefaults, procfs: "/" }],
  ["--log.level=debug", { ...serveDefaults, logLevel: "debug" }],
  ["--log.format json", { ...serveDefaults, logFormat: "json" }],
  ["--web.exporter-metrics", { ...serveDefaults, exporterMetrics: true }],
  ["--scan.interval=500ms", { ...serveDefaults, scanIntervalSeconds: 0.5 }],
  ["--scan.interval 0", { ...serveDefaults, scanIntervalSeconds: 0 }],
  [
    "check --format json",
    { name: "check", ...scanDefaults, format: "json" },
  ],
  [
    "--web.listen-address=127.0.0.1:1 --web.listen-address [::1]:2 " +
    "--web.listen-address=localhost:0",
    {
      ...serveDefaults,
      listenAddresses: [
        { hostname: "127.0.0.1", port: 1 },
        { hostname: "::1", port: 2 },
        { hostname: "localhost", port: 0 },
      ],
    },
  ],
];

function split(args: string): readonly string[] {
  return args === "" ? [] : args.split(" ");
}

for (const [args, command] of good) {
  Deno.test(`parseCommand() understands "${args}"`, () => {
    assertEquals(parseCommand(split(args)), command);
  });
}

for (const name of commandNames) {
  for (const option of ["-h", "--help"]) {
    Deno.test(`parseCommand() explains ${name} when asked by ${option}`, () => {
      assertEquals(parseCommand([name, option]), { name: "help", topic: name });
    });
  }
}

function parseError(args: readonly string[]): CommandError {
  return assertThrows(() => parseCommand(args), CommandError);
}

const wantCommand = `want ${commandNames.join(", ")}`;

function wantOption(command: Parameters<typeof optionsOf>[0]): string {
  const names = optionsOf(command).map(([name]) => `--${name}`);
  return `unknown option of ${command}, want one of ${names.join(", ")}`;
}

const bad: readonly (readonly [args: string, message: string, see: string])[] =
  [
    [
      "rule-the-world",
      `Cannot find command "rule-the-world": ${wantCommand}`,
      "help",
    ],
    [
      "chek",
      `Cannot find command "chek": ${wantCommand}; did you mean "check"?`,
      "help",
    ],
    [
      "help metric",
      `Cannot find command "metric": ${wantCommand}; did you mean "metrics"?`,
      "help",
    ],
    [
      "CHECK",
      `Cannot find command "CHECK": ${wantCommand}; did you mean "check"?`,
      "help",
    ],

    ["--color", `Cannot use --color: ${wantOption("serve")}`, "serve --help"],
    [
      "--log.levle=info",
      `Cannot use --log.levle: ${
        wantOption("serve")
      }; did you mean "--log.level"?`,
      "serve --help",
    ],
    [
      "check --formta json",
      `Cannot use --formta: ${wantOption("check")}; did you mean "--format"?`,
      "check --help",
    ],
    [
      "metrics --web.listen-address=:1",
      `Cannot use --web.listen-address: ${wantOption("metrics")}`,
      "metrics --help",
    ],
    [
      "schema --config.file=a.yml",
      `Cannot use --config.file: ${wantOption("schema")}`,
      "schema --help",
    ],
    ["-v", `Cannot use -v: ${wantOption("serve")}`, "serve --help"],
    [
      "--__proto__=x",
      `Cannot use --__proto__: ${wantOption("serve")}`,
      "serve --help",
    ],
    // The parser keeps positional arguments under this name.
    ["--_=x", `Cannot use --_: ${wantOption("serve")}`, "serve --help"],
    ["-_", `Cannot use -_: ${wantOption("serve")}`, "serve --help"],
    [
      "--constructor",
      `Cannot use --constructor: ${wantOption("serve")}`,
      "serve --help",
    ],

    [
      "--config.file",
      "Cannot use --config.file: no value, want --config.file=VALUE",
      "serve --help",
    ],
    [
      "--config.file=",
      "Cannot use --config.file: no value, want --config.file=VALUE",
      "serve --help",
    ],
    // The next option is no value.
    [
      "--config.file --log.level=info",
      "Cannot use --config.file: no value, want --config.file=VALUE",
      "serve --help",
    ],
    [
      "check --config.file=a.yml --config.file=b.yml",
      "Cannot use --config.file: given 2 times, want it once",
      "check --help",
    ],

    [
      "check --format=xml",
      'Cannot use --format: "xml", want table, json',
      "check --help",
    ],
    [
      "check --format=jso",
      'Cannot use --format: "jso", want table, json; did you mean "json"?',
      "check --help",
    ],
    [
      "--log.level=verbose",
      'Cannot use --log.level: "verbose", want debug, info, warn, error',
      "serve --help",
    ],
    [
      "--log.level=INFO",
      'Cannot use --log.level: "INFO", want debug, info, warn, error; did you mean "info"?',
      "serve --help",
    ],
    [
      "--log.format=text",
      'Cannot use --log.format: "text", want logfmt, json',
      "serve --help",
    ],

    [
      "--scan.interval=5",
      'Cannot use --scan.interval: "5", want 0 or a duration like 500ms, 1s or 1m, at most 1d',
      "serve --help",
    ],
    [
      "serve ports.yml",
      'Cannot use argument "ports.yml": serve takes options only',
      "serve --help",
    ],
    [
      "--config.file=ports.yml check",
      'Cannot use argument "check": the options stand before it, want ' +
      "port_exporter check [OPTION...]",
      "check --help",
    ],
    [
      "discover filebeat.yml",
      'Cannot use argument "filebeat.yml": paths follow --filebeat, want ' +
      "port_exporter discover --filebeat=PATH [PATH...]",
      "discover --help",
    ],
    [
      "discover --filebeat=filebeat.yml --format=json",
      'Cannot use --format: "json" with --filebeat, want yaml',
      "discover --help",
    ],
    [
      "check 0514",
      'Cannot use argument "0514": check takes options only',
      "check --help",
    ],
    [
      "version 1",
      'Cannot use argument "1": version takes options only',
      "version --help",
    ],
    [
      "check -- --format=json",
      'Cannot use argument "--format=json": check takes options only',
      "check --help",
    ],
    [
      "completion",
      "Cannot make completion for no shell: want bash, zsh, fish",
      "completion --help",
    ],
    [
      "completion bas",
      'Cannot make completion for shell "bas": want bash, zsh, fish; did you mean "bash"?',
      "completion --help",
    ],
    [
      "help check bogus",
      'Cannot use argument "bogus": help takes one command',
      "help --help",
    ],
    [
      "completion bash zsh",
      'Cannot use argument "zsh": completion takes one shell',
      "completion --help",
    ],
    [
      "validate",
      "Cannot validate nothing: want --config.file=PATH",
      "validate --help",
    ],
  ];

for (const [args, message, see] of bad) {
  Deno.test(`parseCommand() refuses "${args}"`, () => {
    const { lines, exitCode } = parseError(split(args));
    assertEquals(lines, [message, `See port_exporter ${see}`]);
    assertEquals(exitCode, 2);
  });
}

const badListenAddresses = [
  ["a port alone", "9117"],
  ["a host alone", "localhost"],
  ["an empty port", "localhost:"],
  ["a port above 65535", ":65536"],
  ["a port of letters", ":http"],
  ["a negative port", ":-1"],
  ["an IPv6 address without brackets", "::1:9117"],
  ["brackets around a name", "[localhost]:9117"],
  ["empty brackets", "[]:9117"],
  ["a scheme", "http://localhost:9117"],
  ["a blank", "local host:9117"],
  ["two ports", ":9117:9118"],
] as const;

for (const [mistake, text] of badListenAddresses) {
  Deno.test(`parseCommand() refuses to listen on ${mistake}`, () => {
    const { lines, exitCode } = parseError([`--web.listen-address=${text}`]);
    assertEquals(lines, [
      `Cannot use --web.listen-address: "${text}", want ":9117", ` +
      '"host:9117" or "[::1]:9117"',
      "See port_exporter serve --help",
    ]);
    assertEquals(exitCode, 2);
  });
}

Deno.test("parseCommand() throws nothing but usage errors", () => {
  const part = fc.oneof(
    fc.constantFrom(
      ...commandNames,
      ...["--help", "-h", "--", "-", "--config.file", "--format=json", "="],
      ...["--config", "--config.file.name=x", "--no-help", "--log.level=info"],
      ...["--__proto__.x=1", "--web.listen-address=:1", "--_"],
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(part), (args) => {
      try {
        parseCommand(args);
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        assertEquals(error.exitCode, 2);
      }
    }),
    { numRuns: 2000 },
  );
});
