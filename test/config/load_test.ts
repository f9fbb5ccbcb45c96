import { assert, assertEquals } from "@std/assert";
import { loadConfig } from "../../src/config/load.ts";
import { badDirectory, goodDirectory, listNames } from "./corpus.ts";

function loadErrors(path: string): readonly string[] {
  const result = loadConfig(path);
  return result.ok ? [] : result.errors;
}

for (const name of listNames(goodDirectory, ".yml")) {
  Deno.test(`loadConfig() accepts good/${name}.yml`, () => {
    assertEquals(loadErrors(`${goodDirectory}/${name}.yml`), []);
  });
}

for (const name of listNames(badDirectory, ".yml")) {
  Deno.test(`loadConfig() says what is wrong in bad/${name}.yml`, () => {
    const messages = loadErrors(`${badDirectory}/${name}.yml`)
      .map((error) => error.replace(`${badDirectory}/`, ""));
    assertEquals(
      messages.map((message) => `${message}\n`).join(""),
      Deno.readTextFileSync(`${badDirectory}/${name}.txt`),
    );
  });
}

Deno.test("every bad configuration stands beside its messages", () => {
  const names = listNames(badDirectory, ".yml");
  assertEquals(names, listNames(badDirectory, ".txt"));
  assert(names.length > 100, `only ${names.length} files were found`);
});

Deno.test("loadConfig() names a file that does not exist", () => {
  assertEquals(loadErrors("fixtures/config/none.yml"), [
    "fixtures/config/none.yml: Cannot read the file: it does not exist",
  ]);
});

Deno.test("loadConfig() refuses a directory", () => {
  assertEquals(loadErrors("fixtures/config"), [
    "fixtures/config: Cannot read the file: it is a directory, " +
    "want a regular file",
  ]);
});
