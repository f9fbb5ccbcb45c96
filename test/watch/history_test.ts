import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createHistory, findHistoryStart } from "../../src/watch/history.ts";

const DAY = 24 * 60;

/** The day that ends at `now` seconds after these states at these seconds. */
function dayOf(
  states: readonly (readonly [atSeconds: number, state: "up" | "down"])[],
  now: number,
): string {
  const history = createHistory();
  for (const [at, state] of states) {
    history.record(state === "up", { unixSeconds: at, downSeconds: 0 });
  }
  return history.render(now);
}

type MinuteState = "up" | "down";

/** A day of minutes that were not observed but for these, by minutes ago. */
function minutesAgo(known: Readonly<Record<number, MinuteState>>) {
  return Array.from(
    { length: DAY },
    (_, index) => known[DAY - 1 - index]?.[0] ?? "-",
  ).join("");
}

const START = 1_000 * 60;

const cases: readonly (readonly [
  name: string,
  states: readonly (readonly [atSeconds: number, state: "up" | "down"])[],
  now: number,
  want: Readonly<Record<number, MinuteState>>,
])[] = [
  ["knows nothing at first", [], START, {}],
  ["ends with the minute that is now", [[START, "up"]], START + 59, {
    0: "up",
  }],
  [
    "keeps one state for each minute",
    [
      [START, "up"],
      [START + 60, "down"],
      [START + 120, "up"],
    ],
    START + 120,
    { 2: "up", 1: "down", 0: "up" },
  ],
  [
    "keeps the worst of a minute",
    [
      [START, "up"],
      [START + 1, "down"],
      [START + 2, "up"],
    ],
    START + 59.9,
    { 0: "down" },
  ],
  [
    "does not carry a state over a gap",
    [
      [START, "up"],
      [START + 180, "down"],
    ],
    START + 240,
    { 4: "up", 1: "down" },
  ],
  ["forgets nothing within a day", [[START, "down"]], START + (DAY - 1) * 60, {
    [DAY - 1]: "down",
  }],
  ["forgets what is a day old", [[START, "down"]], START + DAY * 60, {}],
  [
    "does not take yesterday's minute for today's",
    [
      [START, "down"],
      [START + DAY * 60, "up"],
    ],
    START + DAY * 60,
    { 0: "up" },
  ],
  [
    "forgets all after more than a day of silence",
    [
      [START, "down"],
      [START + 60, "down"],
      [START + (3 * DAY + 7) * 60, "up"],
    ],
    START + (3 * DAY + 7) * 60,
    { 0: "up" },
  ],
  [
    "leaves a gap where the clock was set forward",
    [
      [START, "up"],
      [START + 3 * 60, "up"],
    ],
    START + 3 * 60,
    { 3: "up", 0: "up" },
  ],
  [
    "observes a minute again that the clock shows again",
    [
      [START, "down"],
      [START + 60, "up"],
      [START + 120, "up"],
      [START + 60, "up"],
    ],
    START + 60,
    { 1: "down", 0: "up" },
  ],
  [
    "remembers downtime when the clock is set back",
    [
      [START, "up"],
      [START + 60, "down"],
      [START, "up"],
    ],
    START,
    { 0: "down" },
  ],
  [
    "does not show as past what the clock has yet to show",
    [
      [START + 120, "up"],
      [START, "up"],
    ],
    START + 1,
    { 0: "up" },
  ],
  [
    "survives a clock that is set back by a year",
    [
      [START + 365 * DAY * 60, "down"],
      [START, "up"],
    ],
    START,
    { 0: "down" },
  ],
  ["works from the first second of the clock", [[0, "up"]], 0, { 0: "up" }],
  ["works on a clock that has run for years", [[1e9, "down"]], 1e9, {
    0: "down",
  }],
];

for (const [name, states, now, want] of cases) {
  Deno.test(`createHistory() ${name}`, () => {
    assertEquals(dayOf(states, now), minutesAgo(want));
  });
}

Deno.test("createHistory() is not changed by listing it", () => {
  const history = createHistory();
  history.record(false, { unixSeconds: START, downSeconds: 0 });
  const first = history.render(START + 60);
  assertEquals(history.render(START + 60), first);
});

Deno.test("createHistory() remembers what a list of all minutes does", () => {
  const steps = fc.array(
    fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 2 * DAY * 60 })),
    { maxLength: 20 },
  );
  fc.assert(fc.property(steps, (steps: [boolean, number][]) => {
    const history = createHistory();
    const worst = new Map<number, string>();
    let now = 0;
    for (const [isUp, pause] of steps) {
      now += pause;
      history.record(isUp, { unixSeconds: now, downSeconds: 0 });
      const minute = Math.floor(now / 60);
      if (worst.get(minute) !== "d") worst.set(minute, isUp ? "u" : "d");
    }
    const newest = Math.floor(now / 60);
    assertEquals(
      history.render(now),
      Array.from(
        { length: DAY },
        (_, index) => worst.get(newest - DAY + 1 + index) ?? "-",
      ).join(""),
    );
  }));
});

Deno.test("findHistoryStart() is 1,440 minutes before the end of this minute", () => {
  const seconds = (time: string) => Date.parse(time) / 1000;
  assertEquals(
    findHistoryStart(seconds("2026-03-14T03:12:40Z")),
    seconds("2026-03-13T03:13:00Z"),
  );
});

/** Seconds of downtime in the day that ends at `now`. */
function downSecondsOf(
  downtimes: readonly (readonly [atSeconds: number, downSeconds: number])[],
  now: number,
): number {
  const history = createHistory();
  for (const [unixSeconds, downSeconds] of downtimes) {
    history.record(false, { unixSeconds, downSeconds });
  }
  return history.countDownSeconds(now);
}

Deno.test("countDownSeconds() adds what is no whole second by itself", () => {
  const tenths = Array.from(
    { length: 25 },
    (_, index) => [START + index / 10, 0.1] as const,
  );
  assertEquals(downSecondsOf(tenths, START + 3), 2);
});

Deno.test("countDownSeconds() forgets what is a day old", () => {
  const downtimes = [[START, 10], [START + 60, 20]] as const;
  assertEquals(downSecondsOf(downtimes, START + (DAY - 1) * 60), 30);
  assertEquals(downSecondsOf(downtimes, START + DAY * 60), 20);
  assertEquals(downSecondsOf(downtimes, START + (DAY + 1) * 60), 0);
});

Deno.test("countDownSeconds() counts no more of a minute than it has", () => {
  assertEquals(downSecondsOf([[START, 50], [START + 1, 50]], START), 60);
});
