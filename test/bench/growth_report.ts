/**
 * Says how the cost of a scrape grows: claims and whether they hold, tables,
 * and charts.
 *
 * @module
 */

import type { Line, Panel } from "./chart.ts";
import type { Measured } from "./measure.ts";

/** What was measured: a row of a table. */
export interface Row {
  /** What grows, and what looks at it: `open files`. */
  readonly dimension: string;
  /** How much of it there is. */
  readonly size: number;
  readonly measured: Measured;
}

/** What grows, by what is said of it here. */
export const dimensions = {
  targets: "targets, all bound",
  sockets: "other UDP sockets",
  processes: "other processes",
  processesThatBegin: "other processes, one begins before each scrape",
  files: "open files of other processes",
  connections: "TCP connections",
  connectionsAndVersion6: "TCP connections, somebody listens on IPv6",
} as const;

type Value = (measured: Measured) => number;

const cpu: Value = (measured) => measured.cpu;
const coldCpu: Value = ({ cold }) => cold.cpu;

/** A column of the tables. */
const COLUMNS: readonly (readonly [header: string, text: Value])[] = [
  ["CPU ms", cpu],
  ["plain read CPU ms", ({ plainCpu }) => plainCpu],
  ["ratio", ({ cpu, plainCpu }) => cpu / plainCpu],
  ["p50 ms", ({ p50 }) => p50],
  ["p99 ms", ({ p99 }) => p99],
  ["resident MiB", ({ residentKib }) => residentKib / 1024],
  ["pause ms", ({ pause }) => pause],
  ["cold CPU ms", coldCpu],
  ["cold ms", ({ cold }) => cold.took],
  ["cold pause ms", ({ cold }) => cold.pause],
  ["in a hurry ms", ({ cold }) => cold.inHurry],
];

/** Renders a row as a line of its table. */
export function renderRow({ size, measured }: Row): string {
  const cells = COLUMNS.map(([, value]) => format(value(measured)));
  return `| ${[count(size), ...cells].join(" | ")} |`;
}

/** Renders a table for each thing that grew. */
export function renderTables(rows: readonly Row[]): string {
  return Object.values(dimensions).map((dimension) => {
    const header = [dimension, ...COLUMNS.map(([name]) => name)];
    return [
      `| ${header.join(" | ")} |`,
      `| ${header.map(() => "---:").join(" | ")} |`,
      ...rows.filter((row) => row.dimension === dimension).map(renderRow),
    ].join("\n");
  }).join("\n\n");
}

/** Three digits, or all before the point. */
function format(value: number): string {
  if (value >= 100) return count(Math.round(value));
  return value.toFixed(value < 10 ? 2 : 1);
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** What the page says, and whether it was so. */
export interface Claim {
  readonly claim: string;
  readonly measured: string;
  readonly wanted: string;
  readonly holds: boolean;
}

/** How much less than doubled is still the same. */
const MAX_CONSTANT = 1.5;
/** How far from a straight line is still linear. */
const MAX_BEND = 2;

/** Checks what the page says of how the cost grows. */
export function buildClaims(rows: readonly Row[]): readonly Claim[] {
  type Series = { readonly of: keyof typeof dimensions; readonly value: Value };

  function pick({ of, value }: Series) {
    return rows.filter(({ dimension }) => dimension === dimensions[of])
      .map(({ size, measured }) => ({ size, value: value(measured) }));
  }

  /** The cost at the largest size beside that at the smallest one. */
  function claimConstant(claim: string, series: Series): Claim {
    const points = pick(series);
    const ratio = (points.at(-1)?.value ?? NaN) / (points[0]?.value ?? NaN);
    return {
      claim: `${claim}: constant`,
      measured: `largest / smallest ${ratio.toFixed(2)}`,
      wanted: `at most ${MAX_CONSTANT}`,
      holds: ratio <= MAX_CONSTANT,
    };
  }

  /** What each one adds at the largest size, beside the size before. */
  function claimLinear(claim: string, series: Series): Claim {
    const points = pick(series);
    const each = (index: number) =>
      ((points.at(index)?.value ?? NaN) - (points[0]?.value ?? NaN)) * 1_000 /
      ((points.at(index)?.size ?? NaN) - (points[0]?.size ?? NaN));
    const bend = each(-1) / each(-2);
    return {
      claim: `${claim}: linear`,
      measured: `${format(each(-1))} ms more for each 1,000, ` +
        `${format(each(-2))} at the size before: ${bend.toFixed(2)}`,
      wanted: `${1 / MAX_BEND} to ${MAX_BEND}`,
      holds: bend >= 1 / MAX_BEND && bend <= MAX_BEND,
    };
  }

  /** The largest value, which stays below a bound. */
  function claimBelow(
    claim: string,
    { bound, unit, ...series }: Series & {
      readonly bound: number;
      readonly unit: string;
    },
  ): Claim {
    const largest = Math.max(...pick(series).map(({ value }) => value));
    return {
      claim,
      measured: `${format(largest)}${unit}`,
      wanted: `less than ${count(bound)}${unit}`,
      holds: largest < bound,
    };
  }

  return [
    claimLinear("in targets", { of: "targets", value: cpu }),
    claimBelow("in other UDP sockets: as a plain read", {
      of: "sockets",
      value: ({ cpu, plainCpu }) => cpu / plainCpu,
      bound: MAX_CONSTANT,
      unit: " × its CPU time",
    }),
    claimConstant("in other processes", { of: "processes", value: cpu }),
    claimLinear("in other processes, when one has begun since", {
      of: "processesThatBegin",
      value: cpu,
    }),
    claimConstant("in open files", { of: "files", value: cpu }),
    claimLinear("the first scrape, in open files", {
      of: "files",
      value: coldCpu,
    }),
    claimConstant("in TCP connections", { of: "connections", value: cpu }),
    claimLinear("in TCP connections, when somebody listens on IPv6", {
      of: "connectionsAndVersion6",
      value: cpu,
    }),
    claimBelow("a walk holds up other requests", {
      of: "files",
      value: ({ cold }) => cold.pause,
      bound: 50,
      unit: " ms",
    }),
    claimBelow("10,000 bound targets fit into the unit's MemoryMax", {
      of: "targets",
      value: ({ residentKib }) => residentKib / 1024,
      bound: 1024,
      unit: " MiB",
    }),
  ];
}

/** Renders claims as a table. */
export function renderClaims(claims: readonly Claim[]): string {
  return [
    "| claim | measured | wanted | holds |",
    "| --- | --- | --- | --- |",
    ...claims.map(({ claim, measured, wanted, holds }) =>
      `| ${claim} | ${measured} | ${wanted} | ${holds ? "yes" : "NO"} |`
    ),
  ].join("\n");
}

/** Builds the charts of the page. */
export function buildPanels(rows: readonly Row[]): readonly Panel[] {
  function line(
    name: string,
    [of, value]: readonly [keyof typeof dimensions, Value],
  ): Line {
    return {
      name,
      points: rows.filter(({ dimension }) => dimension === dimensions[of])
        .map(({ size, measured }) => [size, value(measured)]),
    };
  }
  const plain: Value = ({ plainCpu }) => plainCpu;
  const yLabel = "CPU time, ms";
  return [
    {
      title: "Targets, all bound",
      xLabel: "targets",
      yLabel,
      scale: "log",
      lines: [
        line("scrape", ["targets", cpu]),
        line("plain read of udp and udp6", ["targets", plain]),
      ],
    },
    {
      title: "Memory, all targets bound",
      xLabel: "targets",
      yLabel: "resident memory, MiB",
      scale: "linear",
      lines: [
        line("exporter", ["targets", ({ residentKib }) => residentKib / 1024]),
      ],
    },
    {
      title: "Other UDP sockets",
      xLabel: "sockets",
      yLabel,
      scale: "linear",
      lines: [
        line("scrape", ["sockets", cpu]),
        line("plain read of all four tables", ["sockets", plain]),
      ],
    },
    {
      title: "Other processes",
      xLabel: "processes",
      yLabel,
      scale: "linear",
      lines: [
        line("scrape", ["processes", cpu]),
        line("scrape after a process has begun", ["processesThatBegin", cpu]),
      ],
    },
    {
      title: "Open files of other processes",
      xLabel: "open files",
      yLabel,
      scale: "linear",
      lines: [
        line("scrape", ["files", cpu]),
        line("first scrape, with the walk", ["files", coldCpu]),
      ],
    },
    {
      title: "TCP connections over IPv4",
      xLabel: "connections",
      yLabel,
      scale: "linear",
      lines: [
        line("scrape", ["connections", cpu]),
        line("scrape, somebody listens on IPv6", [
          "connectionsAndVersion6",
          cpu,
        ]),
        line("plain read of all four tables", ["connections", plain]),
      ],
    },
  ];
}
