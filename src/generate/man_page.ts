/**
 * Renders the manual page port_exporter(1). Pure.
 *
 * The requests are those of man(7).
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
import { wrapText } from "./wrap_text.ts";

/** As roff is written by custom. */
const WIDTH = 80;

/**
 * Renders the manual page. Its date is empty: a build fills in that of its
 * commit.
 *
 * @returns roff that ends with a newline
 */
export function renderManPage(
  commandLine: CommandLine,
  version: string,
): string {
  const { commands, optionsOf, exitCodeMeanings } = commandLine;
  return `${
    [
      '.\\" Made by `make generate` from src/cli/options.ts. Do not edit.',
      `.TH PORT_EXPORTER 1 "" "port_exporter ${version}" "User Commands"`,
      ".SH NAME",
      "port_exporter \\- tell Prometheus whether UDP and TCP ports are bound",
      ".SH SYNOPSIS",
      ".B port_exporter",
      "[\\fICOMMAND\\fR]",
      "[\\fIOPTION\\fR...]",
      ".SH DESCRIPTION",
      ...renderParagraph(
        "port_exporter reads the socket tables of the kernel, looks for the " +
          "exact port and protocol of every configured target, and shows 1 " +
          "or 0 from the first scrape on. It sends no probe, runs no command " +
          "and writes no file. From the same configuration it makes the " +
          "alerting rules, their unit tests and the dashboard.",
      ),
      ".PP",
      ...renderParagraph(
        "Write an option with a value as --name=VALUE or --name VALUE. " +
          `Without a command it is ${commandLine.defaultCommand}.`,
      ),
      ".SH COMMANDS",
      ...Object.entries(commands).flatMap(([name, command]) =>
        renderCommand(name, { command, options: optionsOf(name) })
      ),
      ".SH EXIT STATUS",
      ...Object.entries(exitCodeMeanings).flatMap(([code, meaning]) => [
        ".TP",
        `.B ${code}`,
        ...renderParagraph(meaning),
      ]),
      ".SH SIGNALS",
      ".TP",
      ".B SIGHUP",
      ...renderParagraph(
        "Load the configuration again. When there is a mistake in it, the " +
          "old one stays.",
      ),
      ".TP",
      '.BR SIGTERM , " " SIGINT',
      ...renderParagraph("Answer running requests and exit with 0."),
      ".SH FILES",
      ".TP",
      ".I /etc/port_exporter/ports.yml",
      ...renderParagraph(
        "The configuration that the systemd unit names. " +
          "port_exporter schema describes every key.",
      ),
      ".TP",
      ".I /etc/default/port_exporter",
      ...renderParagraph(
        "Options of the service that the systemd unit starts.",
      ),
      ".SH EXAMPLES",
      "Make a configuration from what listens here, look at it, and serve:",
      ".PP",
      ".nf",
      ".RS",
      ...[
        "port_exporter discover --format=yaml > ports.yml",
        "port_exporter check --config.file=ports.yml",
        "port_exporter serve --config.file=ports.yml",
      ].map(escape),
      ".RE",
      ".fi",
      ".SH SEE ALSO",
      ".BR ss (8),",
      ".BR promtool (1),",
      ".BR capabilities (7)",
    ].join("\n")
  }\n`;
}

function renderCommand(
  name: string,
  { command, options }: {
    readonly command: CommandReference;
    readonly options: readonly (readonly [string, OptionReference])[];
  },
): readonly string[] {
  const { summary, details, operand } = command;
  const usage = operand === undefined ? name : `${name} ${operand.usage}`;
  return [
    `.SS ${escape(usage)}`,
    ...renderParagraph(`${summary}. ${details}`.trim()),
    ...options.flatMap(([option, definition]) => [
      ".TP",
      `\\fB${
        escape(renderOption(option, definition)).replace("=", "\\fR=\\fI")
      }\\fR`,
      ...renderParagraph(describeOption(definition)),
    ]),
  ];
}

/** Every sentence begins a line: roff sets the space between them. */
function renderParagraph(text: string): readonly string[] {
  return text.split(/(?<=[.?!]) (?=[A-Z])/).flatMap((sentence) =>
    // Escaped first, because the backslashes count.
    wrapText(escape(sentence), WIDTH)
  ).map((line) => line.replace(/^(?=[.'])/, "\\&"));
}

/** Keeps backslashes, and a minus from becoming a hyphen. */
function escape(text: string): string {
  return text.replaceAll("`", "").replaceAll("\\", "\\e")
    .replaceAll("-", "\\-");
}
