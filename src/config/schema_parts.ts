/**
 * The parts that the configuration's schema is put together from: each knows
 * how it validates and what its JSON Schema is.
 *
 * @module
 */

import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { parseText } from "./scalars.ts";

/** What valibot-to-JSON-Schema returns. */
export type JsonSchema = ReturnType<typeof toJsonSchema>;

/**
 * Editors see typed YAML (`6984` is an integer to them), this program sees
 * text: the JSON Schema of a scalar cannot be derived and stands beside it, to
 * be built only when it is asked for.
 */
const jsonSchemas = new WeakMap<object, () => JsonSchema>();

/** The types that a text without quotes may have for an editor. */
export const ANY_SCALAR = ["string", "number", "boolean"] as const;

const ANY_TEXT: JsonSchema = { type: [...ANY_SCALAR], minLength: 1 };

/** A scalar: text in the file, a value in the result. */
export function scalar<Value>(
  { want, parse, jsonSchema }: {
    readonly want: string;
    readonly parse: (text: string) => Value | undefined;
    readonly jsonSchema: JsonSchema;
  },
) {
  const base = v.string(want);
  jsonSchemas.set(base, () => jsonSchema);
  return v.pipe(
    base,
    v.rawTransform<string, Value>(({ dataset, addIssue, NEVER }) => {
      try {
        const value = parse(dataset.value);
        if (value !== undefined) return value;
        addIssue({ message: want });
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        // A message that begins with a blank goes on behind the raw value.
        addIssue({
          message: error.message.startsWith(" ") ? error.message : want,
        });
      }
      return NEVER;
    }),
  );
}

/** One value or a list of at least one; always a list in the result. */
export function oneOrMany<Value>(item: v.GenericSchema<unknown, Value>) {
  const many = v.pipe(
    v.array(item),
    v.minLength(1, "at least one value"),
  );
  const one = v.pipe(item, v.transform((value): Value[] => [value]));
  const base = v.lazy((input) => Array.isArray(input) ? many : one);
  jsonSchemas.set(base, () => {
    const items = convert(item);
    return { anyOf: [items, { type: "array", items, minItems: 1 }] };
  });
  return base;
}

/** One of a few words. */
export function choice<const Choice extends string>(
  choices: readonly Choice[],
) {
  return scalar({
    want: listOf(choices),
    parse: (text) => choices.find((choice) => choice === text),
    jsonSchema: { enum: [...choices] },
  });
}

/** A mapping with just these keys. */
export function mapping<Entries extends v.ObjectEntries>(
  entries: Entries,
  want: string,
) {
  return notAList(v.strictObject(entries, want), want);
}

/** Valibot takes a list for a mapping with the keys 0, 1, …; users do not. */
function notAList<Schema extends v.GenericSchema>(
  schema: Schema,
  want: string,
) {
  const base = v.unknown();
  jsonSchemas.set(base, () => convert(schema));
  return v.pipe(
    base,
    v.check((input) => !Array.isArray(input), want),
    schema,
  );
}

/** `a, b or c`. */
function listOf(words: readonly string[]): string {
  return words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** A text of at least one character. */
export function text(want: string) {
  return scalar({
    want,
    parse: parseText,
    jsonSchema: ANY_TEXT,
  });
}

/** An optional key and what it means. */
export function described<Schema extends v.GenericSchema>(
  description: string,
  schema: Schema,
) {
  const base = v.optional(schema);
  jsonSchemas.set(base, () => ({ ...convert(schema), description }));
  return base;
}

const LABEL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Labels by name; `reserved` names are refused. */
export function labels(reserved: readonly string[]) {
  const wantName =
    "a label name of letters, digits and _ that does not begin with a digit or __";
  const name = v.pipe(
    v.string(),
    v.check((key) => LABEL_NAME.test(key) && !key.startsWith("__"), wantName),
    v.check(
      (key) => !reserved.includes(key),
      ({ input }) =>
        " is a reserved label, want " +
        (input === "severity"
          ? "the key severity of a port entry or an override"
          : "another name"),
    ),
  );
  const want = "a mapping of labels";
  const value = text("a text");
  // Not v.record(): it drops the keys __proto__, prototype and constructor.
  const base = v.custom<Readonly<Record<string, unknown>>>(
    (input) => typeof input === "object" && input !== null,
    want,
  );
  const schema = v.pipe(
    base,
    v.rawTransform<
      Readonly<Record<string, unknown>>,
      Readonly<Record<string, string>>
    >(({ dataset, addIssue }) => {
      const input = dataset.value;
      const report = (
        key: string,
        origin: "key" | "value",
        issue: v.BaseIssue<unknown> | undefined,
      ) => {
        if (issue === undefined) return;
        addIssue({
          message: issue.message,
          input: issue.input,
          path: [{ type: "object", origin, input, key, value: input[key] }],
        });
      };
      const entries = Object.entries(input).map(([key, raw]) => {
        const result = v.safeParse(value, raw);
        report(
          key,
          "key",
          v.safeParse(name, key, { abortEarly: true }).issues?.[0],
        );
        report(key, "value", result.issues?.[0]);
        return [key, result.success ? result.output : ""] as const;
      });
      return Object.fromEntries(entries);
    }),
  );
  jsonSchemas.set(base, () => ({
    type: "object",
    propertyNames: {
      pattern: "^(?!__)[A-Za-z_][A-Za-z0-9_]*$",
      ...(reserved.length > 0 && { not: { enum: [...reserved] } }),
    },
    additionalProperties: ANY_TEXT,
  }));
  return notAList(schema, want);
}

/** Converts a schema to JSON Schema, without the key `$schema`. */
export function convert(schema: v.GenericSchema): JsonSchema {
  const { $schema: _, ...jsonSchema } = toJsonSchema(schema, {
    errorMode: "ignore",
    typeMode: "input",
    overrideSchema: ({ valibotSchema }) => jsonSchemas.get(valibotSchema)?.(),
  });
  return jsonSchema;
}
