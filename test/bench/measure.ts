/**
 * Measures the exporter on the host as it is: what a scrape takes, and how long
 * it holds up other requests.
 *
 * @module
 */

import process from "node:process";
import {
  type BenchedExporter,
  findPercentiles,
  measure,
  measurePause,
  readPlain,
  startExporter,
} from "./subjects.ts";

/** What to measure. */
export interface Subject {
  /** The ports of the configuration, as YAML. */
  readonly ports: string;
  /** Tables that a plain read of the same things reads. */
  readonly tables: readonly string[];
  /** Whether somebody listens on TCP over IPv6. */
  readonly hasVersion6Listener?: boolean;
  /** Is done before each scrape and not measured. */
  readonly beforeScrape?: () => Promise<void>;
}

/** What was measured, in milliseconds where nothing else is said. */
export interface Measured {
  /** CPU time of the exporter for one scrape, samples in between included. */
  readonly cpu: number;
  /** CPU time of a plain read of the same tables, in the same run. */
  readonly plainCpu: number;
  /** A scrape by the clock. */
  readonly p50: number;
  /** The longest one of less than 100 scrapes. */
  readonly p99: number;
  readonly residentKib: number;
  /** What another request had to wait for at most, in CPU time. */
  readonly pause: number;
  /** The first scrape, with a walk over all processes. */
  readonly cold: {
    readonly took: number;
    readonly cpu: number;
    readonly pause: number;
    /** By the clock, when its client waits no longer than a second. */
    readonly inHurry: number;
  };
}

/** Scrapes of one measurement: as many as fit into the time, within bounds. */
const ROUNDS = { min: 10, max: 400, milliseconds: 4_000, warmUp: 10 };

/** Measures one subject. */
export async function measureAt(subject: Subject): Promise<Measured> {
  using _listener = subject.hasVersion6Listener
    ? Deno.listen({ hostname: "::1", port: 7106 })
    : undefined;
  const inHurry = await measureHurry(subject);
  await using exporter = await startExporter(`ports:\n${subject.ports}`);
  const cpuBefore = exporter.threadSeconds();
  const { took, pause: coldPause } = await measurePause(
    exporter,
    () => exporter.scrape(),
  );
  const cpu = (exporter.threadSeconds() - cpuBefore) * 1000;
  const steady = await measureSteady(exporter, subject);
  const { pause } = await measurePause(exporter, async () => {
    for (let round = 0; round < ROUNDS.min; round++) await exporter.scrape();
  });
  return {
    ...steady,
    residentKib: exporter.usage().residentKib,
    pause,
    cold: { took, cpu, pause: coldPause, inHurry },
  };
}

async function measureHurry({ ports }: Subject): Promise<number> {
  await using exporter = await startExporter(`ports:\n${ports}`);
  return await measure(() => exporter.scrape(1));
}

/** Scrapes and reads the tables in turn, so that both meet the same machine. */
async function measureSteady(
  exporter: BenchedExporter,
  { tables, beforeScrape = () => Promise.resolve() }: Subject,
): Promise<Pick<Measured, "cpu" | "p50" | "p99" | "plainCpu">> {
  for (let round = 0; round < ROUNDS.warmUp; round++) await exporter.scrape();
  const scrapes: number[] = [];
  let plainMicroseconds = 0;
  const end = performance.now() + ROUNDS.milliseconds;
  const cpuBefore = exporter.usage().cpuSeconds;
  while (
    scrapes.length < ROUNDS.min ||
    scrapes.length < ROUNDS.max && performance.now() < end
  ) {
    await beforeScrape();
    scrapes.push(await measure(() => exporter.scrape()));
    const before = process.cpuUsage();
    tables.forEach(readPlain);
    const { user, system } = process.cpuUsage(before);
    plainMicroseconds += user + system;
  }
  const cpuSeconds = exporter.usage().cpuSeconds - cpuBefore;
  return {
    cpu: cpuSeconds * 1000 / scrapes.length,
    plainCpu: plainMicroseconds / 1000 / scrapes.length,
    ...findPercentiles(scrapes),
  };
}
