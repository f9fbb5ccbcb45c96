import { assertEquals } from "@std/assert";
import { renderTable } from "../../src/cli/table.ts";

Deno.test("renderTable() aligns columns to their longest cell", () => {
  assertEquals(
    renderTable(["PORT", "NAME"], [
      ["514", "syslog"],
      ["udp/6984", "a"],
    ]),
    "PORT      NAME\n" +
      "514       syslog\n" +
      "udp/6984  a\n",
  );
});

Deno.test("renderTable() leaves no blanks at the end of a line", () => {
  assertEquals(
    renderTable(["A", "B"], [["x", ""], ["", "long"]]),
    "A  B\nx\n   long\n",
  );
});

Deno.test("renderTable() renders a header without rows", () => {
  assertEquals(renderTable(["PORT", "NAME"], []), "PORT  NAME\n");
});

const controls = [
  ["a line break", "a\nb", "a\\u{a}b"],
  ["a carriage return", "a\rb", "a\\u{d}b"],
  ["an escape sequence", "\x1b[31mred", "\\u{1b}[31mred"],
  ["a one-byte escape sequence", "\x9b31mred", "\\u{9b}31mred"],
  ["a NUL", "a\0b", "a\\u{0}b"],
  ["a delete", "a\x7fb", "a\\u{7f}b"],
  ["a line separator", "a\u2028b", "a\\u{2028}b"],
  ["a turn of the writing direction", "a\u202eb", "a\\u{202e}b"],
  ["what has no width", "a\u200bb", "a\\u{200b}b"],
  ["a mark of the writing direction", "a\u200fb", "a\\u{200f}b"],
  ["an umlaut, which is harmless", "Zürich", "Zürich"],
] as const;

for (const [what, cell, shown] of controls) {
  Deno.test(`renderTable() shows ${what} as text`, () => {
    assertEquals(
      renderTable(["A", "B"], [[cell, "x"]]).split("\n")[1],
      `${shown}  x`,
    );
  });
}

Deno.test("renderTable() aligns by what it shows", () => {
  assertEquals(
    renderTable(["NAME", "UP"], [["a\nb", "1"], ["c", "0"]]),
    "NAME     UP\n" +
      "a\\u{a}b  1\n" +
      "c        0\n",
  );
});
