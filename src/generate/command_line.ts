/**
 * What the reference pages, the man page and the completions are made from:
 * the command line as data.
 *
 * It arrives as a parameter: what generates stands below what parses
 * arguments.
 *
 * @module
 */

/** What stands beside the options of a command. */
export interface OperandReference {
  /** As the usage line shows it: `SHELL`, `[PATH...]`. */
  readonly usage: string;
  /** The only allowed values; absent: paths of files. */
  readonly choices?: readonly string[];
}

/** A command. */
export interface CommandReference {
  /** One line without a period. */
  readonly summary: string;
  /** What more there is to know; may be empty. */
  readonly details: string;
  /** What stands beside its options; absent: nothing. */
  readonly operand?: OperandReference;
}

/** An option of a command. */
export interface OptionReference {
  /** What its value is, `PATH` for a file or folder; absent on switches. */
  readonly placeholder?: string;
  /** The only allowed values; absent: any value. */
  readonly choices?: readonly string[];
  /** Value when it is not given; absent: none. */
  readonly default?: string;
  /** Whether it may be given more than once; absent: it may not. */
  readonly repeatable?: true;
  /** One sentence without a period. */
  readonly help: string;
}

/** The command line. */
export interface CommandLine {
  /** Commands by name, in the order of the help. */
  readonly commands: Readonly<Record<string, CommandReference>>;
  /** The command that runs when none is named. */
  readonly defaultCommand: string;
  /** Options of a command with their names, in the order of the help. */
  readonly optionsOf: (
    command: string,
  ) => readonly (readonly [string, OptionReference])[];
  /** What the exit codes mean. */
  readonly exitCodeMeanings: Readonly<Record<number, string>>;
}

/** How an option is written: `--format=FORMAT`, `--help`. */
export function renderOption(
  name: string,
  { placeholder }: OptionReference,
): string {
  return placeholder === undefined ? `--${name}` : `--${name}=${placeholder}`;
}

/** What an option does, with its choices and default in brackets. */
export function describeOption(
  { help, choices, default: fallback, repeatable }: OptionReference,
  quote: (value: string) => string = (value) => value,
): string {
  const notes = [
    ...(choices === undefined ? [] : [choices.map(quote).join(", ")]),
    ...(fallback === undefined ? [] : [`default ${quote(fallback)}`]),
    ...(repeatable === undefined ? [] : ["may be repeated"]),
  ];
  return notes.length === 0 ? help : `${help} (${notes.join("; ")})`;
}
