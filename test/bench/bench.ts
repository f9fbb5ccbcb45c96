/**
 * Measures what a scrape costs, beside a plain read of the same tables and
 * beside other programs, in one run: absolute times differ between machines
 * and hours, ratios hardly do.
 *
 *   make bench             prints the tables
 *   make bench ARGS=write  and puts them into docs/benchmark.md and the README
 *
 * Runs in a network namespace of its own, which it makes and which ends with
 * it; needs root.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a bench talks to people

import {
  findNumber,
  measure,
  measurePause,
  type Peer,
  startExporter,
  startHttpPeer,
  summarize,
} from "./subjects.ts";
import { enterNamespaces } from "../support/namespace.ts";
import { writeResults } from "../support/results.ts";
import { startLoad } from "./busy_host.ts";

const isWriting = Deno.args.includes("write");

await enterNamespaces(import.meta.url);

const UDP_15 = "  - port: 6984-6998\n    name: switches\n";
const TCP_5 = "  - port: 7101-7105\n    name: relay\n    protocol: tcp\n";
const UDP_1000 = "  - port: 10000-10999\n    name: switches\n";

/** Binds what the targets ask for, so that owners are there to be found. */
async function holdPorts(
  first: number,
  count: number,
): Promise<Disposable> {
  const sockets: { close(): void }[] = [];
  for (let port = first; port < first + count; port++) {
    sockets.push(
      Deno.listenDatagram({ transport: "udp", hostname: "0.0.0.0", port }),
    );
  }
  await Promise.resolve();
  return {
    [Symbol.dispose]: () => sockets.forEach((socket) => socket.close()),
  };
}

function holdListeners(first: number, count: number): Disposable {
  const listeners = Array.from(
    { length: count },
    (_, index) => Deno.listen({ hostname: "0.0.0.0", port: first + index }),
  );
  return { [Symbol.dispose]: () => listeners.forEach((one) => one.close()) };
}

interface Row {
  readonly scenario: string;
  readonly cells: readonly string[];
}

async function benchExporter(
  scenario: string,
  { ports, tables, rounds }: {
    readonly ports: string;
    readonly tables: readonly string[];
    readonly rounds: number;
  },
): Promise<Row> {
  await using exporter = await startExporter(`ports:\n${ports}`);
  const { took: cold, pause: longestPause } = await measurePause(
    exporter,
    () => exporter.scrape(),
  );
  const walksBefore = findNumber(await exporter.text(), WALKS);
  const cpuBefore = exporter.usage().cpuSeconds;
  const { plain, scrapes } = await summarize(exporter, { tables, rounds });
  const { cpuSeconds, residentKib, anonymousKib } = exporter.usage();
  const cpu = (cpuSeconds - cpuBefore) * 1000 / rounds;
  const walks = findNumber(await exporter.text(), WALKS) - walksBefore;
  return {
    scenario,
    cells: [
      format(cold),
      format(longestPause),
      format(scrapes.p50),
      format(scrapes.p99),
      format(plain.p50),
      (scrapes.p50 / plain.p50).toFixed(2),
      format(cpu),
      String(walks),
      `${(residentKib / 1024).toFixed(1)} / ${
        (anonymousKib / 1024).toFixed(1)
      }`,
    ],
  };
}

const WALKS = "port_exporter_owner_walks_total";

function format(milliseconds: number): string {
  return milliseconds < 10
    ? milliseconds.toFixed(2)
    : Math.round(milliseconds).toString();
}

async function benchPeers(peers: readonly Peer[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { name, run } of peers) {
    const times: number[] = [];
    for (let round = 0; round < 7; round++) times.push(await measure(run));
    times.sort((a, b) => a - b);
    rows.push({ scenario: name, cells: [format(times[3] ?? NaN)] });
  }
  return rows;
}

function command(...words: readonly string[]): () => Promise<unknown> {
  const [program = "", ...args] = words;
  return () =>
    new Deno.Command(program, { args, stdout: "piped", stderr: "null" })
      .output();
}

function renderTable(
  header: readonly string[],
  rows: readonly Row[],
): string {
  return [
    `| ${header.join(" | ")} |`,
    `| ${header.map(() => "---").join(" | ")} |`,
    ...rows.map(({ scenario, cells }) =>
      `| ${[scenario, ...cells].join(" | ")} |`
    ),
    "",
  ].join("\n");
}

const HEADER = [
  "host, targets",
  "cold ms",
  "longest pause ms",
  "p50 ms",
  "p99 ms",
  "plain read p50 ms",
  "ratio",
  "CPU ms",
  "walks",
  "resident / anonymous MiB",
];

const rows: Row[] = [];
await using nodeExporter = await startHttpPeer("prometheus-node-exporter", [
  "--web.listen-address=127.0.0.1:19100",
  "--collector.disable-defaults",
  "--collector.tcpstat",
  "--collector.udp_queues",
  "--collector.sockstat",
  "--collector.netstat",
], "http://127.0.0.1:19100/metrics");
await using processExporter = await startHttpPeer(
  "prometheus-process-exporter",
  ["-web.listen-address=127.0.0.1:19256", "-procnames=filebeat"],
  "http://127.0.0.1:19256/metrics",
);
const peers: readonly Peer[] = [
  { name: "ss -ulnp", run: command("ss", "-ulnp") },
  { name: "netstat -unlp", run: command("netstat", "-unlp") },
  { name: "node_exporter, socket collectors", run: nodeExporter.scrape },
  { name: "process-exporter", run: processExporter.scrape },
];

using _udp = await holdPorts(6984, 15);
using _tcp = holdListeners(7101, 5);
rows.push(
  await benchExporter("quiet, 15 UDP", {
    ports: UDP_15,
    tables: ["udp", "udp6"],
    rounds: 1000,
  }),
);
{
  using _more = await holdPorts(10000, 1000);
  rows.push(
    await benchExporter("quiet, 1,000 UDP", {
      ports: UDP_1000,
      tables: ["udp", "udp6"],
      rounds: 100,
    }),
  );
}
const quietPeers = await benchPeers(peers);

const load = await startLoad();
rows.push(
  await benchExporter("loaded, 15 UDP + 5 TCP", {
    ports: UDP_15 + TCP_5,
    tables: ["udp", "udp6", "tcp", "tcp6"],
    rounds: 1000,
  }),
);
const loadedPeers = await benchPeers(peers);
await load[Symbol.asyncDispose]();

const text = [
  "What a scrape costs, HTTP included, in milliseconds:",
  "",
  renderTable(HEADER, rows),
  "What other programs take on the same hosts in the same run:",
  "",
  renderTable(
    ["program", "quiet p50 ms", "loaded p50 ms"],
    quietPeers.map(({ scenario, cells }, index) => ({
      scenario,
      cells: [...cells, ...loadedPeers[index]?.cells ?? []],
    })),
  ),
].join("\n");
console.log(text);
for (const path of isWriting ? ["docs/benchmark.md", "README.md"] : []) {
  await writeResults(path, { name: "results", text });
}
