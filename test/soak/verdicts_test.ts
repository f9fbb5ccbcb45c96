import { assertEquals, assertThrows } from "@std/assert";
import { findWrong, parseScrape, type Truth } from "./verdicts.ts";

const TRUTH: Truth = {
  values: new Map([['port_up{port="1"}', 1]]),
  mayRestart: /name="guest"/,
};

const scrape = (up: string, ...lines: readonly string[]) =>
  parseScrape(
    [
      "# TYPE port_up gauge",
      ...(up === "" ? [] : [`port_up{port="1"} ${up}`]),
      "# TYPE seconds histogram",
      "# TYPE drops_total counter",
      ...lines,
      "",
    ].join("\n"),
  );

Deno.test("findWrong() has nothing to say of a scrape that is right", () => {
  const before = scrape("1", "drops_total 2", "seconds_count 4");
  const now = scrape("1", "drops_total 2", "seconds_count 5");
  assertEquals(findWrong(now, { truth: TRUTH, before }), []);
});

Deno.test("findWrong() tells a wrong value and an absent one", () => {
  assertEquals(findWrong(scrape("0"), { truth: TRUTH }), [
    'port_up{port="1"} is 0, want 1',
  ]);
  assertEquals(findWrong(scrape(""), { truth: TRUTH }), [
    'port_up{port="1"} is absent, want 1',
  ]);
});

for (
  const [series, wrong] of [
    ["drops_total", ["drops_total fell from 2 to 1"]],
    ['drops_total{name="a"}', ['drops_total{name="a"} fell from 2 to 1']],
    ['seconds_bucket{le="1"}', ['seconds_bucket{le="1"} fell from 2 to 1']],
    ["seconds_sum", ["seconds_sum fell from 2 to 1"]],
    ['drops_total{name="guest"}', []],
    ["queue_bytes", []],
  ] as const
) {
  Deno.test(`findWrong() of ${series} that falls`, () => {
    const before = scrape("1", `${series} 2`);
    const now = scrape("1", `${series} 1`);
    assertEquals(findWrong(now, { truth: TRUTH, before }), wrong);
  });
}

Deno.test("parseScrape() refuses what is cut off or doubled", () => {
  assertThrows(() => parseScrape("a 1\nb"), SyntaxError, "cut off");
  assertThrows(() => parseScrape("a 1\na 1\n"), SyntaxError, "a stands twice");
});
