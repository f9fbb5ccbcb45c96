import { assert, assertEquals, assertThrows } from "@std/assert";
import { exitCodes } from "../../src/cli/errors.ts";
import { commands, options, optionsOf } from "../../src/cli/options.ts";
import {
  type OptionsReferenceInput,
  renderCommandTable,
  renderExitCodeTable,
  renderOptionsReference,
} from "../../src/generate/options_reference.ts";

const small: OptionsReferenceInput = {
  commands: {
    scan: { summary: "Scan the host", details: "Once." },
    version: { summary: "Print the version", details: "" },
  },
  options: {
    "config.file": {
      commands: ["scan"],
      placeholder: "PATH",
      repeatable: true,
      help: "Configuration file",
    },
    format: {
      commands: ["scan"],
      placeholder: "FORMAT",
      choices: ["a", "b"],
      default: "a",
      help: "a|b",
    },
    quiet: { commands: ["scan"], help: "Say nothing" },
  },
  exitCodes: { done: 0 },
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

| Option               | Default | Meaning                             |
| -------------------- | ------- | ----------------------------------- |
| \`--config.file=PATH\` |         | Configuration file; may be repeated |
| \`--format=FORMAT\`    | \`a\`     | a\\|b; one of \`a\`, \`b\`               |
| \`--quiet\`            |         | Say nothing                         |

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
  const page = renderOptionsReference({ commands, options, exitCodes });
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
  for (const code of Object.values(exitCodes)) {
    assert(section.includes(`\n| ${code} `), `${code} in ${section}`);
  }
});

Deno.test("renderExitCodeTable() refuses a code without a description", () => {
  assertThrows(
    () => renderExitCodeTable({ done: 0, burnt: 7 }),
    RangeError,
    'Cannot describe exit code 7: its name is "burnt", ' +
      "want one of done, failed, usage",
  );
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
