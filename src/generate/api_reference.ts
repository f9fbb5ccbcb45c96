/**
 * Renders the reference page of the JSON from its JSON Schema. Pure.
 *
 * @module
 */

/** What the page uses of a JSON Schema (draft-07). */
export interface ApiSchema {
  /** Name of another schema: `#/definitions/OwnerReport`. */
  readonly $ref?: string;
  /** One sentence or more. */
  readonly description?: string;
  /** JSON type. */
  readonly type?: string;
  /** Format of a string. */
  readonly format?: string;
  /** The values of a closed set. */
  readonly enum?: readonly string[];
  /** The only value. */
  readonly const?: string;
  /** Schemas of which one holds. */
  readonly anyOf?: readonly ApiSchema[];
  /** Schema of a list's items. */
  readonly items?: ApiSchema;
  /** Schemas of an object's fields. */
  readonly properties?: Readonly<Record<string, ApiSchema>>;
  /** Fields that are never absent. */
  readonly required?: readonly string[];
  /** Schemas by name. */
  readonly definitions?: Readonly<Record<string, ApiSchema>>;
}

/**
 * Renders a table for the whole and one for each object in it.
 *
 * @returns Markdown that ends with a newline
 */
export function renderApiReference(schema: ApiSchema): string {
  const { definitions = {} } = schema;
  const objects = Object.entries(definitions)
    .filter(([, { properties }]) => properties !== undefined);
  return `${
    [
      HEAD,
      renderFields(schema, definitions),
      ...objects.map(([name, definition]) =>
        `## ${name}\n\n${definition.description ?? ""}\n\n${
          renderFields(definition, definitions)
        }`
      ),
    ].join("\n\n")
  }\n`;
}

const HEAD =
  `<!-- Made by \`make generate\` from src/report/status_report.ts. Do not edit. -->

# JSON

\`GET /api/v1/ports\` scans and answers with all that the exporter knows, as
\`application/json\`. \`port_exporter check --format=json\` prints the same of one
scan, without what only a running exporter can know. [The JSON
Schema](ports.schema.json) describes both.

Fields are named like the metrics, in camelCase; times are RFC 3339 in UTC. A
value that cannot be known is absent: it is never shown as 0. Fields may be
added; a change of what is there would be \`/api/v2\`.

\`\`\`sh
# Ports that are not as configured, with their state
curl -s http://localhost:9117/api/v1/ports |
  jq -r '.targets[] | select(.state != "up") | "\\(.protocol)/\\(.port) \\(.name) \\(.state)"'
\`\`\``;

type Definitions = Readonly<Record<string, ApiSchema>>;

function renderFields(
  { properties = {}, required = [] }: ApiSchema,
  definitions: Definitions,
): string {
  const rows = Object.entries(properties).map(([name, field]) =>
    `| \`${name}\` | ${describeType(field, definitions)} | ${
      required.includes(name) ? "always" : ""
    } | ${field.description ?? ""} |`
  );
  return `| field | type | there | meaning |
| --- | --- | --- | --- |
${rows.join("\n")}`;
}

function describeType(schema: ApiSchema, definitions: Definitions): string {
  const name = schema.$ref?.replace("#/definitions/", "");
  if (name !== undefined) {
    const definition = definitions[name] ?? {};
    return definition.properties === undefined
      ? describeType(definition, definitions)
      : `[${name}](#${name.toLowerCase()})`;
  }
  const { items, anyOf, type = "", format } = schema;
  if (items !== undefined) return `list of ${describeType(items, definitions)}`;
  if (anyOf !== undefined) {
    return anyOf.map((each) => describeType(each, definitions)).join(", ");
  }
  const values = schema.const === undefined ? schema.enum : [schema.const];
  if (values !== undefined) {
    return values.map((value) => `\`${value}\``).join(", ");
  }
  return format === "date-time" ? "time" : type;
}
