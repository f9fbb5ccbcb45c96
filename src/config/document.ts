/**
 * Turns the text of a configuration file into mappings, lists and texts, within
 * bounds. Pure.
 *
 * @module
 */

// @ts-types="../declarations/std_yaml.d.ts"
import { parse as parseYaml } from "@std/yaml";

/** One mistake or one risk in a configuration. */
export interface Diagnostic {
  /** What is wrong where, as one sentence without the file's name. */
  readonly message: string;
  /** Line and column, 1-based, when the mistake is one of YAML. */
  readonly position?: string;
}

/** Longest accepted configuration; 10,000 single ports take 400 KB. */
export const MAX_CONFIG_BYTES = 1024 * 1024;

/** Most mappings, lists and scalars once aliases are followed. */
const MAX_YAML_NODES = 200_000;

/** A document, or what is wrong with it. */
export type DocumentResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

/**
 * Parses YAML with the failsafe schema: every scalar stays the text that stands
 * in the file.
 */
export function parseDocument(text: string): DocumentResult {
  const fail = (message: string, position?: string): DocumentResult => ({
    ok: false,
    errors: [{ message, ...(position !== undefined && { position }) }],
  });
  if (text.length > MAX_CONFIG_BYTES) {
    return fail(
      `Cannot use the file: ${text.length} bytes, want at most ${MAX_CONFIG_BYTES}`,
    );
  }
  try {
    // Failsafe: every scalar stays the text that stands in the file.
    const value = parseYaml(text, { schema: "failsafe" }) ?? {};
    if (countNodes(value, MAX_YAML_NODES) > MAX_YAML_NODES) {
      return fail(
        `Cannot use the file: more than ${MAX_YAML_NODES} values, ` +
          "want fewer or no nested aliases",
      );
    }
    return { ok: true, value };
  } catch (error) {
    if (error instanceof RangeError) {
      return fail("Cannot parse YAML: nested too deep, want a flat file");
    }
    if (!(error instanceof SyntaxError)) throw error;
    return describeYamlError(error, fail);
  }
}

/** The parser's message is `Cannot …: what at line 3, column 5:` and a quote. */
function describeYamlError(
  error: SyntaxError,
  fail: (message: string, position?: string) => DocumentResult,
): DocumentResult {
  const match =
    /^(?:Cannot [^:]*: )?(?<what>[\s\S]*) at line (?<line>\d+), column (?<column>-?\d+):\n(?<quote>[^\n]*)/
      .exec(error.message)?.groups;
  if (match === undefined) {
    return fail(`Cannot parse YAML: ${escapeControls(error.message)}`);
  }
  const quote = match["quote"]?.trim();
  return fail(
    `Cannot parse YAML: ${escapeControls(match["what"] ?? "")}${
      quote ? ` in ${JSON.stringify(quote)}` : ""
    }`,
    // The parser miscounts the column of a key whose value spans lines.
    Number(match["column"]) > 0
      ? `${match["line"]}:${match["column"]}`
      : match["line"],
  );
}

/** The parser quotes what stands in the file as it is. */
function escapeControls(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => JSON.stringify(character).slice(1, -1),
  );
}

/** Counts values as a reader that follows aliases sees them; stops at `limit`. */
function countNodes(value: unknown, limit: number): number {
  let count = 1;
  if (typeof value === "object" && value !== null) {
    for (const child of Object.values(value)) {
      count += countNodes(child, limit - count);
      if (count > limit) break;
    }
  }
  return count;
}
