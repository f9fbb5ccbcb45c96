/**
 * Scans: reads the socket tables that the configuration needs, finds the owners
 * of the sockets and builds the snapshot. Simultaneous callers share one scan.
 *
 * @module
 */

import type { Config } from "../config/config.ts";
import type { Logger } from "../log.ts";
import { buildHostCounters } from "../model/host_counters.ts";
import { tablesByProtocol } from "../model/listening_socket.ts";
import { createLastValue } from "../model/last_value.ts";
import {
  buildFindings,
  buildSnapshot,
  type Findings,
  ownedSockets,
  type Snapshot,
  type TableResult,
  type TargetFinding,
} from "../model/snapshot.ts";
import type { SourceHealth } from "../model/source_health.ts";
import { buildVerdict } from "../model/verdict.ts";
import {
  defaultLocalPortRange,
  readLocalPortRange,
} from "../procfs/ip_local_port_range.ts";
import type { ProcfsReader } from "../procfs/reader.ts";
import type { SocketTable } from "../procfs/socket_table.ts";
import {
  createBreather,
  STEP_SLICE_MILLISECONDS,
  WALK_SLICE_MILLISECONDS,
} from "./breathe.ts";
import { createOwnerCache, type ResolvedOwners } from "./owner_cache.ts";
import type { WithoutOwnSockets } from "./own_sockets.ts";
import { buildScanPlan, type Look, type ScanPlan } from "./scan_plan.ts";
import { readCounterFiles } from "./read_host_counters.ts";
import { readTable } from "./read_table.ts";
import { createSourceHealthBook } from "./source_health.ts";
import {
  createTracker,
  type OnChange,
  type TargetObservation,
  type Tracker,
} from "./tracker.ts";

/** Scans on demand. */
export interface Scanner {
  /** Scans afresh, or joins the scan that is under way. */
  scan(options?: ScanOptions): Promise<Snapshot>;
  /**
   * Looks at the targets only, without owners, so that what happens between
   * two scans is seen.
   */
  sample(): Promise<void>;
  /**
   * Looks for what another configuration says from now on. What is known of
   * targets and sockets that stay is kept; a scan that is under way ends with
   * the configuration that it began with.
   */
  reconfigure(config: Config): void;
  /** What has been seen of the targets since the start. */
  readonly tracker: Tracker;
  /** Health of the sources after the last scan. */
  sources(): readonly SourceHealth[];
  /** Walks over all processes since the start. */
  readonly ownerWalks: number;
}

/** How to scan. */
export interface ScanOptions {
  /**
   * Time after which a scan does not wait any more for the owners of new
   * sockets; 5,000 when not given.
   */
  readonly maxWaitMilliseconds?: number;
}

/** What a scanner needs. */
export interface ScannerOptions {
  /** The procfs to scan. */
  readonly reader: ProcfsReader;
  /** What to look for, until `reconfigure()`. */
  readonly config: Config;
  /** Is told of sources that fail and that are well again. */
  readonly log: Logger;
  /** A monotonic clock in milliseconds; `performance.now` when not given. */
  readonly now?: () => number;
  /** The time in milliseconds since 1970; `Date.now` when not given. */
  readonly unixNow?: () => number;
  /** Is told how long each scan and each sample took. */
  readonly onDuration?: (seconds: number) => void;
  /** The longest time between two scans that is taken for observed. */
  readonly maxGapSeconds?: () => number;
  /** Is told when a target goes up or down. */
  readonly onChange?: OnChange;
  /** Leaves out sockets that are no listeners to report. */
  readonly withoutOwnSockets?: WithoutOwnSockets;
}

const DEFAULT_WAIT_MILLISECONDS = 5_000;

/** With scrapes only, the longest usual interval between them. */
export const DEFAULT_GAP_SECONDS = 300;

/** Creates a scanner. */
export function createScanner(options: ScannerOptions): Scanner {
  const {
    reader,
    log,
    now = () => performance.now(),
    unixNow = Date.now,
    onDuration = () => {},
    maxGapSeconds = () => DEFAULT_GAP_SECONDS,
    onChange,
    withoutOwnSockets = (sockets) => sockets,
  } = options;
  let plan = buildScanPlan(options.config);
  let ephemeralPorts = defaultLocalPortRange;
  const health = createSourceHealthBook(log);
  const tracker = createTracker({
    maxGapSeconds,
    ...(onChange && { onChange }),
  });
  const ownerCache = createOwnerCache({
    reader,
    now,
    createBreather: () => createBreather(now, WALK_SLICE_MILLISECONDS),
  });
  const lastObservations = createLastValue<readonly TargetObservation[]>();
  // One reading of the tables at a time, or the tracker would be told of an
  // older one after a newer one.
  let lastFinding: Promise<unknown> = Promise.resolve();
  let scanFinding: Promise<Findings> | undefined;
  const snapshotsByFindings = new WeakMap<
    Findings,
    Map<number, Promise<Snapshot>>
  >();

  /**
   * A table is not a snapshot: a row can be missing because another one went
   * while it was read. A port that seems to have lost a socket is looked at
   * twice.
   */
  async function find(look: Look): Promise<Findings> {
    let findings = await findOnce(look);
    const seemsLost = findings.targets.some(({ watched, observation }) =>
      observation.sawAll &&
      observation.serving.length < tracker.lastSockets(watched.key)
    );
    if (seemsLost) findings = await findOnce(look);
    const observations = lastObservations(
      [findings.targets],
      () => findings.targets.map(buildObservation),
    );
    tracker.observe(observations, {
      monotonicSeconds: now() / 1000,
      unixSeconds: unixNow() / 1000,
    });
    return findings;
  }

  async function findOnce(look: Look): Promise<Findings> {
    const breathe = createBreather(now);
    const tables: Partial<Record<SocketTable, TableResult>> = {};
    for (const table of look.tables) {
      const { result, report } = await readTable(reader, {
        table,
        breathe,
        ...(look.ports && { ports: look.ports }),
        memory: look.memories[table],
      });
      tables[table] = result;
      health.report(table, report);
    }
    if (look.config.listeners.enabled) {
      ephemeralPorts = readLocalPortRange(reader, ephemeralPorts);
    }
    const { targets, candidates } = buildFindings({
      config: look.config,
      watchedTargets: look.watchedTargets,
      tables,
      ephemeralPorts,
    });
    return {
      targets,
      ...(candidates && { candidates: withoutOwnSockets(candidates) }),
    };
  }

  async function resolveOwners(
    { targets, candidates = [] }: Findings,
    { likelyNames, maxWaitMilliseconds }: {
      readonly likelyNames: ReadonlySet<string>;
      readonly maxWaitMilliseconds: number;
    },
  ): Promise<ResolvedOwners> {
    const inodes = new Set<string>();
    for (const { observation } of targets) {
      for (const { inode } of ownedSockets(observation)) inodes.add(inode);
    }
    for (const { inode } of candidates) inodes.add(inode);
    inodes.delete("0"); // No process can own it.
    return await ownerCache.resolve({
      inodes,
      likelyNames,
      maxWaitMilliseconds,
    });
  }

  function findAlone(look: Look): Promise<Findings> {
    const finding = lastFinding.then(() => find(look));
    lastFinding = finding.catch(() => {});
    return finding;
  }

  function joinFinding(look: Look): Promise<Findings> {
    if (scanFinding === undefined) {
      const finding = findAlone(look).finally(() => {
        // After a reload it can be another one.
        if (scanFinding === finding) scanFinding = undefined;
      });
      scanFinding = finding;
    }
    return scanFinding;
  }

  async function completeScan(
    findings: Findings,
    { config, likelyNames, maxWaitMilliseconds }: ScanPlan & {
      readonly maxWaitMilliseconds: number;
    },
  ): Promise<Snapshot> {
    const breathe = createBreather(now, STEP_SLICE_MILLISECONDS);
    const { owners, report } = await resolveOwners(
      findings,
      { likelyNames, maxWaitMilliseconds },
    );
    health.report("owners", report);
    // Finding the owners may have taken long already.
    const pause = breathe();
    if (pause !== undefined) await pause;
    const counters = buildHostCounters(
      readCounterFiles(reader, health.report),
    );
    return buildSnapshot(findings, { config, owners, counters });
  }

  async function timed<Value>(
    work: Promise<Value>,
    start: number,
  ): Promise<Value> {
    const value = await work;
    onDuration((now() - start) / 1000);
    return value;
  }

  return {
    tracker,
    // A table that is not read any more can neither fail nor be well.
    sources: () => {
      const { tables } = plan.scan;
      const unwanted = allTables.filter((table) => !tables.includes(table));
      return health.list().filter(({ labels: { source } }) =>
        !unwanted.some((table) => table === source)
      );
    },
    get ownerWalks() {
      return ownerCache.walks;
    },
    async scan({ maxWaitMilliseconds = DEFAULT_WAIT_MILLISECONDS } = {}) {
      const start = now();
      const planned = plan;
      const findings = await joinFinding(planned.scan);
      // Who shares the findings shares the rest too, but not another's wait.
      const snapshots = snapshotsByFindings.get(findings) ?? new Map();
      snapshotsByFindings.set(findings, snapshots);
      let snapshot = snapshots.get(maxWaitMilliseconds);
      if (snapshot === undefined) {
        snapshot = timed(
          completeScan(findings, {
            ...planned,
            // The tables have taken their part of it.
            maxWaitMilliseconds: maxWaitMilliseconds - (now() - start),
          }),
          start,
        );
        snapshots.set(maxWaitMilliseconds, snapshot);
      }
      return await snapshot;
    },
    async sample() {
      // A scan that reads the tables now observes the targets itself.
      if (scanFinding !== undefined || plan.sample.tables.length === 0) return;
      await timed(findAlone(plan.sample), now());
    },
    reconfigure(config) {
      plan = buildScanPlan(config);
      scanFinding = undefined;
    },
  };
}

/** What the tracker is told of a target. */
function buildObservation(
  { watched, observation }: TargetFinding,
): TargetObservation {
  const { up } = buildVerdict(watched, observation);
  return {
    watched,
    ...(up !== undefined && { up }),
    ...(observation.sawAll && { sockets: observation.serving }),
  };
}

const allTables = Object.values(tablesByProtocol).flat();
