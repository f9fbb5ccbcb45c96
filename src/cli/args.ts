/**
 * Turns the arguments into a command. Pure.
 *
 * @module
 */

import { parseDuration } from "../config/duration.ts";
import { suggest } from "../config/suggest.ts";
import { type Shell, shells } from "../generate/completion.ts";
import type { LogFormat, LogLevel } from "../log.ts";
import {
  type ListenAddress,
  parseListenAddresses,
} from "../web/listen_address.ts";
import {
  type OptionValues,
  parseOptions,
  usageError,
} from "./option_values.ts";
import {
  type CommandName,
  commandNames,
  defaultCommand,
  type FormatOf,
} from "./options.ts";

/** Options of every command that scans. */
export interface ScanOptions {
  /** Configuration file; absent: listeners mode. */
  readonly configFile?: string;
  /** Mount point of procfs, without a slash at its end. */
  readonly procfs: string;
  /** Least level to log. */
  readonly logLevel: LogLevel;
  /** Format of the log. */
  readonly logFormat: LogFormat;
}

/** What the user asked for. */
export type Command =
  | ScanOptions & {
    readonly name: "serve";
    readonly listenAddresses: readonly ListenAddress[];
    /** Web configuration; absent: plain HTTP for everybody. */
    readonly webConfigFile?: string;
    /** Whether to expose metrics of the exporter's own process. */
    readonly exporterMetrics: boolean;
    /** Time between two looks at the ports; 0 for never. */
    readonly scanIntervalSeconds: number;
  }
  | ScanOptions & {
    readonly name: "check";
    readonly format: FormatOf<"check">;
  }
  | ScanOptions & { readonly name: "metrics" }
  | ScanOptions & {
    readonly name: "discover";
    readonly format: FormatOf<"discover">;
    /** Files and folders of Filebeat; none: what listens here. */
    readonly filebeat: readonly string[];
  }
  | {
    readonly name: "rules";
    /** Configuration files of a fleet; at least one. */
    readonly configFiles: readonly string[];
    readonly format: FormatOf<"rules">;
    /** Whether to print the unit tests instead of the rules. */
    readonly tests: boolean;
    /** The rule file that the tests name. */
    readonly ruleFile: string;
  }
  | {
    readonly name: "dashboard";
    /** Configuration files of a fleet; at least one. */
    readonly configFiles: readonly string[];
  }
  | {
    readonly name: "scrape-config";
    readonly configFile: string;
    /** Web configuration of the exporters; absent: they have none. */
    readonly webConfigFile?: string;
    readonly format: FormatOf<"scrape-config">;
    /** Hosts with or without a port; none: a placeholder. */
    readonly targets: readonly string[];
  }
  | {
    readonly name: "validate";
    /** Configuration file; absent only beside a web configuration. */
    readonly configFile?: string;
    /** Web configuration. */
    readonly webConfigFile?: string;
    readonly procfs: string;
  }
  | { readonly name: "schema" }
  | { readonly name: "version" }
  | { readonly name: "completion"; readonly shell: Shell }
  | { readonly name: "help"; readonly topic?: CommandName };

/**
 * Parses the arguments of the program.
 *
 * @throws {CommandError} with exit code 2 when they are wrong
 */
export function parseCommand(args: readonly string[]): Command {
  const first = args[0];
  const isNamed = first !== undefined && !first.startsWith("-");
  const name = isNamed ? parseCommandName(first) : defaultCommand;
  const values = parseOptions(name, args.slice(isNamed ? 1 : 0));
  if (values.flag("help")) {
    return { name: "help", ...(isNamed && { topic: name }) };
  }
  if (values.flag("version")) return { name: "version" };
  if (name === "help") return { name, ...parseTopic(values.positionals) };
  if (name === "completion") {
    return { name, shell: parseShell(values.positionals) };
  }
  const [unexpected] = values.positionals;
  const takesPaths = name === "discover" && values.all("filebeat").length > 0;
  if (unexpected !== undefined && !takesPaths) {
    const isCommand = !isNamed &&
      commandNames.some((command) => command === unexpected);
    throw usageError(
      `Cannot use argument ${JSON.stringify(unexpected)}: ` +
        (isCommand
          ? `the options stand before it, want port_exporter ${unexpected} ` +
            "[OPTION...]"
          : name === "discover"
          ? "paths follow --filebeat, want port_exporter discover " +
            "--filebeat=PATH [PATH...]"
          : `${name} takes options only`),
      isCommand ? parseCommandName(unexpected) : name,
    );
  }
  return buildCommand(name, values);
}

function buildCommand(
  name: Exclude<CommandName, "completion" | "help">,
  values: OptionValues,
): Command {
  switch (name) {
    case "serve":
      return {
        name,
        ...buildScanOptions(values),
        listenAddresses: parseOrFail(
          name,
          () => parseListenAddresses(values.all("web.listen-address")),
        ),
        ...buildWebConfigFile(values),
        exporterMetrics: values.flag("web.exporter-metrics"),
        scanIntervalSeconds: parseOrFail(
          name,
          () => parseScanInterval(values.one("scan.interval")),
        ),
      };
    case "check":
      return {
        name,
        ...buildScanOptions(values),
        format: values.one("format") as FormatOf<"check">,
      };
    case "metrics":
      return { name, ...buildScanOptions(values) };
    case "discover":
      return {
        name,
        ...buildScanOptions(values),
        ...parseDiscovery(values),
      };
    case "rules":
      return {
        name,
        configFiles: requireConfigFiles(name, values),
        format: values.one("format") as FormatOf<"rules">,
        tests: values.flag("tests"),
        ruleFile: values.one("rule-file"),
      };
    case "dashboard":
      return { name, configFiles: requireConfigFiles(name, values) };
    case "scrape-config":
      return {
        name,
        configFile: requireConfigFiles(name, values)[0],
        ...buildWebConfigFile(values),
        format: values.one("format") as FormatOf<"scrape-config">,
        targets: values.all("targets").flatMap((text) => text.split(",")),
      };
    case "validate":
      return {
        name,
        ...(values.optional("web.config.file") === undefined
          ? { configFile: requireConfigFiles(name, values)[0] }
          : buildConfigFile(values)),
        ...buildWebConfigFile(values),
        procfs: values.path("path.procfs"),
      };
    case "schema":
    case "version":
      return { name };
    default:
      return name satisfies never;
  }
}

function requireConfigFiles(
  command: CommandName,
  values: OptionValues,
): readonly [string, ...(readonly string[])] {
  const [first, ...rest] = values.all("config.file");
  if (first === undefined) {
    throw usageError(
      `Cannot ${
        command === "validate"
          ? "validate nothing"
          : `make ${command} of nothing`
      }: want --config.file=PATH`,
      command,
    );
  }
  return [first, ...rest];
}

/** Turns the SyntaxError of a value into wrong usage. */
function parseOrFail<Value>(command: CommandName, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw usageError(error.message, command);
  }
}

/** What Filebeat is told makes a configuration and nothing else. */
function parseDiscovery(
  values: OptionValues,
): Pick<Command & { readonly name: "discover" }, "format" | "filebeat"> {
  const filebeat = [...values.all("filebeat"), ...values.positionals];
  const format = values.one("format") as FormatOf<"discover">;
  if (filebeat.length === 0) return { format, filebeat };
  if (values.isGiven("format") && format !== "yaml") {
    throw usageError(
      `Cannot use --format: ${
        JSON.stringify(format)
      } with --filebeat, want yaml`,
      "discover",
    );
  }
  return { format: "yaml", filebeat };
}

function parseScanInterval(text: string): number {
  const error = new SyntaxError(
    `Cannot use --scan.interval: ${JSON.stringify(text)}, want 0 or a ` +
      "duration like 500ms, 1s or 1m, at most 1d",
  );
  try {
    const { seconds } = parseDuration(text);
    if (seconds <= 86_400) return seconds;
  } catch (cause) {
    error.cause = cause;
  }
  throw error;
}

function buildConfigFile(
  values: OptionValues,
): { readonly configFile?: string } {
  const configFile = values.optional("config.file");
  return configFile === undefined ? {} : { configFile };
}

function buildWebConfigFile(
  values: OptionValues,
): { readonly webConfigFile?: string } {
  const webConfigFile = values.optional("web.config.file");
  return webConfigFile === undefined ? {} : { webConfigFile };
}

function buildScanOptions(values: OptionValues): ScanOptions {
  return {
    ...buildConfigFile(values),
    procfs: values.path("path.procfs"),
    logLevel: values.one("log.level") as LogLevel,
    logFormat: values.one("log.format") as LogFormat,
  };
}

function parseCommandName(text: string): CommandName {
  const name = commandNames.find((name) => name === text);
  if (name !== undefined) return name;
  throw usageError(
    `Cannot find command ${JSON.stringify(text)}: want ${
      commandNames.join(", ")
    }${suggest(text, commandNames)}`,
  );
}

function parseTopic(
  [text, unexpected]: readonly string[],
): { readonly topic?: CommandName } {
  if (text === undefined) return {};
  const topic = parseCommandName(text);
  if (unexpected === undefined) return { topic };
  throw usageError(
    `Cannot use argument ${JSON.stringify(unexpected)}: ` +
      "help takes one command",
    "help",
  );
}

function parseShell(texts: readonly string[]): Shell {
  const [text, unexpected] = texts;
  const shell = shells.find((shell) => shell === text);
  if (shell !== undefined && unexpected === undefined) return shell;
  const wanted = shells.join(", ");
  throw usageError(
    text === undefined
      ? `Cannot make completion for no shell: want ${wanted}`
      : shell === undefined
      ? `Cannot make completion for shell ${JSON.stringify(text)}: ` +
        `want ${wanted}${suggest(text, shells)}`
      : `Cannot use argument ${JSON.stringify(unexpected)}: ` +
        "completion takes one shell",
    "completion",
  );
}
