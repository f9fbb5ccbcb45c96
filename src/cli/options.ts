/**
 * The one table of commands and options: the parser, the help texts and the
 * reference page are derived from it.
 *
 * @module
 */

import { logFormats, logLevels } from "../log.ts";

/** Names of the commands. */
export const commandNames = [
  "serve",
  "check",
  "metrics",
  "discover",
  "validate",
  "schema",
  "version",
  "help",
] as const;

/** Name of a command. */
export type CommandName = typeof commandNames[number];

/** What a command is for. */
export interface CommandDefinition {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What more there is to know; may be empty. */
  readonly details: string;
}

/** All commands by name, in the order of the help. */
export const commands: Readonly<Record<CommandName, CommandDefinition>> = {
  serve: {
    summary: "Serve the metrics over HTTP (the default)",
    details: "Without --config.file it reports everything that listens here.",
  },
  check: {
    summary: "Scan once and print the state of every target",
    details:
      "Exits with 0 when every target is as configured, 1 when one is not " +
      "or cannot be judged. Unexpected listeners change nothing.",
  },
  metrics: {
    summary: "Scan once and print the metrics",
    details: "The text is fit for a textfile collector.",
  },
  discover: {
    summary: "Print what listens here, or a configuration made from it",
    details: "With --filebeat it makes the configuration from the inputs in " +
      "filebeat.yml and modules.d files; more paths may follow.",
  },
  validate: {
    summary: "Check the configuration and report every mistake",
    details: "Exits with 2 when there is a mistake; warnings change nothing.",
  },
  schema: {
    summary: "Print the JSON Schema of the configuration, for editors",
    details: "",
  },
  version: { summary: "Print the version", details: "" },
  help: {
    summary: "Explain a command",
    details: "port_exporter help COMMAND is port_exporter COMMAND --help.",
  },
};

/** What an option takes and does. */
export interface OptionDefinition {
  /** Commands that have it. */
  readonly commands: readonly CommandName[];
  /** What its value is, for people; absent on switches. */
  readonly placeholder?: string;
  /** The only allowed values. */
  readonly choices?: readonly string[];
  /** The only allowed values of single commands, when they have fewer. */
  readonly choicesOf?: Readonly<
    Partial<Record<CommandName, readonly string[]>>
  >;
  /** Value when it is not given. */
  readonly default?: string;
  /** Whether it may be given more than once. */
  readonly repeatable?: true;
  /** One sentence without a period. */
  readonly help: string;
}

const SCANNING: readonly CommandName[] = ["serve", "check", "metrics"];

/** All options by name, in the order of the help. */
export const options = {
  "config.file": {
    commands: [...SCANNING, "validate"],
    placeholder: "PATH",
    help: "Configuration file",
  },
  "web.listen-address": {
    commands: ["serve"],
    placeholder: "ADDRESS",
    default: ":9117",
    repeatable: true,
    help: 'Where to listen: ":9117", "host:9117" or "[::1]:9117"',
  },
  "web.exporter-metrics": {
    commands: ["serve"],
    help: "Also expose process_* metrics of the exporter itself",
  },
  "path.procfs": {
    commands: [...SCANNING, "discover", "validate"],
    placeholder: "PATH",
    default: "/proc",
    help: "Where procfs is mounted; with another path than /proc the sockets " +
      "of its process 1 are read",
  },
  "scan.interval": {
    commands: ["serve"],
    placeholder: "DURATION",
    default: "1s",
    help: "How often to look at the ports between scrapes; 0 for never. It " +
      "stretches by itself to stay below 1 % of one core",
  },
  "format": {
    commands: ["check", "discover"],
    placeholder: "FORMAT",
    choices: ["table", "json", "yaml"],
    choicesOf: { check: ["table", "json"] },
    default: "table",
    help: "Form of the output",
  },
  "filebeat": {
    commands: ["discover"],
    placeholder: "PATH",
    repeatable: true,
    help: "File or folder of Filebeat to read the ports from",
  },
  "log.level": {
    commands: [...SCANNING, "discover"],
    placeholder: "LEVEL",
    choices: logLevels,
    default: "info",
    help: "Lowest level to log",
  },
  "log.format": {
    commands: [...SCANNING, "discover"],
    placeholder: "FORMAT",
    choices: logFormats,
    default: "logfmt",
    help: "Format of the log",
  },
  "version": { commands: ["serve"], help: "Print the version" },
  "help": { commands: commandNames, help: "Explain the command" },
} as const satisfies Readonly<Record<string, OptionDefinition>>;

/** Name of an option, without the dashes. */
export type OptionName = keyof typeof options;

/** Options of a command, in the order of the help. */
export function optionsOf(
  command: CommandName,
): readonly (readonly [OptionName, OptionDefinition])[] {
  const entries = Object.entries(options) as [OptionName, OptionDefinition][];
  return entries.filter(([, { commands }]) => commands.includes(command))
    .map(([name, definition]) => {
      const choices = definition.choicesOf?.[command] ?? definition.choices;
      return [name, { ...definition, ...(choices && { choices }) }] as const;
    });
}
