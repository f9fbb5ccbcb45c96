import { assert, assertEquals } from "@std/assert";
import { commandLine } from "../../src/cli/command_line.ts";
import { exitCodeMeanings } from "../../src/cli/errors.ts";
import { commands, optionsOf } from "../../src/cli/options.ts";
import type { CommandLine } from "../../src/generate/command_line.ts";
import {
  renderCommandTable,
  renderOptionsReference,
} from "../../src/generate/options_reference.ts";

const scanOptions: ReturnType<CommandLine["optionsOf"]> = [
  ["config.file", {
    placeholder: "PATH",
    repeatable: true,
    help: "Configuration file",
  }],
  ["format", {
    placeholder: "FORMAT",
    choices: ["a", "b"],
    default: "a",
    help: "a|b",
  }],
  ["quiet", { help: "Say nothing" }],
];

const small: CommandLine = {
  commands: {
    scan: { summary: "Scan the host", details: "Once." },
    version: { summary: "Print the version", details: "" },
  },
  defaultCommand: "scan",
  optionsOf: (command) => command === "scan" ? scanOptions : [],
  exitCodeMeanings: { 0: "Done; `check`: all is as configured" },
};

Deno.test("renderOptionsReference() tells all that the tables say", () => {
  assertEquals(
    renderOptionsReference(small),
    `<!-- Made by \`make generate\` from src/cli/options.ts. Do not edit. -->

# Commands and options

\`port_exporter [COMMAND] [OPTION...]\`; without a command it is \`serve\`.
Write an option with a value as \`--name=VALUE\` or \`--name VALUE\`.

## scan

Scan the host. Once.

| Option               | Default | Meaning                              |
| -------------------- | ------- | ------------------------------------ |
| \`--config.file=PATH\` |         | Configuration file (may be repeated) |
| \`--format=FORMAT\`    | \`a\`     | a\\|b (\`a\`, \`b\`)                      |
| \`--quiet\`            |         | Say nothing                          |

## version

Print the version.

## Exit codes

| Code | Meaning                             |
| ---- | ----------------------------------- |
| 0    | Done; \`check\`: all is as configured |
`,
  );
});

/** The page of the program's own tables, by command. */
function renderSections(): ReadonlyMap<string, string> {
  const page = renderOptionsReference(commandLine);
  return new Map(
    page.split(/^## /m).slice(1).map((section) => [
      section.slice(0, section.indexOf("\n")),
      section,
    ]),
  );
}

Deno.test("renderOptionsReference() has a section for each command, in their order", () => {
  assertEquals([...renderSections().keys()], [
    ...Object.keys(commands),
    "Exit codes",
  ]);
});

Deno.test("renderOptionsReference() has every option in the sections of its commands only", () => {
  const sections = renderSections();
  for (const name of Object.keys(commands) as (keyof typeof commands)[]) {
    assertEquals(
      [...sections.get(name)?.matchAll(/^\| `--([^`=]+)/gm) ?? []]
        .map(([, option]) => option),
      optionsOf(name).map(([option]) => option),
      name,
    );
  }
});

Deno.test("renderOptionsReference() shows every exit code", () => {
  const section = renderSections().get("Exit codes") ?? "";
  for (const code of Object.keys(exitCodeMeanings)) {
    assert(section.includes(`\n| ${code} `), `${code} in ${section}`);
  }
});

Deno.test("renderCommandTable() has a row for each command", () => {
  assertEquals(
    renderCommandTable(small.commands),
    `| Command   | Does              |
| --------- | ----------------- |
| \`scan\`    | Scan the host     |
| \`version\` | Print the version |`,
  );
});
