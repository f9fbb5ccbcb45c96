import { assertEquals, assertStrictEquals } from "@std/assert";
import { renderExposition } from "../../src/metrics/exposition.ts";
import { createSelfMetrics } from "../../src/metrics/self_metrics.ts";
import { parseExposition } from "../support/exposition.ts";

const SCAN = "port_exporter_scan_duration_seconds";
const SCRAPE = "port_exporter_scrape_duration_seconds";

/** The series after scans and scrapes that took so many seconds. */
async function seriesAfter(
  { scans = [], scrapes = [] }: {
    readonly scans?: readonly number[];
    readonly scrapes?: readonly number[];
  },
) {
  const metrics = createSelfMetrics();
  for (const seconds of scans) metrics.observeScan(seconds);
  for (const seconds of scrapes) metrics.observeScrape(seconds);
  return parseExposition(await renderExposition(await metrics.collect()));
}

Deno.test("createSelfMetrics() counts scans in cumulative buckets", async () => {
  const series = await seriesAfter({ scans: [0.0004, 0.0005, 0.25, 0.3, 20] });
  const counts = series.labels(`${SCAN}_bucket`).map((labels) => [
    labels["le"],
    series.value(`${SCAN}_bucket`, labels),
  ]);
  // A bucket holds what is at most its bound.
  assertEquals(counts, [
    ["0.0005", 2],
    ["0.001", 2],
    ["0.0025", 2],
    ["0.005", 2],
    ["0.01", 2],
    ["0.025", 2],
    ["0.05", 2],
    ["0.1", 2],
    ["0.25", 3],
    ["0.5", 4],
    ["1", 4],
    ["2.5", 4],
    ["5", 4],
    ["10", 4],
    ["+Inf", 5],
  ]);
  assertEquals(series.value(`${SCAN}_count`), 5);
  assertEquals(series.value(`${SCAN}_sum`)?.toFixed(6), "20.550900");
});

Deno.test("createSelfMetrics() sums scrapes", async () => {
  const series = await seriesAfter({ scrapes: [0.5, 0.25, 2] });
  assertEquals(series.value(`${SCRAPE}_sum`), 2.75);
  assertEquals(series.value(`${SCRAPE}_count`), 3);
});

Deno.test("createSelfMetrics() shows zeros before the first scan", async () => {
  const series = await seriesAfter({});
  assertEquals(series.value(`${SCAN}_bucket`, { le: "+Inf" }), 0);
  for (const name of [SCAN, SCRAPE]) {
    assertEquals(series.value(`${name}_sum`), 0);
    assertEquals(series.value(`${name}_count`), 0);
  }
});

Deno.test("createSelfMetrics() keeps instances apart", async () => {
  await seriesAfter({ scans: [1], scrapes: [1] });
  const series = await seriesAfter({});
  assertEquals(series.value(`${SCAN}_count`), 0);
  assertEquals(series.value(`${SCRAPE}_count`), 0);
});

Deno.test("collect() gives the same label objects each time", async () => {
  const metrics = createSelfMetrics();
  metrics.observeScan(0.1);
  const [first, second] = [await metrics.collect(), await metrics.collect()];
  for (const [name, samples] of first) {
    for (const [index, { labels }] of samples.entries()) {
      assertStrictEquals(second.get(name)?.[index]?.labels, labels);
    }
  }
});
