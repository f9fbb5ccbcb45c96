/**
 * Renders the help texts from the table of commands and options.
 *
 * @module
 */

import { describeOption, renderOption } from "../generate/command_line.ts";
import { wrapText } from "../generate/wrap_text.ts";
import { exitCodeMeanings } from "./errors.ts";
import { type CommandName, commands, optionsOf } from "./options.ts";

const WIDTH = 80;

/** Renders the help of the program, or of one command. */
export function renderHelp(topic?: CommandName): string {
  return topic === undefined ? renderOverview() : renderCommandHelp(topic);
}

function renderOverview(): string {
  const rows = Object.entries(commands).map(([name, { summary }]) =>
    [name, summary] as const
  );
  return [
    ...wrapText(
      "port_exporter tells Prometheus whether the UDP and TCP ports of this " +
        "host are bound.",
      WIDTH,
    ),
    "",
    "Usage: port_exporter [COMMAND] [OPTION...]",
    "",
    "Commands:",
    ...renderRows(rows),
    "",
    "Options of serve:",
    ...renderRows(optionRows("serve")),
    "",
    "port_exporter help COMMAND explains a command.",
    "Exit codes:",
    ...renderRows(Object.entries(exitCodeMeanings)),
    "",
  ].join("\n");
}

function renderCommandHelp(topic: CommandName): string {
  const { summary, details, operand } = commands[topic];
  return [
    `Usage: port_exporter ${topic} [OPTION...]${
      operand === undefined ? "" : ` ${operand.usage}`
    }`,
    "",
    ...wrapText(`${summary}. ${details}`.trim(), WIDTH),
    "",
    "Options:",
    ...renderRows(optionRows(topic)),
    "",
  ].join("\n");
}

function optionRows(
  command: CommandName,
): readonly (readonly [string, string])[] {
  return optionsOf(command).map(([name, option]) => [
    renderOption(name, option),
    describeOption(option),
  ]);
}

/** Two columns; the second is wrapped. */
function renderRows(
  rows: readonly (readonly [string, string])[],
): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.flatMap(([left, right]) =>
    wrapText(right, WIDTH - width - 4).map((line, index) =>
      `  ${(index === 0 ? left : "").padEnd(width)}  ${line}`
    )
  );
}
