import { assertEquals } from "@std/assert";
import { suggest } from "../../src/config/suggest.ts";

const keys = ["port", "name", "protocol", "address", "process"];

const cases = [
  ["a letter left out", "protcol", "protocol"],
  ["a letter too many", "addresss", "address"],
  ["a wrong letter", "nane", "name"],
  ["a doubled letter", "proccess", "process"],
  ["two letters swapped in a long word", "protcool", "protocol"],
  ["a plural", "ports", "port"],
] as const;

for (const [mistake, word, meant] of cases) {
  Deno.test(`suggest() sees through ${mistake}`, () => {
    assertEquals(suggest(word, keys), `; did you mean "${meant}"?`);
  });
}

const none = [
  ["a word that is like none", "comment"],
  ["a short word of which only a part is right", "pot1x"],
  ["an empty word", ""],
] as const;

for (const [word, text] of none) {
  Deno.test(`suggest() has nothing to say to ${word}`, () => {
    assertEquals(suggest(text, keys), "");
  });
}

Deno.test("suggest() needs candidates", () => {
  assertEquals(suggest("port", []), "");
});
