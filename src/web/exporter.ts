/**
 * The exporter behind the pages: scans when it is scraped, samples in between,
 * renders what it knows.
 *
 * @module
 */

import type { Config } from "../config/config.ts";
import type { Logger } from "../log.ts";
import { renderExposition, type RenderMemory } from "../metrics/exposition.ts";
import { buildSamples } from "../metrics/samples.ts";
import { createSelfMetrics } from "../metrics/self_metrics.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { createProcfsReader, type ProcfsReader } from "../procfs/reader.ts";
import { buildInfo } from "../version.ts";
import { createBreather, STEP_SLICE_MILLISECONDS } from "../watch/breathe.ts";
import { readProcessMetrics } from "../metrics/process_metrics.ts";
import { createGarbageCollector } from "../watch/collect_garbage.ts";
import {
  createScanner,
  DEFAULT_GAP_SECONDS,
  type ScanOptions,
} from "../watch/scanner.ts";
import { startSampler } from "../watch/sampler.ts";

/** An exporter at work. */
export interface Exporter {
  /** Scans, and renders the exposition. */
  scrape(options?: ScanOptions): Promise<string>;
  /** Stops sampling. */
  stop(): void;
}

/** What an exporter needs. */
export interface ExporterOptions {
  /** What to look for. */
  readonly config: Config;
  /** The procfs to scan. */
  readonly reader: ProcfsReader;
  /** The log. */
  readonly log: Logger;
  /** Time between samples; 0 for none. */
  readonly scanIntervalSeconds: number;
  /** Whether the configuration came from a file. */
  readonly hasConfigFile: boolean;
  /** Whether to expose metrics of this process. */
  readonly exposesProcess: boolean;
}

/** Creates an exporter, which begins to sample. */
export function createExporter(options: ExporterOptions): Exporter {
  const { config, reader, log, scanIntervalSeconds } = options;
  const selfMetrics = createSelfMetrics();
  const memory: RenderMemory = new Map();
  // Simultaneous scrapes share a snapshot, and its text.
  const texts = new WeakMap<Snapshot, Promise<string>>();
  const collectGarbage = createGarbageCollector(config.targets.length);
  const ownReader = createProcfsReader("/proc");
  const configLoad = { successful: true, successSeconds: Date.now() / 1000 };
  const scanner = createScanner({
    reader,
    config,
    log,
    onDuration(seconds) {
      selfMetrics.observeScan(seconds);
      collectGarbage();
    },
    // A sample that is late by more than this was kept from being taken.
    maxGapSeconds: () =>
      sampler === undefined
        ? DEFAULT_GAP_SECONDS
        : Math.max(5, 3 * sampler.intervalSeconds),
  });
  const sampler = scanIntervalSeconds > 0 && config.targets.length > 0
    ? startSampler({
      sample: scanner.sample,
      intervalSeconds: scanIntervalSeconds,
      onError: (error) => log.error("sample failed", { error: String(error) }),
    })
    : undefined;

  return {
    stop: () => sampler?.stop(),
    async scrape(scanOptions) {
      const start = performance.now();
      const snapshot = await scanner.scan(scanOptions);
      let text = texts.get(snapshot);
      if (text === undefined) {
        text = render(snapshot);
        texts.set(snapshot, text);
      }
      const exposition = await text;
      selfMetrics.observeScrape((performance.now() - start) / 1000);
      return exposition;
    },
  };

  async function render(snapshot: Snapshot): Promise<string> {
    const breathe = createBreather(undefined, STEP_SLICE_MILLISECONDS);
    const samples = buildSamples({
      snapshot,
      record: scanner.tracker.record,
      sources: scanner.sources(),
      ownerWalks: scanner.ownerWalks,
      build: buildInfo,
      selfSamples: await selfMetrics.collect(),
      ...(options.hasConfigFile && { configLoad }),
      ...(options.exposesProcess &&
        { process: readProcessMetrics(ownReader) }),
    });
    return await renderExposition(samples, {
      breathe,
      memory,
    });
  }
}
