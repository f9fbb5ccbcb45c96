import { Ajv, type SchemaObject } from "ajv";
import { assertEquals } from "@std/assert";
import { parse as parseYaml } from "@std/yaml";
import fc from "fast-check";
import { parseConfig } from "../../src/config/parse.ts";
import { buildJsonSchema } from "../../src/config/schema.ts";
import { badDirectory, goodDirectory, listNames } from "./corpus.ts";

function compileSchema() {
  return new Ajv({ allErrors: true, allowUnionTypes: true })
    .compile(buildJsonSchema() as SchemaObject);
}

/** What a validator says of files that it reads as an editor does. */
function createValidator(): (path: string) => readonly string[] {
  const validate = compileSchema();
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

// The same file in the editor and in the program. A quoted number or boolean is
// text to the editor and the same to the program: there is none of these here.

const words = fc.constantFrom(
  ...["", "a", "a b", "rsyslog.service", "10.0.0.5", "10.0.0.0/8", "any", "~"],
  ...["PortDown", "__x", "job", "site", "0x1f", "no", "__proto__", "ü"],
);
const anyScalar = fc.oneof(words, fc.integer(), fc.boolean());
const oneOrMany = <Value>(one: fc.Arbitrary<Value>) =>
  fc.oneof(one, fc.array(one, { maxLength: 2 }));
const port = fc.oneof(
  fc.integer({ min: -1, max: 65537 }),
  fc.constantFrom("514", "514-516", "516-514", "0514", "99999", "1-", "x"),
);
const duration = fc.oneof(
  fc.constantFrom("5m", "1h30m", "0", 0, 5, "m", "5m5h", "1y2w3d4h5m6s7ms"),
  fc.constantFrom("1000y", "100000w", "1234567890s", "0123456789012ms"),
);
const protocol = fc.constantFrom("udp", "tcp", "sctp");
const severity = fc.constantFrom("critical", "info", "Info");
const labels = fc.dictionary(words, anyScalar, { maxKeys: 2 });
const optional = { requiredKeys: [] };
const targetKeys = {
  protocol: oneOrMany(protocol),
  address: words,
  process: oneOrMany(anyScalar),
  unit: oneOrMany(anyScalar),
  user: oneOrMany(anyScalar),
  sockets: fc.oneof(fc.integer(), fc.integer({ min: 0, max: 3 })),
  severity,
  for: duration,
  labels,
};
const typedConfig = fc.record({
  defaults: fc.record(targetKeys, optional),
  ports: fc.array(
    fc.record({ port: oneOrMany(port), name: anyScalar, ...targetKeys }, {
      requiredKeys: ["port"],
    }),
    { maxLength: 2 },
  ),
  listeners: fc.record({
    enabled: fc.boolean(),
    ignore: fc.array(
      fc.record(
        { protocol, port: oneOrMany(port), process: oneOrMany(anyScalar) },
        optional,
      ),
      { maxLength: 2 },
    ),
  }, optional),
  alerts: fc.record({
    job: anyScalar,
    labels,
    runbook_url: anyScalar,
    disable: fc.array(fc.constantFrom("PortRebound", "PortExporterDown")),
    override: fc.dictionary(
      fc.constantFrom("PortDown", "PortUp"),
      fc.record({ for: duration, severity, labels, annotations: labels }, {
        ...optional,
      }),
    ),
  }, optional),
  dashboard: fc.record(
    { title: anyScalar, uid: anyScalar, tags: fc.array(anyScalar) },
    optional,
  ),
}, optional);

/** What a JSON Schema cannot say, or not so that people can read it. */
const beyondSchema =
  /stands already at|no ports, want|targets, want at most|\.address: |\.port(\[\d\])?: "?\d|: \{\}, want at least one of protocol/;

Deno.test("buildJsonSchema() accepts what the parser accepts, and little more", () => {
  const validate = compileSchema();
  fc.assert(
    fc.property(typedConfig, (value) => {
      const result = parseConfig(JSON.stringify(value));
      const isAccepted = validate(value);
      if (result.ok) assertEquals([isAccepted, validate.errors], [true, null]);
      else if (isAccepted) {
        assertEquals(
          result.errors.map(({ message }) => message)
            .filter((message) => !beyondSchema.test(message)),
          [],
        );
      }
    }),
    { numRuns: 2000 },
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
