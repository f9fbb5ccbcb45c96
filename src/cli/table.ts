/**
 * Renders tables for terminals.
 *
 * @module
 */

/** A colour of a cell. */
export type TableColor = "green" | "yellow" | "red";

/** SGR parameters, ECMA-48 8.3.117. */
const SGR: Readonly<Record<TableColor, number>> = {
  red: 31,
  green: 32,
  yellow: 33,
};

/** Renders rows below a header, columns separated by two blanks. */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { colorOf = () => undefined }: {
    readonly colorOf?: (cell: string, column: number) => TableColor | undefined;
  } = {},
): string {
  // Names come from the configuration: a line break or an escape sequence in
  // one must not reach the terminal.
  const lines = [header, ...rows].map((row) => row.map(escapeControls));
  const widths = header.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0))
  );
  const renderCell = (cell: string, column: number): string => {
    const padded = column === header.length - 1
      ? cell
      : cell.padEnd(widths[column] ?? 0);
    const color = colorOf(cell, column);
    return color === undefined ? padded : `\x1b[${SGR[color]}m${padded}\x1b[0m`;
  };
  return lines.map((line) => `${line.map(renderCell).join("  ").trimEnd()}\n`)
    .join("");
}

function escapeControls(text: string): string {
  return text.replace(
    // deno-lint-ignore no-control-regex -- control characters are what is sought
    /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
