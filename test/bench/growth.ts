/**
 * Measures how the cost of a scrape grows with the host: with targets, TCP
 * connections, UDP sockets, processes and open files, one at a time.
 *
 *   make bench-growth             prints the tables
 *   make bench-growth ARGS=write  and puts them into docs/growth.md and .svg
 *
 * Exits with 1 when something does not grow as the page says. Runs in network
 * and process namespaces of its own, which it makes and which end with it, on
 * Ctrl-C too; needs root.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a bench talks to people

import { enterNamespaces } from "../support/namespace.ts";
import { writeResults } from "../support/results.ts";
import {
  addConnections,
  type BusyHost,
  createBusyHost,
  divide,
} from "./busy_host.ts";
import { renderCharts } from "./chart.ts";
import {
  buildClaims,
  buildPanels,
  dimensions,
  renderClaims,
  renderRow,
  renderTables,
  type Row,
} from "./growth_report.ts";
import { measureAt, type Subject } from "./measure.ts";

await enterNamespaces(
  import.meta.url,
  ["--net", "--pid", "--fork", "--kill-child", "--mount-proc"],
);

/** The end of a bench that hangs. */
setTimeout(() => {
  console.error("Cannot measure the growth: it takes more than half an hour");
  Deno.exit(1);
}, 1_800_000);

/** One thing that grows. */
interface Growing {
  readonly sizes: readonly number[];
  /** Makes more of it, beginning with number `from`. */
  readonly grow: (
    host: BusyHost,
    range: { readonly from: number; readonly count: number },
  ) => Promise<void>;
  /** What is measured at each size. */
  readonly subjects: readonly {
    readonly dimension: string;
    readonly build: (size: number) => Subject;
  }[];
}

const FIRST_FEW = 6984;
const FIRST_TCP = 7101;
const FIRST_TARGET = 10_000;
const FIRST_SOCKET = 20_000;

/** 15 UDP and 5 TCP targets, all bound. */
const FEW: Subject = {
  ports: `  - port: ${FIRST_FEW}-${FIRST_FEW + 14}\n    name: switches\n` +
    `  - port: ${FIRST_TCP}-${FIRST_TCP + 4}\n    name: relay\n` +
    "    protocol: tcp\n",
  tables: ["udp", "udp6", "tcp", "tcp6"],
};

const ALL: readonly Growing[] = [
  {
    sizes: [10, 100, 1_000, 3_000, 10_000],
    grow: (host, range) => addSockets(host, { ...range, first: FIRST_TARGET }),
    subjects: [{
      dimension: dimensions.targets,
      build: (size) => ({
        ports: `  - port: ${FIRST_TARGET}-${FIRST_TARGET + size - 1}\n` +
          "    name: switches\n",
        tables: ["udp", "udp6"],
      }),
    }],
  },
  {
    sizes: [0, 2_000, 5_000, 10_000, 20_000],
    grow: (host, range) => addSockets(host, { ...range, first: FIRST_SOCKET }),
    subjects: [{ dimension: dimensions.sockets, build: () => FEW }],
  },
  {
    sizes: [0, 500, 1_000, 2_500, 5_000],
    grow: (host, { count }) => host.add([["processes", count]]),
    subjects: [
      { dimension: dimensions.processes, build: () => FEW },
      {
        dimension: dimensions.processesThatBegin,
        build: () => ({ ...FEW, beforeScrape: startProcess }),
      },
    ],
  },
  {
    sizes: [0, 10_000, 30_000, 70_000, 130_000],
    grow: (host, { count }) =>
      host.add(divide(count).map((part) => ["files", part])),
    subjects: [{ dimension: dimensions.files, build: () => FEW }],
  },
  // Last: the kernel remembers closed connections for a minute.
  {
    sizes: [0, 10_000, 25_000, 50_000, 100_000],
    grow: (host, { count }) => addConnections(host, count),
    subjects: [
      { dimension: dimensions.connections, build: () => FEW },
      {
        dimension: dimensions.connectionsAndVersion6,
        build: () => ({ ...FEW, hasVersion6Listener: true }),
      },
    ],
  },
];

async function addSockets(
  host: BusyHost,
  { first, from, count }: {
    readonly first: number;
    readonly from: number;
    readonly count: number;
  },
): Promise<void> {
  let port = first + from;
  for (const part of divide(count)) {
    await host.add([["udp", port, part]]);
    port += part;
  }
}

async function startProcess(): Promise<void> {
  await new Deno.Command("true").output();
}

async function measureGrowth(
  { sizes, grow, subjects }: Growing,
): Promise<readonly Row[]> {
  await using host = createBusyHost();
  const rows: Row[] = [];
  let there = 0;
  for (const size of sizes) {
    if (size > there) await grow(host, { from: there, count: size - there });
    there = size;
    for (const { dimension, build } of subjects) {
      const row = { dimension, size, measured: await measureAt(build(size)) };
      console.error(`${dimension} ${renderRow(row)}`);
      rows.push(row);
    }
  }
  return rows;
}

async function readLimits(): Promise<string> {
  const read = (path: string) =>
    Deno.readTextFile(path).then((text) => text.trim(), () => "none");
  const limits = await read("/proc/self/limits");
  const files = /^Max open files +\d+ +(\d+)/m.exec(limits)?.[1];
  const cgroup = /^\d+:pids:(.*)$/m.exec(await read("/proc/self/cgroup"))?.[1];
  const pids = await read(
    cgroup === undefined
      ? "/sys/fs/cgroup/pids.max"
      : `/sys/fs/cgroup/pids${cgroup}/pids.max`,
  );
  return `Limits of the machine: ${navigator.hardwareConcurrency} cores, ` +
    `${Math.round(Deno.systemMemoryInfo().total / 2 ** 30)} GiB, ` +
    `${files} open files a process, pids.max of the cgroup ${pids}.`;
}

// Before all load: a walk, which begins with the youngest process, comes to
// these sockets last.
const few = createBusyHost();
await few.add([["udp", FIRST_FEW, 15]]);
for (let port = FIRST_TCP; port < FIRST_TCP + 5; port++) {
  Deno.listen({ hostname: "0.0.0.0", port });
}
const rows: Row[] = [];
for (const growing of ALL) rows.push(...await measureGrowth(growing));
const claims = buildClaims(rows);
const text = [renderClaims(claims), renderTables(rows), await readLimits()]
  .join("\n\n");
console.log(text);
if (Deno.args.includes("write")) {
  await writeResults("docs/growth.md", { name: "growth", text });
  await Deno.writeTextFile(
    new URL("../../docs/growth.svg", import.meta.url),
    renderCharts(buildPanels(rows)),
  );
}
// What is still held ends with the namespaces.
Deno.exit(claims.every(({ holds }) => holds) ? 0 : 1);
