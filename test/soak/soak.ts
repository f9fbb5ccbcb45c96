/**
 * Lets the built binary work under everything at once and looks whether it
 * keeps its promises:
 *
 *   make soak                    two minutes
 *   make soak SOAK_SECONDS=3600  an hour
 *   make soak ARGS=write         and puts the figures into docs/reliability.md
 *
 * Exits with 1 when a promise is broken. Runs in a network namespace of its
 * own; needs root.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a soak talks to people

import { startHolder } from "../support/holder.ts";
import { enterNamespaces } from "../support/namespace.ts";
import { type ProcessUsage, readUsage } from "../support/process_usage.ts";
import { fail, startExporter, wait } from "../support/program.ts";
import { writeResults } from "../support/results.ts";
import {
  annoy,
  browse,
  type Page,
  pause,
  type Rhythm,
  scrapeOnAndOn,
  type Sightings,
} from "./clients.ts";
import { flood, handOver, liveAndDie, rebind } from "./owners.ts";
import { count, judge, type MemoryPoint } from "./promises.ts";
import { reloadOnAndOn, type Variant } from "./reloads.ts";
import type { Truth } from "./verdicts.ts";

await enterNamespaces(import.meta.url);

const seconds = Number(Deno.env.get("SOAK_SECONDS") ?? 120);
if (!(seconds >= 4)) fail(`Cannot soak: ${seconds} s, want 4 or more`);

const PORTS = {
  steady: 6984,
  closed: 6985,
  deaf: 6986,
  relay: 6987,
  rebound: 6988,
  lives: [6991, 6992, 6993],
};
const TCP_PORT = 7101;

const BASE = `
defaults: {protocol: udp}
ports:
  - {port: ${PORTS.steady}, name: steady, process: steady, sockets: 1}
  - {port: ${PORTS.closed}, name: closed}
  - {port: ${PORTS.deaf}, name: deaf, process: deaf}
  - {port: ${PORTS.relay}, name: relay}
  - {port: ${PORTS.rebound}, name: rebound}
  - {port: [${PORTS.lives.join(", ")}], name: lives, process: [parent, heir]}
  - {port: ${TCP_PORT}, name: steady, protocol: tcp}
listeners: {enabled: true}
`;

const GUESTS = "ports: [{port: 10000-10099, name: guest}]\n";

const VARIANTS: readonly Variant[] = [
  { name: "missing.yml", content: undefined, isGood: false },
  {
    name: "folder",
    content: { "10-base.yml": BASE, "20-guests.yml": GUESTS },
    isGood: true,
  },
  { name: "bad.yml", content: "ports: [{port: 70000}]\n", isGood: false },
  { name: "good.yml", content: BASE, isGood: true },
  {
    name: "bad_folder",
    content: { "10-base.yml": BASE, "20-broken.yml": "ports: [\n" },
    isGood: false,
  },
  { name: "base.yml", content: BASE, isGood: true },
];

/** The pages that are looked at beside `/metrics`. */
const PAGES: readonly Page[] = [
  { path: "/", status: 200 },
  { path: "/api/v1/ports", status: 200 },
  { path: "/-/healthy", status: 200 },
  { path: "/-/ready", status: 200 },
  { path: "/nowhere", status: 404 },
];

const RHYTHMS: readonly Rhythm[] = [
  { everyMilliseconds: 1_000, atOnce: 1, encoding: "gzip", reconnects: false },
  { everyMilliseconds: 100, atOnce: 1, encoding: "identity", reconnects: true },
  { everyMilliseconds: 150, atOnce: 1, encoding: "gzip", reconnects: true },
  { everyMilliseconds: 2_000, atOnce: 10, encoding: "gzip", reconnects: false },
];

function series(name: string, port: keyof typeof PORTS): string {
  return `${name}{protocol="udp",port="${PORTS[port]}",name="${port}"}`;
}

const OBSERVED = series("port_observed_seconds_total", "steady");
const SCANS = "port_exporter_scan_duration_seconds_count";
const TRUTH: Truth = {
  values: new Map([
    [series("port_up", "steady"), 1],
    [series("port_sockets", "steady"), 1],
    [series("port_owner_matches", "steady"), 1],
    [series("port_rebinds_total", "steady"), 0],
    [series("port_down_seconds_total", "steady"), 0],
    [series("port_up", "deaf"), 1],
    [series("port_up", "relay"), 1],
    [series("port_up", "closed"), 0],
    [series("port_sockets", "closed"), 0],
    [`port_up{protocol="tcp",port="${TCP_PORT}",name="steady"}`, 1],
    ...["tcp", "tcp6", "udp", "udp6"].map((source) =>
      [`port_exporter_scan_success{source="${source}"}`, 1] as const
    ),
  ]),
  mayRestart: /name="guest"/,
};

const ending = new AbortController();
const { signal } = ending;
for (const name of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(name, () => ending.abort());
}

await using _steady = await startHolder({ name: "steady", port: PORTS.steady });
await using _deaf = await startHolder({ name: "deaf", port: PORTS.deaf });
await using relay = await startHolder({ name: "runner", port: PORTS.relay });
using _tcp = Deno.listen({ hostname: "127.0.0.1", port: TCP_PORT });
await using exporter = await startExporter({
  config: BASE,
  args: ["--scan.interval=100ms"],
});
await exporter.scrape();

const sightings: Sightings = {
  scrapes: 0,
  late: 0,
  lost: [],
  wrong: [],
  pages: 0,
  broken: 0,
};
const memory: MemoryPoint[] = [];
const { descriptors: before, cpuSeconds: cpuBefore } = readUsage(exporter.pid);
const began = performance.now();
const options = { url: exporter.url, sightings, signal };
const work = [
  ...RHYTHMS.map((rhythm) =>
    scrapeOnAndOn(rhythm, { ...options, truth: TRUTH })
  ),
  browse(PAGES, options),
  ...Array.from({ length: 5 }, () => annoy(options)),
  ...PORTS.lives.map((port) => liveAndDie({ port, signal })),
  handOver({ port: PORTS.relay, signal, first: relay }),
  rebind({ port: PORTS.rebound, signal }),
  flood({ port: PORTS.deaf, signal }),
];
const reloading = reloadOnAndOn(VARIANTS, {
  ...options,
  exporter,
  everyMilliseconds: 2_000,
});
// Whatever breaks, the end is near.
for (const part of [...work, reloading]) part.catch(() => ending.abort());
const usage = await watch();
ending.abort();
await Promise.all(work);
const reloads = await reloading;

const lastDrops = await readDrops();
const { first, last } = sightings;
const missedSeconds = first === undefined || last === undefined
  ? NaN
  : Math.max(
    last.startSeconds - first.endSeconds -
      (read(last.scrape.values) - read(first.scrape.values)),
    0,
  );
const judgements = judge({
  memory,
  scrapes: sightings.scrapes,
  lostScrapes: sightings.lost.length,
  lateScrapes: sightings.late,
  wrongVerdicts: sightings.wrong.length,
  descriptors: { before, after: await countDescriptorsAfterwards() },
  missedSeconds,
  drops: lastDrops,
});
const passed = memory.at(-1)?.atSeconds ?? 0;
const text = [
  `${count(passed)} s: ${count(sightings.scrapes)} scrapes, ` +
  `${count(sightings.pages)} other pages, ${count(reloads)} reloads, ` +
  `${count(sightings.broken)} broken clients; ` +
  `CPU ${
    ((usage.cpuSeconds - cpuBefore) / passed * 100).toFixed(1)
  } % of one core, ` +
  `resident ${mebibytes(usage.residentKib)} MiB ` +
  `(anonymous ${mebibytes(usage.anonymousKib)}).`,
  "",
  "| promise | measured | wanted | kept |",
  "| --- | --- | --- | --- |",
  ...judgements.map(({ promise, measured, wanted, isKept }) =>
    `| ${promise} | ${measured} | ${wanted} | ${isKept ? "yes" : "NO"} |`
  ),
].join("\n");
for (const sentence of [...sightings.lost, ...sightings.wrong].slice(0, 20)) {
  console.error(sentence);
}
console.log(text);
if (Deno.args.includes("write")) {
  await writeResults("docs/reliability.md", { name: "soak", text });
}
if (judgements.some(({ isKept }) => !isKept)) Deno.exitCode = 1;

function read(values: ReadonlyMap<string, number>): number {
  return values.get(OBSERVED) ?? NaN;
}

/** Reads every second what the exporter takes, and prints it now and then. */
async function watch(): Promise<ProcessUsage> {
  let printed = { atSeconds: 0, cpuSeconds: cpuBefore };
  for (;;) {
    await pause(1_000, signal);
    const atSeconds = (performance.now() - began) / 1000;
    const usage = readUsage(exporter.pid);
    memory.push({ atSeconds, residentKib: usage.residentKib });
    const isLast = signal.aborted || atSeconds >= seconds;
    if (isLast || atSeconds - printed.atSeconds >= 10) {
      const share = (usage.cpuSeconds - printed.cpuSeconds) /
        (atSeconds - printed.atSeconds);
      printed = { atSeconds, cpuSeconds: usage.cpuSeconds };
      console.log(
        `${count(atSeconds)} s: ` +
          `resident ${mebibytes(usage.residentKib)} MiB, ` +
          `anonymous ${mebibytes(usage.anonymousKib)} MiB, ` +
          `${usage.descriptors} descriptors, ${usage.threads} threads, ` +
          `CPU ${(share * 100).toFixed(1)} %, ` +
          `${count(sightings.scrapes)} scrapes, ` +
          `${count(sightings.last?.scrape.values.get(SCANS) ?? 0)} scans ` +
          `and samples, ${sightings.lost.length} lost, ` +
          `${sightings.wrong.length} wrong`,
      );
    }
    if (isLast) return usage;
  }
}

function mebibytes(kib: number): string {
  return (kib / 1024).toFixed(1);
}

/** Open files, when connections have had time to be closed. */
async function countDescriptorsAfterwards(): Promise<number> {
  let { descriptors } = readUsage(exporter.pid);
  for (let turn = 0; turn < 100 && descriptors > before; turn++) {
    await wait(100);
    ({ descriptors } = readUsage(exporter.pid));
  }
  return descriptors;
}

/** Drops of the deaf port: the exporter's count, and the kernel's. */
async function readDrops(): Promise<{ exporter: number; kernel: number }> {
  const scraped = await exporter.scrape();
  const suffix = `:${PORTS.deaf.toString(16).toUpperCase().padStart(4, "0")}`;
  const row = Deno.readTextFileSync("/proc/self/net/udp").split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find(([, local]) => local?.endsWith(suffix));
  return {
    exporter: scraped.value("port_receive_drops_total", { name: "deaf" }) ??
      NaN,
    kernel: Number(row?.at(-1) ?? NaN),
  };
}
