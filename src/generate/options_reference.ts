/**
 * Renders the reference page of the command line, and the tables of it that
 * the README shows. Pure.
 *
 * @module
 */

import {
  type CommandLine,
  type CommandReference,
  describeOption,
  type OptionReference,
  renderOption,
} from "./command_line.ts";
import { renderTable } from "./markdown_table.ts";

/**
 * Renders commands, their options, and the exit codes.
 *
 * @returns Markdown that ends with a newline
 */
export function renderOptionsReference(commandLine: CommandLine): string {
  const { commands, optionsOf, exitCodeMeanings } = commandLine;
  const sections = Object.entries(commands).map(([name, command]) =>
    renderCommand(name, { command, options: optionsOf(name) })
  );
  return `${
    [
      "<!-- Made by `make generate` from src/cli/options.ts. Do not edit. -->",
      "# Commands and options",
      "`port_exporter [COMMAND] [OPTION...]`; without a command it is `serve`.\n" +
      "Write an option with a value as `--name=VALUE` or `--name VALUE`.",
      ...sections,
      "## Exit codes",
      renderExitCodeTable(exitCodeMeanings),
    ].join("\n\n")
  }\n`;
}

/** Renders the table of commands, without a newline at its end. */
export function renderCommandTable(
  commands: CommandLine["commands"],
): string {
  return renderTable(
    ["Command", "Does"],
    Object.entries(commands).map(([name, { summary }]) => [
      quote(name),
      summary,
    ]),
  );
}

/** Renders the table of exit codes, without a newline at its end. */
export function renderExitCodeTable(
  exitCodeMeanings: CommandLine["exitCodeMeanings"],
): string {
  return renderTable(
    ["Code", "Meaning"],
    Object.entries(exitCodeMeanings).map(([code, meaning]) => [code, meaning]),
  );
}

function renderCommand(
  name: string,
  { command, options }: {
    readonly command: CommandReference;
    readonly options: readonly (readonly [string, OptionReference])[];
  },
): string {
  const { summary, details } = command;
  return [
    `## ${name}`,
    `${summary}. ${details}`.trim(),
    ...(options.length === 0 ? [] : [renderTable(
      ["Option", "Default", "Meaning"],
      options.map(([option, { default: fallback, ...definition }]) => [
        quote(renderOption(option, definition)),
        fallback === undefined ? "" : quote(fallback),
        describeOption(definition, quote),
      ]),
    )]),
  ].join("\n\n");
}

function quote(code: string): string {
  return `\`${code}\``;
}
