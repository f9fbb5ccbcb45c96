import { Ajv, type SchemaObject } from "ajv";
import { assertEquals } from "@std/assert";
import { parse as parseYaml } from "@std/yaml";
import { buildJsonSchema } from "../../src/config/schema.ts";
import { badDirectory, goodDirectory, listNames } from "./corpus.ts";

/** What a validator says of files that it reads as an editor does. */
function createValidator(): (path: string) => readonly string[] {
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true })
    .compile(buildJsonSchema() as SchemaObject);
  return (path) => {
    // Editors resolve numbers and booleans, unlike this program.
    validate(parseYaml(Deno.readTextFileSync(path), { schema: "core" }));
    return (validate.errors ?? []).map(({ instancePath, message }) =>
      `${instancePath} ${message}`
    );
  };
}

Deno.test("buildJsonSchema() accepts every good file", () => {
  const validate = createValidator();
  const complaints = listNames(goodDirectory, ".yml").map((name) => [
    name,
    validate(`${goodDirectory}/${name}.yml`),
  ]);
  assertEquals(complaints.filter(([, errors]) => errors?.length !== 0), []);
});

// The rest of the bad files breaks rules that a JSON Schema cannot hold, or
// that would make the schema harder to read than the mistake is to find.
const refused = [
  "unknown_key",
  "unknown_key_in_ports",
  "unknown_key_in_defaults",
  "unknown_key_in_ignore",
  "unknown_key_in_override",
  "missing_port",
  "port_zero",
  "port_too_large",
  "port_negative",
  "port_service_name",
  "port_empty_list",
  "port_range_with_blanks",
  "label_name_with_dash",
  "label_name_with_two_underscores",
  "label_reserved",
  "label_value_list",
  "duration_without_unit",
  "duration_unit_twice",
  "protocol_unknown",
  "severity_unknown",
  "sockets_zero",
  "boolean_yes",
  "alert_disabled_mandatory",
  "alert_overridden_unknown",
  "dashboard_uid_with_blank",
  "ports_mapping",
  "file_list",
];

Deno.test("buildJsonSchema() refuses bad files", () => {
  const validate = createValidator();
  assertEquals(
    refused.filter((name) =>
      validate(`${badDirectory}/${name}.yml`).length === 0
    ),
    [],
  );
});

Deno.test("buildJsonSchema() describes every key", () => {
  const undescribed: string[] = [];
  const visit = (schema: Schema, place: string) => {
    for (const [key, child] of Object.entries(schema.properties ?? {})) {
      // What a port is, the entry's other keys do not need to be told.
      if (child.description === undefined && key !== "port") {
        undescribed.push(`${place}.${key}`);
      }
      visit(child, `${place}.${key}`);
    }
    if (schema.items !== undefined) visit(schema.items, `${place}[]`);
  };
  visit(buildJsonSchema() as Schema, "");
  assertEquals(undescribed, []);
});

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}
