/**
 * What happens to targets between scans: drops, rebinds, downtime.
 *
 * @module
 */

import type { Target } from "../config/config.ts";
import type { ListeningSocket } from "../model/listening_socket.ts";
import type { WatchedTarget } from "../model/watched_target.ts";
import type { TargetRecord } from "../model/target_record.ts";
import { createDropCounter, type DropCounter } from "./drop_counter.ts";
import { createHistory, type History } from "./history.ts";

/** What a scan says of one target. */
export interface TargetObservation {
  /** The target. */
  readonly watched: WatchedTarget;
  /** Whether it is up; absent when unknown. */
  readonly up?: boolean;
  /** The sockets that serve it; absent when there may be others. */
  readonly sockets?: readonly ListeningSocket[];
}

/** Two clocks, read at the same moment. */
export interface Clock {
  /** Monotonic, does not run while the host is suspended. */
  readonly monotonicSeconds: number;
  /** Seconds since 1970, may jump. */
  readonly unixSeconds: number;
}

/** Keeps the records of targets. */
export interface Tracker {
  /** Takes what a scan saw. */
  observe(targets: readonly TargetObservation[], clock: Clock): void;
  /** The record of a target; undefined when it was never observed. */
  record(key: string): TargetRecord | undefined;
  /** How many sockets served a target when it was known last, 0 when down. */
  lastSockets(key: string): number;
  /** The last day of a target; undefined when it was never observed. */
  history(key: string): History | undefined;
}

interface Entry {
  readonly sinceSeconds: number;
  rebinds: number;
  observedSeconds: number;
  downSeconds: number;
  lastChangeSeconds?: number;
  lastDropSeconds?: number;
  readonly drops: DropCounter;
  readonly history: History;
  /** Sockets that were seen last. */
  sockets: readonly ListeningSocket[];
  /** Their inodes. */
  inodes: ReadonlySet<string>;
  /** What was known last; absent before the target was known once. */
  lastUp?: boolean;
  /** When the target was observed last; absent when it was unknown then. */
  observedAt?: number;
}

/** What a tracker needs. */
export interface TrackerOptions {
  /**
   * The longest time between two observations that is taken for observed; a
   * longer one means that the program was stopped.
   */
  readonly maxGapSeconds: () => number;
  /** Is told when a target goes up or down, and how it is found at first. */
  readonly onChange?: OnChange;
}

/** Takes a change of a target. */
export type OnChange = (
  target: Target,
  change: { readonly up: boolean; readonly isFirst: boolean },
) => void;

/** Creates a tracker. */
export function createTracker(
  { maxGapSeconds, onChange = () => {} }: TrackerOptions,
): Tracker {
  const entriesByKey = new Map<string, Entry>();

  function observeTarget(
    { watched, up, sockets }: TargetObservation,
    { monotonicSeconds, unixSeconds }: Clock,
  ): void {
    let entry = entriesByKey.get(watched.key);
    if (entry === undefined) {
      entry = {
        sinceSeconds: unixSeconds,
        rebinds: 0,
        observedSeconds: 0,
        downSeconds: 0,
        drops: createDropCounter(),
        history: createHistory(),
        sockets: [],
        inodes: new Set(),
      };
      entriesByKey.set(watched.key, entry);
    }
    const { lastUp, observedAt } = entry;
    if (up === undefined) {
      delete entry.observedAt;
      return;
    }
    const sinceLast = monotonicSeconds - (observedAt ?? monotonicSeconds);
    const elapsed = sinceLast <= maxGapSeconds() ? sinceLast : 0;
    // A change fell somewhere in between; the state before it is counted.
    const downSeconds = lastUp === false ? elapsed : 0;
    entry.observedSeconds += elapsed;
    entry.downSeconds += downSeconds;
    entry.history.record(up, { unixSeconds, downSeconds });
    if (lastUp !== undefined && lastUp !== up) {
      entry.lastChangeSeconds = unixSeconds;
    }
    if (lastUp !== up) {
      onChange(watched.target, { up, isFirst: lastUp === undefined });
    }
    entry.lastUp = up;
    entry.observedAt = monotonicSeconds;
    if (sockets === undefined || sockets.length === 0) return;
    const dropsBefore = entry.drops.total;
    entry.drops.observe(sockets);
    // When the first ones that were seen were dropped, nobody knows.
    if (
      dropsBefore !== undefined && (entry.drops.total ?? 0) > dropsBefore
    ) entry.lastDropSeconds = unixSeconds;
    if (sockets === entry.sockets) return;
    entry.sockets = sockets;
    const inodes = new Set(sockets.map(({ inode }) => inode));
    if (entry.inodes.size > 0 && inodes.isDisjointFrom(entry.inodes)) {
      entry.rebinds++;
    }
    entry.inodes = inodes;
  }

  return {
    lastSockets(key) {
      const entry = entriesByKey.get(key);
      return entry?.lastUp === true ? Math.max(entry.inodes.size, 1) : 0;
    },
    history: (key) => entriesByKey.get(key)?.history,
    observe(targets, clock) {
      for (const target of targets) observeTarget(target, clock);
      if (entriesByKey.size > targets.length) {
        const keys = new Set(targets.map(({ watched }) => watched.key));
        for (const key of entriesByKey.keys()) {
          if (!keys.has(key)) entriesByKey.delete(key);
        }
      }
    },
    record(key) {
      const entry = entriesByKey.get(key);
      if (entry === undefined) return undefined;
      const { drops, lastChangeSeconds, lastDropSeconds } = entry;
      return {
        sinceSeconds: entry.sinceSeconds,
        rebinds: entry.rebinds,
        observedSeconds: entry.observedSeconds,
        downSeconds: entry.downSeconds,
        ...(lastChangeSeconds !== undefined && { lastChangeSeconds }),
        ...(drops.total !== undefined && { drops: drops.total }),
        ...(lastDropSeconds !== undefined && { lastDropSeconds }),
      };
    },
  };
}
