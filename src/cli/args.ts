/**
 * Turns the arguments into a command. Pure.
 *
 * @module
 */

// @ts-types="../declarations/std_parse_args.d.ts"
import { parseArgs } from "@std/cli/parse-args";
import { parseDuration } from "../config/duration.ts";
import { suggest } from "../config/suggest.ts";
import { type Shell, shells } from "../generate/completion.ts";
import type { LogFormat, LogLevel } from "../log.ts";
import {
  type ListenAddress,
  parseListenAddress,
} from "../web/listen_address.ts";
import { CommandError, exitCodes } from "./errors.ts";
import {
  type CommandName,
  commandNames,
  defaultCommand,
  type OptionDefinition,
  type OptionName,
  optionsOf,
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
    /** Whether to expose metrics of the exporter's own process. */
    readonly exporterMetrics: boolean;
    /** Time between two looks at the ports; 0 for never. */
    readonly scanIntervalSeconds: number;
  }
  | ScanOptions & {
    readonly name: "check";
    readonly format: "table" | "json";
  }
  | ScanOptions & { readonly name: "metrics" }
  | ScanOptions & {
    readonly name: "discover";
    readonly format: "table" | "json" | "yaml";
    /** Files and folders of Filebeat; none: what listens here. */
    readonly filebeat: readonly string[];
  }
  | {
    readonly name: "rules";
    /** Configuration files of a fleet; at least one. */
    readonly configFiles: readonly string[];
    readonly format: "prometheus" | "operator" | "mimir";
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
    readonly format: "static" | "file_sd";
    /** Hosts with or without a port; none: a placeholder. */
    readonly targets: readonly string[];
  }
  | {
    readonly name: "validate";
    readonly configFile: string;
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
  if (name === "help") {
    const topic = values.positionals[0];
    return {
      name,
      ...(topic !== undefined && { topic: parseCommandName(topic) }),
    };
  }
  if (name === "completion") {
    return { name, shell: parseShell(values.positionals) };
  }
  const [unexpected] = values.positionals;
  const takesPaths = name === "discover" && values.all("filebeat").length > 0;
  if (unexpected !== undefined && !takesPaths) {
    throw usageError(
      `Cannot use argument ${JSON.stringify(unexpected)}: ` +
        `${name} takes options only`,
      name,
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
        listenAddresses: values.all("web.listen-address").map((text) =>
          parseOrFail(name, () => parseListenAddress(text))
        ),
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
        format: values.one("format") as "table" | "json",
      };
    case "metrics":
      return { name, ...buildScanOptions(values) };
    case "discover":
      return {
        name,
        ...buildScanOptions(values),
        format: values.one("format") as "table" | "json" | "yaml",
        filebeat: [...values.all("filebeat"), ...values.positionals],
      };
    case "rules":
      return {
        name,
        configFiles: requireConfigFiles(name, values),
        format: values.one("format") as "prometheus" | "operator" | "mimir",
        tests: values.flag("tests"),
        ruleFile: values.one("rule-file"),
      };
    case "dashboard":
      return { name, configFiles: requireConfigFiles(name, values) };
    case "scrape-config":
      return {
        name,
        configFile: requireConfigFiles(name, values)[0],
        format: values.one("format") as "static" | "file_sd",
        targets: values.all("targets").flatMap((text) => text.split(",")),
      };
    case "validate":
      return {
        name,
        configFile: requireConfigFiles(name, values)[0],
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

function buildScanOptions(values: OptionValues): ScanOptions {
  const configFile = values.optional("config.file");
  return {
    ...(configFile !== undefined && { configFile }),
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

/** Values of the options of one command, checked against the table. */
interface OptionValues {
  readonly positionals: readonly string[];
  flag(name: OptionName): boolean;
  all(name: OptionName): readonly string[];
  optional(name: OptionName): string | undefined;
  one(name: OptionName): string;
  path(name: OptionName): string;
}

function parseOptions(
  command: CommandName,
  args: readonly string[],
): OptionValues {
  const definitions = optionsOf(command);
  const namesOf = (wanted: (definition: OptionDefinition) => boolean) =>
    definitions.filter(([, definition]) => wanted(definition))
      .map(([name]) => name);
  const takesValue = ({ placeholder }: OptionDefinition) =>
    placeholder !== undefined;
  const positionals: string[] = [];
  const parsed = parseArgs([...args], {
    alias: { help: "h" },
    // Without "_", or --_=x would take the place of the positional arguments.
    string: namesOf(takesValue),
    boolean: namesOf((definition) => !takesValue(definition)),
    collect: namesOf(takesValue),
    unknown(arg: string, key?: string): boolean {
      if (key === undefined) {
        positionals.push(arg);
        return false;
      }
      const names = definitions.map(([name]) => `--${name}`);
      const dashed = /^-*[^=]*/.exec(arg)?.[0] ?? arg;
      throw usageError(
        `Cannot use ${dashed}: unknown option of ${command}, want one of ${
          names.join(", ")
        }${suggest(dashed, names)}`,
        command,
      );
    },
  });
  const given = (name: OptionName) => lookUp(parsed, name);
  for (const [name, definition] of definitions) {
    if (takesValue(definition)) checkValues(name, definition, given(name));
    else checkSwitch(name);
  }
  const all = (name: OptionName): readonly string[] => {
    const values = given(name);
    if (Array.isArray(values) && values.length > 0) return values;
    const fallback = definitions.find(([known]) => known === name)?.[1].default;
    return fallback === undefined ? [] : [fallback];
  };
  const one = (name: OptionName) => all(name)[0] ?? "";
  return {
    // What stands behind -- is not shown to unknown().
    positionals: [...positionals, ...parsed._],
    flag: (name) => given(name) !== undefined && given(name) !== false,
    all,
    optional: (name) => all(name)[0],
    one,
    path: (name) => one(name).replace(/(?<=.)\/+$/, ""),
  };

  /** parseArgs() takes any text for true. */
  function checkSwitch(name: OptionName): void {
    const withValue = args.find((arg) => arg.startsWith(`--${name}=`));
    if (withValue === undefined || /=(?:true|false)$/.test(withValue)) return;
    const value = withValue.slice(name.length + 3);
    throw usageError(
      `Cannot use --${name}: ${JSON.stringify(value)}, want no value`,
      command,
    );
  }

  function checkValues(
    name: OptionName,
    { choices, repeatable }: OptionDefinition,
    values: unknown,
  ): void {
    if (!Array.isArray(values)) return;
    if (values.length > 1 && repeatable === undefined) {
      throw usageError(
        `Cannot use --${name}: given ${values.length} times, want it once`,
        command,
      );
    }
    for (const value of values) {
      if (value === "") {
        throw usageError(
          `Cannot use --${name}: no value, want --${name}=VALUE`,
          command,
        );
      }
      if (choices !== undefined && !choices.includes(value)) {
        throw usageError(
          `Cannot use --${name}: ${JSON.stringify(value)}, want ${
            choices.join(", ")
          }${suggest(value, choices)}`,
          command,
        );
      }
    }
  }
}

/** parseArgs() makes `{ a: { b: … } }` of an option `--a.b`. */
function lookUp(
  parsed: Readonly<Record<string, unknown>>,
  name: string,
): unknown {
  let value: unknown = parsed;
  for (const key of name.split(".")) {
    value = (value as Record<string, unknown> | undefined)?.[key];
  }
  return value;
}

function usageError(message: string, command?: CommandName): CommandError {
  const help = command === undefined
    ? "port_exporter help"
    : `port_exporter ${command} --help`;
  return new CommandError([message, `See ${help}`], exitCodes.usage);
}
