/**
 * Reads the options of a command as the one table has them. Pure.
 *
 * @module
 */

// @ts-types="../declarations/std_parse_args.d.ts"
import { parseArgs } from "@std/cli/parse-args";
import { suggest } from "../config/suggest.ts";
import type { OptionReference } from "../generate/command_line.ts";
import { CommandError, exitCodes } from "./errors.ts";
import { type CommandName, type OptionName, optionsOf } from "./options.ts";

/** Values of the options of one command, checked against the table. */
export interface OptionValues {
  /** Arguments that are no options. */
  readonly positionals: readonly string[];
  /** Whether a switch is on. */
  flag(name: OptionName): boolean;
  /** Whether an option with a value stands on the command line. */
  isGiven(name: OptionName): boolean;
  /** All values; the default when it is not given. */
  all(name: OptionName): readonly string[];
  /** The value; undefined when it is not given and has no default. */
  optional(name: OptionName): string | undefined;
  /** The value of an option that has a default. */
  one(name: OptionName): string;
  /** The same, without slashes at its end. */
  path(name: OptionName): string;
}

/**
 * Parses the arguments behind a command.
 *
 * @throws {CommandError} with exit code 2 when one is wrong
 */
export function parseOptions(
  command: CommandName,
  args: readonly string[],
): OptionValues {
  const definitions = optionsOf(command);
  const namesOf = (wanted: (definition: OptionReference) => boolean) =>
    definitions.filter(([, definition]) => wanted(definition))
      .map(([name]) => name);
  const takesValue = ({ placeholder }: OptionReference) =>
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
    isGiven: (name) => {
      const values = given(name);
      return Array.isArray(values) && values.length > 0;
    },
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
    { choices, repeatable }: OptionReference,
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

/** Wrong usage, with a hint at the help. */
export function usageError(
  message: string,
  command?: CommandName,
): CommandError {
  const help = command === undefined
    ? "port_exporter help"
    : `port_exporter ${command} --help`;
  return new CommandError([message, `See ${help}`], exitCodes.usage);
}
