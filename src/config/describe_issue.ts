/**
 * Puts what the schema finds wrong into sentences.
 *
 * @module
 */

import type { Diagnostic } from "./document.ts";
import { suggest } from "./suggest.ts";

/** What the schema finds wrong, of what valibot tells of it. */
export interface Issue {
  /** Name of the schema or check that failed. */
  readonly type: string;
  /** What was expected; `never` for an unknown key. */
  readonly expected: string | null;
  /** The raw value, or the key. */
  readonly input: unknown;
  /** What is allowed, see `schema_parts.ts`. */
  readonly message: string;
  /** The way to the value; absent for the whole file. */
  readonly path?: readonly IssuePathItem[] | undefined;
}

/** One step of the way to a value. */
export interface IssuePathItem {
  /** Key of a mapping or index of a list. */
  readonly key: unknown;
  /** Whether the key itself or its value is wrong. */
  readonly origin: "key" | "value";
  /** The mapping or list. */
  readonly input: unknown;
}

/** What a description must not tell. */
export interface DescribeOptions {
  /** Whether the value at a place is named by its kind only, not quoted. */
  readonly isSecret?: (keys: readonly unknown[]) => boolean;
}

/** Describes the issues that `schema` found. */
export function describeIssues(
  issues: readonly Issue[],
  schema: unknown,
  { isSecret = () => false }: DescribeOptions = {},
): readonly Diagnostic[] {
  return issues.flatMap((issue) => {
    const keys = (issue.path ?? []).map(({ key }) => key);
    const found = isSecret(keys)
      ? nameKind(issue.input)
      : quoteRaw(issue.input);
    return describeIssue(issue, { schema, found });
  });
}

/** Describes one issue; one of several unknown keys speaks for all of them. */
function describeIssue(
  issue: Issue,
  { schema, found }: { readonly schema: unknown; readonly found: string },
): readonly Diagnostic[] {
  const path = issue.path ?? [];
  const place = formatPlace(path.map((item) => item.key));
  const parent = path.at(-1)?.input;
  if (issue.type === "strict_object" && issue.expected === "never") {
    const allowed = allowedKeys(
      path.slice(0, -1).map((item) => item.key),
      schema,
    );
    // Valibot stops at the first unknown key of a mapping.
    const keys = Object.keys(parent as object)
      .filter((key) => !allowed.includes(key));
    return keys.map((key) => ({
      message: `Cannot use ${
        formatPlace([...path.slice(0, -1).map((item) => item.key), key])
      }: unknown key, want one of ${allowed.join(", ")}${
        suggest(key, allowed)
      }`,
    }));
  }
  if (
    issue.type === "strict_object" && path.at(-1)?.origin === "key" &&
    isMapping(parent)
  ) {
    return [{
      message: `Cannot use ${place}: missing, want 1-65535 or a range ` +
        "like 7878-7880",
    }];
  }
  const tail = issue.message.startsWith(" ")
    ? issue.message
    : `, want ${issue.message}`;
  const typo = typeof issue.input === "string"
    ? suggest(issue.input, listChoices(tail))
    : "";
  return [{
    message: place === ""
      ? `Cannot use the file: ${found}${tail}`
      : `Cannot use ${place}: ${found}${tail}${typo}`,
  }];
}

/** The words that may stand there, of `, want udp or tcp`; no descriptions. */
function listChoices(tail: string): readonly string[] {
  return /^, want (?!a |at )/.test(tail)
    ? tail.slice(", want ".length).split(/, | or /)
      .filter((choice) => /^[A-Za-z]+$/.test(choice))
    : [];
}

function isMapping(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `ports[2].port[1]`; keys that are not words are quoted. */
export function formatPlace(keys: readonly unknown[]): string {
  let place = "";
  for (const key of keys) {
    if (typeof key === "number") place += `[${key}]`;
    else if (/^\w+$/.test(String(key))) place += `${place && "."}${key}`;
    else place += `[${JSON.stringify(key)}]`;
  }
  return place;
}

/** The keys that the schema allows at a place. */
function allowedKeys(
  keys: readonly unknown[],
  root: unknown,
): readonly string[] {
  // deno-lint-ignore no-explicit-any -- walks a schema of any shape
  let schema: any = root;
  const unwrap = () => {
    // What a pipe, an optional key or a mapping's own check is wrapped around.
    for (let inner = schema; inner !== undefined;) {
      schema = inner;
      inner = schema.entries === undefined
        ? schema.wrapped ?? schema.pipe?.find(hasShape)
        : undefined;
    }
  };
  for (const key of keys) {
    unwrap();
    schema = typeof key === "number"
      ? schema.item
      : schema.entries[String(key)];
  }
  unwrap();
  return Object.keys(schema.entries);
}

// deno-lint-ignore no-explicit-any -- a schema of any shape
function hasShape(schema: any): boolean {
  return schema.entries !== undefined || schema.item !== undefined ||
    schema.pipe?.some(hasShape) === true;
}

/** What the input is, for a message that must not quote it. */
function nameKind(input: unknown): string {
  if (input === null) return "empty";
  if (typeof input === "string") return `a text of ${input.length} characters`;
  return Array.isArray(input) ? "a list" : "a mapping";
}

/** Raw input for a message: numbers bare, all else quoted, cut when long. */
function quoteRaw(input: unknown): string {
  if (input === null) return "empty";
  if (typeof input === "string" && /^-?\d{1,20}$/.test(input)) return input;
  const text = JSON.stringify(input) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
