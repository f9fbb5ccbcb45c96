/**
 * Turns what a scan found and what lives between scans into one value, from
 * which the JSON and the page for browsers are made.
 *
 * @module
 */

import type { AddressExpectation, Target } from "../config/config.ts";
import type { ConfigLoad } from "../metrics/samples.ts";
import type { Holder } from "../model/owner.ts";
import type { Snapshot, TargetStatus } from "../model/snapshot.ts";
import type { SourceHealth } from "../model/source_health.ts";
import type { TargetRecord } from "../model/target_record.ts";
import type { BuildInfo } from "../version.ts";
import { findHistoryStart, type History } from "../watch/history.ts";
import type {
  OwnerReport,
  StatusReport,
  TargetReport,
} from "./status_report.ts";

/** What a report is built from. */
export interface StatusReportInput {
  /** The scan. */
  readonly snapshot: Snapshot;
  /** When it had ended, seconds since 1970. */
  readonly unixSeconds: number;
  /** The sources of the scan. */
  readonly sources: readonly SourceHealth[];
  /** The program. */
  readonly build: BuildInfo;
  /** Name of the host; undefined when unknown. */
  readonly hostname: string | undefined;
  /** What lives between scans; absent after a single one. */
  readonly watch?: WatchInput;
  /** The configuration file; absent without one. */
  readonly configLoad?: ConfigLoad;
}

/** What lives between scans. */
export interface WatchInput {
  /** When the exporter started, seconds since 1970. */
  readonly startSeconds: number;
  /** The record of a target. */
  readonly record: (key: string) => TargetRecord | undefined;
  /** The last day of a target. */
  readonly history: (key: string) => History | undefined;
}

/** How to build. */
export interface BuildOptions {
  /** Is called between targets, to give the event loop room. */
  readonly breathe?: () => Promise<void> | undefined;
}

/** Builds the report. */
export async function buildStatusReport(
  input: StatusReportInput,
  { breathe = () => undefined }: BuildOptions = {},
): Promise<StatusReport> {
  const { snapshot, watch, configLoad, hostname, unixSeconds } = input;
  const targets: TargetReport[] = [];
  for (const status of snapshot.targets) {
    targets.push(buildTargetReport(status, { watch, unixSeconds }));
    const pause = breathe();
    if (pause !== undefined) await pause;
  }
  const { listeners, unexpectedListeners, counters } = snapshot;
  const { version, revision, deno_version, target } = input.build;
  return {
    time: formatTime(unixSeconds),
    ...(hostname !== undefined && { hostname }),
    ...(watch && { historyStart: formatTime(findHistoryStart(unixSeconds)) }),
    targets,
    ...(listeners !== undefined && { listeners }),
    ...(unexpectedListeners !== undefined && { unexpectedListeners }),
    host: {
      ...known("udpNoPortDatagrams", counters.udpNoPort),
      ...known("udpReceiveBufferErrors", counters.udpReceiveBufferErrors),
      ...known("tcpListenOverflows", counters.tcpListenOverflows),
      ...known("tcpListenDrops", counters.tcpListenDrops),
    },
    exporter: {
      version,
      revision,
      denoVersion: deno_version,
      target,
      ...(watch && { startTime: formatTime(watch.startSeconds) }),
      ...(configLoad && {
        config: {
          lastReloadSuccessful: configLoad.successful,
          lastReloadSuccess: formatTime(configLoad.successSeconds),
        },
      }),
      sources: input.sources.map(({ labels, success, errors, lastError }) => ({
        source: labels.source,
        success,
        errors,
        ...known("lastError", lastError),
      })),
    },
  };
}

function buildTargetReport(
  { watched, up, state, sockets, receiveQueue, owner }: TargetStatus,
  { watch, unixSeconds }: {
    readonly watch: WatchInput | undefined;
    readonly unixSeconds: number;
  },
): TargetReport {
  const { key, target } = watched;
  const history = watch?.history(key);
  const record = watch?.record(key);
  return {
    protocol: target.protocol,
    port: target.port,
    name: target.name,
    labels: target.labels,
    severity: target.severity,
    expected: buildExpected(target),
    ...known("up", up),
    state: state ?? "unknown",
    ...known("sockets", sockets?.length),
    owners: owner.holders.map(buildOwnerReport),
    ...known("ownerMatches", owner.matches),
    ...known(
      target.protocol === "udp"
        ? "receiveQueueBytes"
        : "acceptQueueConnections",
      receiveQueue,
    ),
    // Unknown now: no counter of it is to be trusted.
    ...(up !== undefined && record !== undefined && buildRecordReport(record)),
    ...known("history", history?.render(unixSeconds)),
    ...known("historyDownSeconds", history?.countDownSeconds(unixSeconds)),
  };
}

function buildRecordReport(record: TargetRecord) {
  const { lastChangeSeconds, lastDropSeconds } = record;
  return {
    ...(lastChangeSeconds !== undefined &&
      { lastChange: formatTime(lastChangeSeconds) }),
    observedSince: formatTime(record.sinceSeconds),
    ...known("receiveDrops", record.drops),
    ...(lastDropSeconds !== undefined &&
      { lastReceiveDrop: formatTime(lastDropSeconds) }),
    rebinds: record.rebinds,
    downSeconds: record.downSeconds,
    observedSeconds: record.observedSeconds,
  };
}

function buildExpected(
  { address, processes, units, users, sockets }: Target,
): TargetReport["expected"] {
  return {
    address: formatAddressExpectation(address),
    ...known("process", processes),
    ...known("unit", units),
    ...known("user", users),
    ...known("sockets", sockets),
  };
}

function formatAddressExpectation(address: AddressExpectation): string {
  return "text" in address ? address.text : address.kind;
}

function buildOwnerReport({ address, process, user }: Holder): OwnerReport {
  return {
    address,
    ...known("process", process?.comm),
    ...known("unit", process?.unit),
    user,
    ...known("container", process?.container),
    ...known("pid", process?.pid),
    ...(process && { startTime: formatTime(process.startTimeSeconds) }),
  };
}

/** An object with this key; without it when the value is unknown. */
function known<const Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [Name in Key]?: Value } {
  return value === undefined ? {} : { [key]: value } as { [N in Key]: Value };
}

/** RFC 3339, in UTC. */
function formatTime(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString();
}
