/**
 * Renders the reference page of the command line, and the tables of it that
 * the README shows. Pure.
 *
 * The tables of commands and options are the command line's own and arrive as
 * parameters: what generates stands below what parses arguments.
 *
 * @module
 */

/** What the pages say of a command. */
export interface CommandReference {
  /** One line without a period. */
  readonly summary: string;
  /** What more there is to know; may be empty. */
  readonly details: string;
}

/** What the pages say of an option. */
export interface OptionReference {
  /** Commands that have it. */
  readonly commands: readonly string[];
  /** What its value is; absent on switches. */
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
export interface OptionsReferenceInput {
  /** Commands by name, in the order of the page. */
  readonly commands: Readonly<Record<string, CommandReference>>;
  /** Options by name without dashes, in the order of the page. */
  readonly options: Readonly<Record<string, OptionReference>>;
  /** Exit codes by what they stand for. */
  readonly exitCodes: Readonly<Record<string, number>>;
}

/**
 * Renders commands, their options, and the exit codes.
 *
 * @returns Markdown that ends with a newline
 * @throws {RangeError} when an exit code has no description
 */
export function renderOptionsReference(input: OptionsReferenceInput): string {
  const { commands, options, exitCodes } = input;
  const sections = Object.entries(commands).map(([name, command]) =>
    renderCommand(name, {
      command,
      options: Object.entries(options).filter(([, option]) =>
        option.commands.includes(name)
      ),
    })
  );
  return `${
    [
      "<!-- Made by `make generate` from src/cli/options.ts. Do not edit. -->",
      "# Commands and options",
      "`port_exporter [COMMAND] [OPTION...]`; without a command it is `serve`.\n" +
      "Write an option with a value as `--name=VALUE` or `--name VALUE`.",
      ...sections,
      "## Exit codes",
      renderExitCodeTable(exitCodes),
    ].join("\n\n")
  }\n`;
}

/** Renders the table of commands, without a newline at its end. */
export function renderCommandTable(
  commands: OptionsReferenceInput["commands"],
): string {
  return renderTable(
    ["Command", "Does"],
    Object.entries(commands).map(([name, { summary }]) => [
      `\`${name}\``,
      summary,
    ]),
  );
}

/** What the exit codes mean, by the names that the program gives them. */
const EXIT_CODE_MEANINGS: Readonly<Record<string, string>> = {
  done: "Done; `check`: all is as configured",
  failed: "Failed; `check`: something is not as configured",
  usage: "Wrong usage or wrong configuration",
};

/**
 * Renders the table of exit codes, without a newline at its end.
 *
 * @throws {RangeError} when an exit code has no description
 */
export function renderExitCodeTable(
  exitCodes: OptionsReferenceInput["exitCodes"],
): string {
  return renderTable(
    ["Code", "Meaning"],
    Object.entries(exitCodes).map(([name, code]) => {
      const meaning = EXIT_CODE_MEANINGS[name];
      if (meaning === undefined) {
        throw new RangeError(
          `Cannot describe exit code ${code}: its name is "${name}", ` +
            `want one of ${Object.keys(EXIT_CODE_MEANINGS).join(", ")}`,
        );
      }
      return [String(code), meaning];
    }),
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
      options.map(([option, definition]) => [
        definition.placeholder === undefined
          ? `\`--${option}\``
          : `\`--${option}=${definition.placeholder}\``,
        definition.default === undefined ? "" : `\`${definition.default}\``,
        describeOption(definition),
      ]),
    )]),
  ].join("\n\n");
}

function describeOption(
  { help, choices, repeatable }: OptionReference,
): string {
  return [
    help,
    ...(choices === undefined
      ? []
      : [`one of ${choices.map((choice) => `\`${choice}\``).join(", ")}`]),
    ...(repeatable === undefined ? [] : ["may be repeated"]),
  ].join("; ");
}

/** A Markdown table as the formatter leaves it: padded to equal widths. */
function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cells = [header, ...rows].map((row) =>
    row.map((cell) => cell.replaceAll("|", "\\|"))
  );
  const widths = header.map((_, column) =>
    Math.max(3, ...cells.map((row) => row[column]?.length ?? 0))
  );
  const renderRow = (row: readonly string[]) =>
    `| ${
      row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")
    } |`;
  const [first = [], ...others] = cells;
  return [
    renderRow(first),
    renderRow(widths.map((width) => "-".repeat(width))),
    ...others.map(renderRow),
  ].join("\n");
}
