/**
 * Renders tables for pages. Pure.
 *
 * @module
 */

/**
 * Renders a Markdown table as the formatter leaves it, padded to equal widths,
 * without a newline at its end.
 */
export function renderTable(
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
