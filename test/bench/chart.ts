/**
 * Renders line charts as one SVG that reads on a light and on a dark page.
 *
 * @module
 */

/** One panel: some lines over one axis. */
export interface Panel {
  readonly title: string;
  /** What the x axis counts. */
  readonly xLabel: string;
  /** What the y axis measures, with its unit. */
  readonly yLabel: string;
  /** `log` needs values above 0. */
  readonly scale: "linear" | "log";
  readonly lines: readonly Line[];
}

/** One line of a panel. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 440;
const HEIGHT = 340;
const COLUMNS = 2;
/** Room around the plot of a panel; above it stands the key of three lines. */
const MARGIN = { left: 64, right: 36, top: 84, bottom: 48 };
const MAX_TICKS = 5;
/** How a line looks beside its colour, which not everybody can tell. */
const DASHES = ["none", "6 3", "2 3"];

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 14px; font-weight: 600 }
.page { fill: #ffffff }
.grid { stroke: #d1d9e0 }
.line { fill: none; stroke-width: 2 }
.line0 { stroke: #0550ae } .mark0 { fill: #0550ae }
.line1 { stroke: #bc4c00 } .mark1 { fill: #bc4c00 }
.line2 { stroke: #59636e } .mark2 { fill: #59636e }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .page { fill: #0d1117 }
  .grid { stroke: #3d444d }
  .line0 { stroke: #4493f8 } .mark0 { fill: #4493f8 }
  .line1 { stroke: #db6d28 } .mark1 { fill: #db6d28 }
  .line2 { stroke: #9198a1 } .mark2 { fill: #9198a1 }
}`;

/** An axis: where values stand, and which are named. */
interface Axis {
  readonly ticks: readonly number[];
  /** From a value to 0-1. */
  readonly place: (value: number) => number;
}

/** Renders panels, two in a row. */
export function renderCharts(panels: readonly Panel[]): string {
  const width = COLUMNS * WIDTH;
  const height = Math.ceil(panels.length / COLUMNS) * HEIGHT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"` +
    ` width="${width}" height="${height}">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...panels.map((panel, index) =>
      `<g transform="translate(${index % COLUMNS * WIDTH} ${
        Math.floor(index / COLUMNS) * HEIGHT
      })">\n${renderPanel(panel)}\n</g>`
    ),
    "</svg>\n",
  ].join("\n");
}

function renderPanel({ title, xLabel, yLabel, scale, lines }: Panel): string {
  const points = lines.flatMap((line) => line.points);
  const buildAxis = scale === "log" ? buildLogAxis : buildLinearAxis;
  const x = buildAxis(points.map(([value]) => value));
  const y = buildAxis(points.map(([, value]) => value));
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const xOf = (value: number) =>
    round(MARGIN.left + x.place(value) * (right - MARGIN.left));
  const yOf = (value: number) =>
    round(bottom - y.place(value) * (bottom - MARGIN.top));
  return [
    text(title, { x: MARGIN.left, y: 20, class: "title" }),
    ...x.ticks.flatMap((tick) => [
      rule([xOf(tick), MARGIN.top], [xOf(tick), bottom]),
      text(format(tick), {
        x: xOf(tick),
        y: bottom + 16,
        "text-anchor": "middle",
      }),
    ]),
    ...y.ticks.flatMap((tick) => [
      rule([MARGIN.left, yOf(tick)], [right, yOf(tick)]),
      text(format(tick), {
        x: MARGIN.left - 6,
        y: yOf(tick) + 4,
        "text-anchor": "end",
      }),
    ]),
    text(xLabel, {
      x: (MARGIN.left + right) / 2,
      y: HEIGHT - 12,
      "text-anchor": "middle",
    }),
    text(yLabel, {
      transform: `translate(14 ${(MARGIN.top + bottom) / 2}) rotate(-90)`,
      "text-anchor": "middle",
    }),
    ...lines.flatMap((line, index) => [
      `<polyline class="line line${index}" stroke-dasharray="${
        DASHES[index]
      }" points="${
        line.points.map(([a, b]) => `${xOf(a)},${yOf(b)}`).join(" ")
      }"/>`,
      ...line.points.map(([a, b]) =>
        `<circle class="mark${index}" cx="${xOf(a)}" cy="${yOf(b)}" r="3"/>`
      ),
      `<line class="line line${index}" stroke-dasharray="${DASHES[index]}"` +
      ` x1="${MARGIN.left}" x2="${MARGIN.left + 28}"` +
      ` y1="${36 + 16 * index}" y2="${36 + 16 * index}"/>`,
      text(line.name, { x: MARGIN.left + 36, y: 40 + 16 * index }),
    ]),
  ].join("\n");
}

/** From 0 to a round number above the largest value. */
function buildLinearAxis(values: readonly number[]): Axis {
  const rough = Math.max(...values) / (MAX_TICKS - 1);
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = magnitude *
    ([1, 2, 2.5, 5].find((factor) => factor * magnitude >= rough) ?? 10);
  const ticks = Array.from({ length: MAX_TICKS }, (_, index) => index * step)
    .filter((tick, index) => index === 0 || tick - step < Math.max(...values));
  const last = ticks.at(-1) ?? 1;
  return { ticks, place: (value) => value / last };
}

/** The powers of ten around the values. */
function buildLogAxis(values: readonly number[]): Axis {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.ceil(Math.log10(Math.max(...values)));
  return {
    ticks: Array.from(
      { length: last - first + 1 },
      (_, index) => 10 ** (first + index),
    ),
    place: (value) => (Math.log10(value) - first) / (last - first),
  };
}

function rule(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
): string {
  return `<line class="grid" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
}

function text(
  content: string,
  attributes: Readonly<Record<string, string | number>>,
): string {
  const rendered = Object.entries(attributes).map(([name, value]) =>
    ` ${name}="${value}"`
  );
  return `<text${rendered.join("")}>${
    content.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
  }</text>`;
}

function format(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US", {
    maximumFractionDigits: 3,
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
