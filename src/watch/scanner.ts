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
import { buildWatchedTargets } from "../model/watched_target.ts";
import {
  defaultLocalPortRange,
  readLocalPortRange,
} from "../procfs/ip_local_port_range.ts";
import type { ProcfsReader } from "../procfs/reader.ts";
import type { TableMemory } from "../procfs/read_socket_table.ts";
import type { SocketTable } from "../procfs/socket_table.ts";
import {
  createBreather,
  STEP_SLICE_MILLISECONDS,
  WALK_SLICE_MILLISECONDS,
} from "./breathe.ts";
import { createOwnerCache, type ResolvedOwners } from "./owner_cache.ts";
import { readCounterFiles } from "./read_host_counters.ts";
import { readTable } from "./read_table.ts";
import { createSourceHealthBook } from "./source_health.ts";
import {
  createTracker,
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
  /** What has been seen of the targets since the start. */
  readonly tracker: Tracker;
  /** Health of the sources after the last scan. */
  sources(): readonly SourceHealth[];
  /** Walks over all processes since the start. */
  readonly ownerWalks: number;
}

/** How to scan. */
export interface ScanOptions {
  /** Longest wait for the owners of new sockets; 5,000 when not given. */
  readonly maxWaitMilliseconds?: number;
}

/** What a scanner needs. */
export interface ScannerOptions {
  /** The procfs to scan. */
  readonly reader: ProcfsReader;
  /** What to look for. */
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
}

const DEFAULT_WAIT_MILLISECONDS = 5_000;

/** With scrapes only, the longest usual interval between them. */
export const DEFAULT_GAP_SECONDS = 300;

/** Creates a scanner. */
export function createScanner(options: ScannerOptions): Scanner {
  const {
    reader,
    config,
    log,
    now = () => performance.now(),
    unixNow = Date.now,
    onDuration = () => {},
    maxGapSeconds = () => DEFAULT_GAP_SECONDS,
  } = options;
  const watchedTargets = buildWatchedTargets(config);
  const scanTables = findWantedTables(config);
  const sampleTables = config.listeners.enabled
    ? findWantedTables({
      ...config,
      listeners: { enabled: false, ignore: [] },
    })
    : scanTables;
  const likelyNames = new Set(
    config.targets.flatMap(({ processes }) => processes ?? []),
  );
  const health = createSourceHealthBook(log);
  const tracker = createTracker(maxGapSeconds);
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
   * while it was read. A port that seems to have gone down is looked at twice.
   */
  async function find(wanted: WantedTables): Promise<Findings> {
    let findings = await findOnce(wanted);
    const seemsLost = findings.targets.some(({ watched, observation }) =>
      observation.serving.length === 0 && observation.sawAll &&
      tracker.wasUp(watched.key)
    );
    if (seemsLost) findings = await findOnce(wanted);
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

  async function findOnce(wanted: WantedTables): Promise<Findings> {
    const breathe = createBreather(now);
    const tables: Partial<Record<SocketTable, TableResult>> = {};
    for (const table of wanted.tables) {
      const { result, report } = await readTable(reader, {
        table,
        breathe,
        ...(wanted.ports && { ports: wanted.ports }),
        memory: wanted.memories[table],
        mayBeMissing: isVersion6(table) &&
          tables[VERSION_4[table]]?.ok === true,
      });
      tables[table] = result;
      health.report(table, report);
    }
    return buildFindings({
      config: wanted.config,
      watchedTargets,
      tables,
      ephemeralPorts: wanted.config.listeners.enabled
        ? readLocalPortRange(reader)
        : defaultLocalPortRange,
    });
  }

  async function resolveOwners(
    { targets, candidates = [] }: Findings,
    maxWaitMilliseconds: number,
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

  function findAlone(wanted: WantedTables): Promise<Findings> {
    const finding = lastFinding.then(() => find(wanted));
    lastFinding = finding.catch(() => {});
    return finding;
  }

  async function completeScan(
    findings: Findings,
    maxWaitMilliseconds: number,
  ): Promise<Snapshot> {
    const breathe = createBreather(now, STEP_SLICE_MILLISECONDS);
    const { owners, report } = await resolveOwners(
      findings,
      maxWaitMilliseconds,
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
    sources: health.list,
    get ownerWalks() {
      return ownerCache.walks;
    },
    async scan({ maxWaitMilliseconds = DEFAULT_WAIT_MILLISECONDS } = {}) {
      const start = now();
      scanFinding ??= findAlone(scanTables).finally(() => {
        scanFinding = undefined;
      });
      const findings = await scanFinding;
      // Who shares the findings shares the rest too, but not another's wait.
      const snapshots = snapshotsByFindings.get(findings) ?? new Map();
      snapshotsByFindings.set(findings, snapshots);
      let snapshot = snapshots.get(maxWaitMilliseconds);
      if (snapshot === undefined) {
        snapshot = timed(completeScan(findings, maxWaitMilliseconds), start);
        snapshots.set(maxWaitMilliseconds, snapshot);
      }
      return await snapshot;
    },
    async sample() {
      // A scan that reads the tables now observes the targets itself.
      if (scanFinding !== undefined) return;
      await timed(findAlone(sampleTables), now());
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

/** Which tables a configuration needs, and which of their rows. */
interface WantedTables {
  readonly config: Config;
  readonly tables: readonly SocketTable[];
  /** Absent: the rows of all ports. */
  readonly ports?: ReadonlySet<number>;
  /** What was decoded last of each table. */
  readonly memories: Readonly<Record<SocketTable, TableMemory>>;
}

function findWantedTables(config: Config): WantedTables {
  const { targets, listeners } = config;
  const protocols = (["udp", "tcp"] as const).filter((protocol) =>
    listeners.enabled || targets.some((target) => target.protocol === protocol)
  );
  return {
    config,
    memories: {
      tcp: { rowsByLine: new Map() },
      tcp6: { rowsByLine: new Map() },
      udp: { rowsByLine: new Map() },
      udp6: { rowsByLine: new Map() },
    },
    tables: protocols.flatMap((protocol) => tablesByProtocol[protocol]),
    ...(!listeners.enabled &&
      { ports: new Set(targets.map(({ port }) => port)) }),
  };
}

const VERSION_4 = { tcp6: "tcp", udp6: "udp" } as const;

function isVersion6(table: SocketTable): table is keyof typeof VERSION_4 {
  return table in VERSION_4;
}
