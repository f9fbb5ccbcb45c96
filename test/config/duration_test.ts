import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseDuration } from "../../src/config/duration.ts";

const good: readonly (readonly [text: string, seconds: number])[] = [
  ["0", 0],
  ["0s", 0],
  ["30s", 30],
  ["90s", 90],
  ["5m", 300],
  ["1h", 3600],
  ["1h30m", 5400],
  ["1d", 86400],
  ["2w", 1209600],
  ["1y", 31536000],
  ["500ms", 0.5],
  ["1m500ms", 60.5],
  ["1y2w3d4h5m6s", 31536000 + 1209600 + 259200 + 14400 + 300 + 6],
];

for (const [text, seconds] of good) {
  Deno.test(`parseDuration() reads ${text}`, () => {
    assertEquals(parseDuration(text), { text, seconds });
  });
}

const bad: readonly (readonly [mistake: string, text: string])[] = [
  ["an empty text", ""],
  ["a number without a unit", "5"],
  ["a unit without a number", "m"],
  ["an unknown unit", "5min"],
  ["a capital unit", "5M"],
  ["a unit given twice", "1m1m"],
  ["units from small to large", "5m1h"],
  ["a fraction", "1.5h"],
  ["a sign", "-5m"],
  ["a blank inside", "1h 30m"],
  ["a blank around", " 5m"],
  ["a line break at the end", "5m\n"],
  ["an exponent", "1e3s"],
  ["digits of another script", "٥m"],
];

for (const [mistake, text] of bad) {
  Deno.test(`parseDuration() refuses ${mistake}`, () => {
    const error = assertThrows(() => parseDuration(text), SyntaxError);
    assertEquals(
      error.message,
      `Cannot parse duration "${text}": want a number and a unit, ` +
        "like 90s, 5m or 1h30m",
    );
  });
}

Deno.test("parseDuration() adds up any parts", () => {
  const part = fc.nat({ max: 100 });
  fc.assert(
    fc.property(part, part, part, part, (days, hours, minutes, seconds) => {
      assertEquals(
        parseDuration(`${days}d${hours}h${minutes}m${seconds}s`).seconds,
        ((days * 24 + hours) * 60 + minutes) * 60 + seconds,
      );
    }),
  );
});
