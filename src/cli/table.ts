/**
 * Renders tables for terminals.
 *
 * @module
 */

import { spellOutInvisible } from "../visible_text.ts";

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
  const lines = [header, ...rows].map((row) => row.map(spellOutInvisible));
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
