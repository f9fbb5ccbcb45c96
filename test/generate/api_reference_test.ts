import { assertEquals } from "@std/assert";
import { renderApiReference } from "../../src/generate/api_reference.ts";

/** The table rows that a page makes of a schema. */
function rowsOf(schema: Parameters<typeof renderApiReference>[0]) {
  return renderApiReference(schema).split("\n")
    .filter((line) => line.startsWith("| `"));
}

Deno.test("renderApiReference() makes a row of each field, with its type", () => {
  const time = { type: "string", format: "date-time" };
  assertEquals(
    rowsOf({
      required: ["name"],
      properties: {
        name: { type: "string", description: "A name." },
        at: { $ref: "#/definitions/Instant" },
        state: { anyOf: [{ enum: ["up", "down"] }, { const: "unknown" }] },
        owners: { type: "array", items: { $ref: "#/definitions/Owner" } },
      },
      definitions: {
        Instant: time,
        Owner: { properties: { pid: { type: "integer" } } },
      },
    }),
    [
      "| `name` | string | always | A name. |",
      "| `at` | time |  |  |",
      "| `state` | `up`, `down`, `unknown` |  |  |",
      "| `owners` | list of [Owner](#owner) |  |  |",
      "| `pid` | integer |  |  |",
    ],
  );
});

Deno.test("renderApiReference() gives each object a section", () => {
  const page = renderApiReference({
    definitions: {
      Owner: { description: "Who.", properties: {} },
      Instant: { type: "string" },
    },
  });
  assertEquals(page.match(/^## .*\n\n.*$/gm), ["## Owner\n\nWho."]);
});
