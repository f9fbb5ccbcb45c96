/**
 * What the bench measures: the exporter, other exporters, plain reads.
 *
 * @module
 */

import { getPage } from "./http_client.ts";
import { type ProcessUsage, readUsage } from "../support/process_usage.ts";

const BINARY = new URL("../../dist/port_exporter", import.meta.url).pathname;

/** Something that is compared with the exporter. */
export interface Peer {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** Another exporter at work. */
export interface HttpPeer extends AsyncDisposable {
  scrape(): Promise<void>;
}

/** The exporter at work. */
export interface BenchedExporter extends HttpPeer {
  /** Scrapes as a Prometheus does that waits so long, 10 s by default. */
  scrape(timeoutSeconds?: number): Promise<void>;
  /** Asks for nothing but an answer. */
  ping(): Promise<void>;
  /** The exposition. */
  text(): Promise<string>;
  /** CPU time of its main thread, which answers all requests. */
  threadSeconds(): number;
  /** What it takes. */
  usage(): ProcessUsage;
}

/** Percentiles in milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** How long something takes, in milliseconds. */
export async function measure(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * How long something takes, and the longest time that the exporter computed
 * before it answered another request meanwhile, in milliseconds. CPU time of
 * the thread that answers, and not of the clock: what other programs of a busy
 * machine take is not in it.
 */
export async function measurePause(
  { ping, threadSeconds }: BenchedExporter,
  work: () => Promise<unknown>,
): Promise<{ readonly took: number; readonly pause: number }> {
  let pause = 0;
  let isOver = false;
  const pinging = (async () => {
    while (!isOver) {
      const before = threadSeconds();
      await ping();
      pause = Math.max(pause, (threadSeconds() - before) * 1000);
    }
  })();
  const took = await measure(work);
  isOver = true;
  await pinging;
  return { took, pause };
}

/** Starts an exporter and waits until it answers. */
export async function startHttpPeer(
  program: string,
  args: readonly string[],
  url: string,
): Promise<HttpPeer & { readonly pid: number }> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const scrape = () => getPage(url);
  for (let attempt = 0;; attempt++) {
    try {
      await fetch(url, { method: "HEAD" }).then((one) => one.body?.cancel());
      break;
    } catch (error) {
      if (attempt > 250) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return {
    pid: child.pid,
    scrape,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

/** Starts the exporter with a configuration. */
export async function startExporter(config: string): Promise<BenchedExporter> {
  const path = await Deno.makeTempFile({ suffix: ".yml" });
  await Deno.writeTextFile(path, config);
  const address = "127.0.0.1:19117";
  const url = `http://${address}/metrics`;
  const peer = await startHttpPeer(BINARY, [
    `--config.file=${path}`,
    `--web.listen-address=${address}`,
  ], `http://${address}/-/ready`);
  return {
    scrape: (timeoutSeconds = 10) =>
      getPage(url, {
        "x-prometheus-scrape-timeout-seconds": String(timeoutSeconds),
      }),
    ping: () => getPage(`http://${address}/-/healthy`),
    text: async () => await (await fetch(url)).text(),
    // Documentation/scheduler/sched-stats.rst: nanoseconds on a CPU come first.
    threadSeconds: () =>
      parseInt(Deno.readTextFileSync(`/proc/${peer.pid}/schedstat`)) / 1e9,
    usage: () => readUsage(peer.pid),
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await Deno.remove(path);
    },
  };
}

/** Scrapes and reads the tables in turn, so that both meet the same machine. */
export async function summarize(
  exporter: BenchedExporter,
  { tables, rounds }: {
    readonly tables: readonly string[];
    readonly rounds: number;
  },
): Promise<{ readonly plain: Percentiles; readonly scrapes: Percentiles }> {
  for (let round = 0; round < 20; round++) {
    await exporter.scrape();
    tables.forEach(readPlain);
  }
  const scrapes: number[] = [];
  const plain: number[] = [];
  for (let round = 0; round < rounds; round++) {
    scrapes.push(await measure(() => exporter.scrape()));
    const start = performance.now();
    tables.forEach(readPlain);
    plain.push(performance.now() - start);
  }
  return { plain: findPercentiles(plain), scrapes: findPercentiles(scrapes) };
}

/** The median, and what 99 of 100 values are below. */
export function findPercentiles(values: number[]): Percentiles {
  values.sort((a, b) => a - b);
  const at = (part: number) => values[Math.floor(values.length * part)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

const buffer = new Uint8Array(64 * 1024);
const latin1 = new TextDecoder("latin1");

/** Reads a table as `cat` does, a TCP table up to the end of its LISTEN block. */
export function readPlain(table: string): void {
  using file = Deno.openSync(`/proc/net/${table}`);
  for (;;) {
    const length = file.readSync(buffer);
    if (length === null || length === 0) return;
    if (!table.startsWith("tcp")) continue;
    const page = latin1.decode(buffer.subarray(0, length));
    if (/^ *\d+: \S+ \S+ (?!0A|03)[0-9A-F]{2} /m.test(page)) return;
  }
}

/** The value of a series without labels. */
export function findNumber(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
}
