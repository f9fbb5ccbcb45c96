import { assertEquals } from "@std/assert";
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatInstant,
  secondsBetween,
} from "../../src/web/page_formats.ts";

for (
  const [seconds, want] of [
    [0, "0 s"],
    [59.9, "59 s"],
    [60, "1 min"],
    [3599, "59 min"],
    [3600, "1 h"],
    [3 * 3600 + 12 * 60 + 5, "3 h 12 min"],
    [24 * 3600, "1 d"],
    [24 * 3600 + 3600, "1 d 1 h"],
    [10 * 24 * 3600 + 3600, "10 d"],
  ] as const
) {
  Deno.test(`formatDuration() writes ${seconds} s as ${want}`, () => {
    assertEquals(formatDuration(seconds), want);
  });
}

const NOW = "2026-03-14T03:12:40.000Z";

for (
  const [time, want] of [
    ["2026-03-14T02:49:05.123Z", "02:49"],
    ["2026-03-13T22:40:12.000Z", "13 Mar 22:40"],
    ["2025-12-31T23:59:59.000Z", "31 Dec 2025 23:59"],
  ] as const
) {
  Deno.test(`formatClock() writes ${time} as ${want}`, () => {
    assertEquals(formatClock(time, NOW), want);
  });
}

Deno.test("formatInstant() writes all but the milliseconds", () => {
  assertEquals(formatInstant(NOW), "2026-03-14 03:12:40 UTC");
});

Deno.test("secondsBetween() is 0 when the clock was set back", () => {
  assertEquals(secondsBetween("2026-03-14T03:12:00.000Z", NOW), 40);
  assertEquals(secondsBetween("2026-03-15T00:00:00.000Z", NOW), 0);
});

for (
  const [bytes, want] of [
    [0, "0 B"],
    [1023, "1023 B"],
    [4160, "4 KiB"],
    [212_992, "208 KiB"],
    [26_214_400, "25.0 MiB"],
  ] as const
) {
  Deno.test(`formatBytes() writes ${bytes} as ${want}`, () => {
    assertEquals(formatBytes(bytes), want);
  });
}

for (
  const [count, want] of [[0, "0"], [999, "999"], [1000, "1,000"], [
    12_345_678,
    "12,345,678",
  ]] as const
) {
  Deno.test(`formatCount() writes ${count} as ${want}`, () => {
    assertEquals(formatCount(count), want);
  });
}
