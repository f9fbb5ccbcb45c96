import { assertEquals } from "@std/assert";
import {
  describeHistory,
  renderHistoryStrip,
} from "../../src/web/history_strip.ts";
import { buildHistory, HISTORY_START, NOW } from "../support/reports.ts";

/** The words of a history, which ends at 03:12 on 14 March. */
function wordsOf(
  history: string,
  downSeconds = 60 * (history.split("d").length - 1),
  observedSince = HISTORY_START,
): string {
  const { share, remarks } = describeHistory(history, {
    start: HISTORY_START,
    now: NOW,
    observedSince,
    downSeconds,
  });
  return [share, ...remarks].join(", ");
}

for (
  const [name, history, want] of [
    ["a day without a break", buildHistory(), "100 %"],
    // 1439 of 1440 minutes.
    [
      "a minute",
      buildHistory([7, 1, "d"]),
      "99.93 %, down 1 min at 03:05",
    ],
    [
      "a run, with its begin",
      buildHistory([600, 45, "d"]),
      "96.87 %, down 45 min at 13 Mar 17:12",
    ],
    [
      "several runs, with the last",
      buildHistory([600, 45, "d"], [2, 2, "d"]),
      "96.73 %, down 47 min, last at 03:10",
    ],
    [
      "the minute that is now",
      buildHistory([0, 1, "d"]),
      "99.93 %, down 1 min at 03:12",
    ],
    [
      "the first minute",
      buildHistory([1439, 1, "d"]),
      "99.93 %, down 1 min at 13 Mar 03:13",
    ],
    [
      "what was not observed",
      buildHistory([1439, 1380, "-"]),
      "100 %, 1 h observed",
    ],
    ["a short gap without words", buildHistory([99, 3, "-"]), "100 %"],
    ["a day of downtime", "d".repeat(1440), "0.00 %, down 1 d at 13 Mar 03:13"],
    ["a day that nobody saw", "-".repeat(1440), ", not observed"],
  ] as const
) {
  Deno.test(`describeHistory() describes ${name}`, () => {
    assertEquals(wordsOf(history), want);
  });
}

Deno.test("describeHistory() counts seconds, not the minutes that they fell into", () => {
  // 86,398 of 86,400 seconds.
  assertEquals(
    wordsOf(buildHistory([7, 1, "d"]), 2),
    "99.99 %, down 2 s at 03:05",
  );
  assertEquals(
    wordsOf(buildHistory([7, 1, "d"]), 0),
    "99.99 %, down 1 s at 03:05",
  );
});

Deno.test("describeHistory() does not take the first minute for a whole one", () => {
  // 57 seconds before NOW, in two minutes; 55 of them up.
  const young = buildHistory([1439, 1438, "-"], [1, 2, "d"]);
  const observedSince = new Date(Date.parse(NOW) - 57_000).toISOString();
  assertEquals(
    wordsOf(young, 2, observedSince),
    "96.49 %, down 2 s at 03:11, 57 s observed",
  );
});

/** The boxes of a path: `first-end`, in units of five minutes. */
function boxesOf(history: string, look: "band" | "bar"): readonly string[] {
  const { html } = renderHistoryStrip(history, "");
  const path = new RegExp(`class="${look}" d="([^"]*)"`).exec(html)?.[1] ?? "";
  return [...path.matchAll(/M(\d+) \d+h(\d+)v\d+H(\d+)z/g)].map(
    ([, first, width, back]) => {
      assertEquals(first, back);
      return `${first}-${Number(first) + Number(width)}`;
    },
  );
}

for (
  const [name, history, band, bar] of [
    ["a day without a break", buildHistory(), ["0-288"], []],
    [
      "an hour of downtime over the band",
      buildHistory([719, 60, "d"]),
      ["0-144", "156-288"],
      ["144-156"],
    ],
    [
      "a single minute wide enough to be seen",
      buildHistory([717, 1, "d"]),
      ["0-288"],
      ["143-145"],
    ],
    ["the first minute inside the picture", buildHistory([1439, 1, "d"]), [
      "0-288",
    ], ["0-2"]],
    ["what was not observed as a gap", buildHistory([719, 60, "-"]), [
      "0-144",
      "156-288",
    ], []],
    ["a state that alternates as one", "-u".repeat(720), ["0-288"], []],
  ] as const
) {
  Deno.test(`renderHistoryStrip() draws ${name}`, () => {
    assertEquals(boxesOf(history, "band"), band);
    assertEquals(boxesOf(history, "bar"), bar);
  });
}

Deno.test("renderHistoryStrip() draws a day of many outages to its end", () => {
  const outages = Array.from(
    { length: 24 },
    (_, hour) => [hour * 60 + 30, 10, "d"] as const,
  );
  const history = buildHistory(...outages);
  assertEquals(boxesOf(history, "bar").length, 24);
  // Up before the first one, between them, and after the last one.
  assertEquals(boxesOf(history, "band").length, 25);
});

Deno.test("renderHistoryStrip() says its label to those who cannot see it", () => {
  const { html } = renderHistoryStrip(buildHistory(), "up <all> day");
  assertEquals(html.includes("<title>up &lt;all&gt; day</title>"), true);
  assertEquals(html.includes('role="img"'), true);
});
