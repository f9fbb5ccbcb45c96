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
  ["a line break", "a\nb", "a\\u000ab"],
  ["a carriage return", "a\rb", "a\\u000db"],
  ["an escape sequence", "\x1b[31mred", "\\u001b[31mred"],
  ["a one-byte escape sequence", "\x9b31mred", "\\u009b31mred"],
  ["a NUL", "a\0b", "a\\u0000b"],
  ["a delete", "a\x7fb", "a\\u007fb"],
  ["a line separator", "a\u2028b", "a\\u2028b"],
  ["a turn of the writing direction", "a\u202eb", "a\\u202eb"],
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
    "NAME      UP\n" +
      "a\\u000ab  1\n" +
      "c         0\n",
  );
});
