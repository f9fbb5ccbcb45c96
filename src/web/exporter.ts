/**
 * The exporter behind the pages: scans when it is scraped, samples in between,
 * renders what it knows.
 *
 * @module
 */

import type { Config, Target } from "../config/config.ts";
import type { LoadResult } from "../config/load.ts";
import type { Logger } from "../log.ts";
import { renderExposition, type RenderMemory } from "../metrics/exposition.ts";
import { buildSamples, type ConfigLoad } from "../metrics/samples.ts";
import { createSelfMetrics } from "../metrics/self_metrics.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { TargetRecord } from "../model/target_record.ts";
import { type MeasuredText, measureText } from "./measured_text.ts";
import { createProcfsReader, type ProcfsReader } from "../procfs/reader.ts";
import { readHostname } from "../procfs/hostname.ts";
import { buildStatusReport } from "../report/build_status_report.ts";
import type { StatusReport } from "../report/status_report.ts";
import { buildInfo } from "../version.ts";
import { createBreather, STEP_SLICE_MILLISECONDS } from "../watch/breathe.ts";
import { readProcessMetrics } from "../metrics/process_metrics.ts";
import { createGarbageCollector } from "../watch/collect_garbage.ts";
import {
  createScanner,
  DEFAULT_GAP_SECONDS,
  type ScanOptions,
} from "../watch/scanner.ts";
import { createOwnSocketFilter } from "../watch/own_sockets.ts";
import { startSampler } from "../watch/sampler.ts";

/** An exporter at work. */
export interface Exporter {
  /** Scans, and renders the exposition. */
  scrape(options?: ScanOptions): Promise<MeasuredText>;
  /** Scans, and tells all that is known. */
  report(options?: ScanOptions): Promise<StatusReport>;
  /**
   * Takes what came of loading the configuration again: a good one replaces
   * the old one, a bad one is shown in the exporter's metrics.
   */
  reload(result: LoadResult): void;
  /** Takes whether the web configuration could be loaded again. */
  reportWebReload(isSuccessful: boolean): void;
  /** Stops sampling. */
  stop(): void;
}

/** What an exporter needs. */
export interface ExporterOptions {
  /** What to look for, until `reload()`. */
  readonly config: Config;
  /** The procfs to scan. */
  readonly reader: ProcfsReader;
  /** The log. */
  readonly log: Logger;
  /** Time between samples; 0 for none. */
  readonly scanIntervalSeconds: number;
  /** Whether there is a configuration file, of the ports or of the web. */
  readonly hasConfigFile: boolean;
  /** Whether to expose metrics of this process. */
  readonly exposesProcess: boolean;
  /** Whether it scans once only: nothing has been counted over time then. */
  readonly isSingleScan?: true;
}

/** Creates an exporter, which begins to sample. */
export function createExporter(options: ExporterOptions): Exporter {
  const { reader, log, scanIntervalSeconds } = options;
  let { config } = options;
  const selfMetrics = createSelfMetrics();
  const memory: RenderMemory = new Map();
  // Simultaneous scrapes share a snapshot, and its text.
  const texts = new WeakMap<Snapshot, Promise<MeasuredText>>();
  const reports = new WeakMap<Snapshot, Promise<StatusReport>>();
  const startSeconds = Date.now() / 1000;
  const collectGarbage = createGarbageCollector();
  const ownReader = createProcfsReader("/proc");
  let configLoad = { successful: true, successSeconds: Date.now() / 1000 };
  let isWebConfigLoaded = true;
  const scanner = createScanner({
    reader,
    config,
    log,
    onDuration(seconds) {
      selfMetrics.observeScan(seconds);
      collectGarbage(config.targets.length);
    },
    ...(!options.isSingleScan && {
      onChange: logChange,
      withoutOwnSockets: createOwnSocketFilter(ownReader),
    }),
    // A sample that is late by more than this was kept from being taken.
    maxGapSeconds: () =>
      sampler === undefined
        ? DEFAULT_GAP_SECONDS
        : Math.max(5, 3 * sampler.intervalSeconds),
  });
  const sampler = scanIntervalSeconds > 0
    ? startSampler({
      sample: scanner.sample,
      intervalSeconds: scanIntervalSeconds,
      onError: (error) => log.error("sample failed", { error: String(error) }),
    })
    : undefined;

  return {
    stop: () => sampler?.stop(),
    reload(result) {
      if (!result.ok) {
        configLoad = { ...configLoad, successful: false };
        return;
      }
      config = result.config;
      scanner.reconfigure(config);
      configLoad = { successful: true, successSeconds: Date.now() / 1000 };
    },
    reportWebReload: (isSuccessful) => isWebConfigLoaded = isSuccessful,
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
    async report(scanOptions) {
      const snapshot = await scanner.scan(scanOptions);
      let report = reports.get(snapshot);
      if (report === undefined) {
        report = buildReport(snapshot);
        reports.set(snapshot, report);
      }
      return await report;
    },
  };

  function logChange(
    { protocol, port, name }: Target,
    { up, isFirst }: { readonly up: boolean; readonly isFirst: boolean },
  ): void {
    const fields = { protocol, port, name };
    if (!up) log.warn("port is down", fields);
    else if (isFirst) log.debug("port is up", fields);
    else log.info("port is up again", fields);
  }

  function buildReport(snapshot: Snapshot): Promise<StatusReport> {
    const { tracker } = scanner;
    const unixSeconds = Date.now() / 1000;
    return buildStatusReport({
      snapshot,
      unixSeconds,
      sources: scanner.sources(),
      build: buildInfo,
      hostname: readHostname(reader),
      watch: {
        startSeconds,
        record: tracker.record,
        history: tracker.history,
      },
      ...describeConfigLoad(),
    }, { breathe: createBreather() });
  }

  /** The state of both files, which are loaded together or not at all. */
  function describeConfigLoad(): { readonly configLoad?: ConfigLoad } {
    if (!options.hasConfigFile) return {};
    const successful = configLoad.successful && isWebConfigLoaded;
    return { configLoad: { ...configLoad, successful } };
  }

  function record(key: string): Partial<TargetRecord> | undefined {
    const all = scanner.tracker.record(key);
    if (!options.isSingleScan) return all;
    // The kernel's own count, which is older than the program.
    return all?.drops === undefined ? undefined : { drops: all.drops };
  }

  async function render(snapshot: Snapshot): Promise<MeasuredText> {
    const breathe = createBreather(undefined, STEP_SLICE_MILLISECONDS);
    const samples = buildSamples({
      snapshot,
      record,
      sources: scanner.sources(),
      ownerWalks: scanner.ownerWalks,
      build: buildInfo,
      selfSamples: await selfMetrics.collect(),
      ...describeConfigLoad(),
      ...(options.exposesProcess &&
        { process: readProcessMetrics(ownReader) }),
    });
    const exposition = await renderExposition(samples, {
      breathe,
      memory,
    });
    return measureText(exposition);
  }
}
