/**
 * Renders tables for terminals.
 *
 * @module
 */

/** Renders rows below a header, columns separated by two blanks. */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  // Names come from the configuration: a line break or an escape sequence in
  // one must not reach the terminal.
  const lines = [header, ...rows].map((row) => row.map(escapeControls));
  const widths = header.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0))
  );
  return lines.map((line) =>
    `${
      line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")
        .trimEnd()
    }\n`
  ).join("");
}

function escapeControls(text: string): string {
  return text.replace(
    // deno-lint-ignore no-control-regex -- control characters are what is sought
    /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
