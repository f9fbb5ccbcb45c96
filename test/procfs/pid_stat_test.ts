import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseBootTime, parsePidStat } from "../../src/procfs/pid_stat.ts";
import { HOST_STAT, statText } from "../support/process_text.ts";

Deno.test("parsePidStat() reads name, parent and start", () => {
  // init(1) of a Debian host.
  const line = "1 (systemd) S 0 1 1 0 -1 4194560 23117 1126143 128 2065 47 " +
    "121 8765 2541 20 0 1 0 12 172306432 3226 18446744073709551615 1 1 0 0 0 " +
    "0 671173123 4096 1260 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
  assertEquals(parsePidStat(line), {
    comm: "systemd",
    parentPid: 0,
    startTicks: 12,
  });
});

const names = [
  ["a blank", "Web Content"],
  ["parentheses", "(sd-pam)"],
  ["an opening parenthesis", "a(b"],
  ["a closing parenthesis", "a)"],
  ["what looks like the rest of the line", ") 1 (S) S 7 8"],
  ["an escaped newline", "a\\nb"],
  ["an escaped backslash", "a\\\\b"],
  ["no character", ""],
  ["letters beyond ASCII", "überwacher"],
] as const;

for (const [what, comm] of names) {
  Deno.test(`parsePidStat() reads a name with ${what}`, () => {
    assertEquals(
      parsePidStat(statText({ comm, parentPid: 77, startTicks: 123456 })),
      { comm, parentPid: 77, startTicks: 123456 },
    );
  });
}

Deno.test("parsePidStat() ends the name at the last parenthesis", () => {
  const name = fc.string({ unit: fc.constantFrom("(", ")", " ", "1", "S") });
  fc.assert(fc.property(name, (comm) => {
    assertEquals(parsePidStat(statText({ comm })).comm, comm);
  }));
});

const good = statText();
const badLines = [
  ["is empty", ""],
  ["has no name", good.replace("(filebeat) ", "")],
  ["has a name without an end", good.replace(")", "")],
  ["ends behind the name", "4242 (filebeat)"],
  ["ends before the start", good.slice(0, good.indexOf(" 98765"))],
  ["ends right before the start", good.slice(0, good.indexOf("98765"))],
  ["has a parent that is no number", good.replace("S 1 ", "S x ")],
  ["has a start of more than 64 bits", good.replace("98765", "9".repeat(400))],
  ["has a start that is no number", good.replace("98765", "98.7.65")],
] as const;

for (const [mistake, line] of badLines) {
  Deno.test(`parsePidStat() refuses a line that ${mistake}`, () => {
    const error = assertThrows(() => parsePidStat(line), SyntaxError);
    assertEquals(
      error.message,
      `Cannot parse stat: ${JSON.stringify(line.slice(0, 160))}, want ` +
        "a pid, a name in parentheses and at least 20 columns",
    );
  });
}

Deno.test("parseBootTime() finds the line btime", () => {
  assertEquals(parseBootTime(HOST_STAT), 1_700_000_000);
});

for (
  const [mistake, text] of [
    ["is missing", HOST_STAT.replace(/^btime .*\n/m, "")],
    ["has no number", HOST_STAT.replace("1700000000", "")],
    [
      "has more than 64 bits",
      HOST_STAT.replace("1700000000", "9".repeat(400)),
    ],
    ["has a negative number", HOST_STAT.replace("1700000000", "-1")],
    ["only ends another word", HOST_STAT.replace("btime", "xbtime")],
  ] as const
) {
  Deno.test(`parseBootTime() refuses a text whose line btime ${mistake}`, () => {
    const error = assertThrows(() => parseBootTime(text), SyntaxError);
    assertEquals(error.message, "Cannot parse stat: no line btime, want one");
  });
}
