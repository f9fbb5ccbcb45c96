import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Panel, renderCharts } from "./chart.ts";

const PANEL: Panel = {
  title: "Cost & size",
  xLabel: "targets",
  yLabel: "ms",
  scale: "linear",
  lines: [{ name: "scrape", points: [[0, 0], [50, 10], [100, 20]] }],
};

/** Where the marks of the first line stand. */
function marksOf(svg: string): readonly (readonly number[])[] {
  return [...svg.matchAll(/<circle class="mark0" cx="(\S+)" cy="(\S+)"/g)]
    .map(([, x, y]) => [Number(x), Number(y)]);
}

function ticksOf(svg: string): readonly string[] {
  return [...svg.matchAll(/text-anchor="end">([^<]*)</g)]
    .map(([, tick = ""]) => tick);
}

Deno.test("renderCharts() puts values of one line on one line", () => {
  const marks = marksOf(renderCharts([PANEL]));
  const [[x0 = NaN, y0 = NaN] = [], [x1, y1] = [], [x2 = NaN, y2 = NaN] = []] =
    marks;
  assertEquals([x1, y1], [(x0 + x2) / 2, (y0 + y2) / 2]);
  assertEquals(x0 < x2 && y0 > y2, true, "up is more");
});

Deno.test("renderCharts() names round values", () => {
  assertEquals(ticksOf(renderCharts([PANEL])), ["0", "5", "10", "15", "20"]);
});

Deno.test("renderCharts() gives each power of ten the same room", () => {
  const svg = renderCharts([{
    ...PANEL,
    scale: "log",
    lines: [{ name: "scrape", points: [[1, 1], [10, 10], [100, 100]] }],
  }]);
  assertEquals(ticksOf(svg), ["1", "10", "100"]);
  const [a = [], b = [], c = []] = marksOf(svg);
  assertEquals(b, [0, 1].map((axis) => ((a[axis] ?? 0) + (c[axis] ?? 0)) / 2));
});

Deno.test("renderCharts() escapes", () => {
  assertStringIncludes(renderCharts([PANEL]), ">Cost &amp; size<");
});
