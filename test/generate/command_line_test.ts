import { assertEquals } from "@std/assert";
import {
  describeOption,
  type OptionReference,
  renderOption,
} from "../../src/generate/command_line.ts";

const format: OptionReference = {
  placeholder: "FORMAT",
  choices: ["table", "json"],
  default: "table",
  repeatable: true,
  help: "Form of the output",
};

Deno.test("renderOption() shows what an option takes", () => {
  assertEquals(renderOption("format", format), "--format=FORMAT");
  assertEquals(renderOption("help", { help: "Explain" }), "--help");
});

Deno.test("describeOption() tells choices, default and repetition", () => {
  assertEquals(describeOption({ help: "Explain" }), "Explain");
  assertEquals(
    describeOption(format),
    "Form of the output (table, json; default table; may be repeated)",
  );
  assertEquals(
    describeOption(format, (value) => `<${value}>`),
    "Form of the output (<table>, <json>; default <table>; may be repeated)",
  );
});
