/**
 * The one table of commands and options: the parser, the help texts and the
 * reference page are derived from it.
 *
 * @module
 */

import type {
  CommandReference,
  OptionReference,
} from "../generate/command_line.ts";
import { shells } from "../generate/completion.ts";
import { logFormats, logLevels } from "../log.ts";

/** Names of the commands. */
export const commandNames = [
  "serve",
  "check",
  "metrics",
  "discover",
  "rules",
  "dashboard",
  "scrape-config",
  "validate",
  "schema",
  "version",
  "completion",
  "help",
] as const;

/** Name of a command. */
export type CommandName = typeof commandNames[number];

/** The command that runs when none is named. */
export const defaultCommand = "serve" satisfies CommandName;

/** All commands by name, in the order of the help. */
export const commands: Readonly<Record<CommandName, CommandReference>> = {
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
    details: "The text is fit for a textfile collector. What is counted over " +
      "time (rebinds, downtime) is not in it: one scan counts nothing.",
  },
  discover: {
    summary: "Print what listens here, or a configuration made from it",
    details: "With --filebeat it makes the configuration from the inputs in " +
      "filebeat.yml and modules.d files; more paths may follow. It exits " +
      "with 1 when one of them cannot be read, and prints what the others say.",
    operand: { usage: "[PATH...]" },
  },
  rules: {
    summary: "Print Prometheus alerting rules for the configuration",
    details: "With --tests it prints promtool unit tests for exactly these " +
      "rules. Several configurations of a fleet are merged.",
  },
  dashboard: {
    summary: "Print a Grafana dashboard for the configuration",
    details: "The JSON is fit for Grafana's provisioning and for its import. " +
      "Several configurations of a fleet are merged.",
  },
  "scrape-config": {
    summary: "Print the entry of scrape_configs for Prometheus",
    details: "The output is a file to name below scrape_config_files in " +
      "prometheus.yml (Prometheus 2.43 or later); or paste the entry in it " +
      "below scrape_configs there. Its job is the one that the rules select. " +
      "--format=file_sd prints the file with the targets alone.",
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
  completion: {
    summary: "Print a completion script for bash, zsh or fish",
    details: "In bash and zsh it takes effect with " +
      "source <(port_exporter completion SHELL).",
    operand: { usage: "SHELL", choices: shells },
  },
  help: {
    summary: "Explain a command",
    details: "port_exporter help COMMAND is port_exporter COMMAND --help.",
    operand: { usage: "[COMMAND]", choices: commandNames },
  },
};

/** A row of the table: an option, and what differs between its commands. */
interface OptionDefinition extends OptionReference {
  /** Commands that have it. */
  readonly commands: readonly CommandName[];
  /** The only allowed values of single commands, the default first. */
  readonly choicesOf?: Readonly<
    Partial<Record<CommandName, readonly string[]>>
  >;
  /** Commands of which alone it may be given more than once. */
  readonly repeatableFor?: readonly CommandName[];
}

const SCANNING: readonly CommandName[] = ["serve", "check", "metrics"];

const GENERATING: readonly CommandName[] = [
  "rules",
  "dashboard",
  "scrape-config",
];

/** All options by name, in the order of the help. */
export const options = {
  "config.file": {
    commands: [...SCANNING, ...GENERATING, "validate"],
    placeholder: "PATH",
    repeatableFor: ["rules", "dashboard"],
    help:
      "Configuration file, or a folder whose *.yml and *.yaml files make one",
  },
  "web.listen-address": {
    commands: ["serve"],
    placeholder: "ADDRESS",
    default: ":9117",
    repeatable: true,
    help: 'Where to listen: ":9117", "host:9117" or "[::1]:9117"',
  },
  "web.config.file": {
    commands: ["serve", "scrape-config", "validate"],
    placeholder: "PATH",
    help: "Web configuration of the Prometheus exporters: TLS, passwords and " +
      "headers, see docs/web-config.md",
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
    commands: ["check", "discover", "rules", "scrape-config"],
    placeholder: "FORMAT",
    choicesOf: {
      check: ["table", "json"],
      discover: ["table", "json", "yaml"],
      rules: ["prometheus", "operator", "mimir"],
      "scrape-config": ["static", "file_sd"],
    },
    help: "Form of the output",
  },
  "tests": {
    commands: ["rules"],
    help: "Print the unit tests of the rules instead",
  },
  "rule-file": {
    commands: ["rules"],
    placeholder: "PATH",
    default: "rules.yml",
    help: "With --tests: the rule file that the tests name",
  },
  "targets": {
    commands: ["scrape-config"],
    placeholder: "HOST",
    repeatable: true,
    help: "Host and port to scrape, or several separated by commas; " +
      "9117 when there is no port",
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

/** A form that a command can give its output. */
export type FormatOf<Name extends keyof typeof options.format.choicesOf> =
  typeof options.format.choicesOf[Name][number];

/** Options of a command, in the order of the help. */
export function optionsOf(
  command: CommandName,
): readonly (readonly [OptionName, OptionReference])[] {
  const entries = Object.entries(options) as [OptionName, OptionDefinition][];
  return entries.filter(([, { commands }]) => commands.includes(command))
    .map(([name, definition]) => {
      const { choicesOf, repeatableFor, ...common } = definition;
      const choices = choicesOf?.[command];
      return [name, {
        ...common,
        ...(choices && { choices, default: choices[0] }),
        ...(repeatableFor?.includes(command) && { repeatable: true }),
      }] as const;
    });
}
