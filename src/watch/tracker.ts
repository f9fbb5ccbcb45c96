/**
 * What happens to targets between scans: drops, rebinds, downtime.
 *
 * @module
 */

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
  /** Whether a target was up when it was known last. */
  wasUp(key: string): boolean;
  /** The last day of a target; undefined when it was never observed. */
  history(key: string): History | undefined;
}

interface Entry {
  rebinds: number;
  observedSeconds: number;
  downSeconds: number;
  lastChangeSeconds?: number;
  readonly drops: DropCounter;
  readonly history: History;
  /** The sockets that were seen last. */
  sockets: readonly ListeningSocket[];
  /** What was known last; absent before the target was known once. */
  lastUp?: boolean;
  /** When the target was observed last; absent when it was unknown then. */
  observedAt?: number;
}

/**
 * Creates a tracker.
 *
 * @param maxGapSeconds The longest time between two observations that is taken
 *   for observed; a longer one means that the program was stopped
 */
export function createTracker(maxGapSeconds: () => number): Tracker {
  const entriesByKey = new Map<string, Entry>();

  function observeTarget(
    { watched, up, sockets }: TargetObservation,
    { monotonicSeconds, unixSeconds }: Clock,
  ): void {
    let entry = entriesByKey.get(watched.key);
    if (entry === undefined) {
      entry = {
        rebinds: 0,
        observedSeconds: 0,
        downSeconds: 0,
        drops: createDropCounter(),
        history: createHistory(),
        sockets: [],
      };
      entriesByKey.set(watched.key, entry);
    }
    const { lastUp, observedAt } = entry;
    if (up === undefined) {
      delete entry.observedAt;
      return;
    }
    entry.history.record(up, monotonicSeconds);
    const elapsed = monotonicSeconds - (observedAt ?? monotonicSeconds);
    if (elapsed <= maxGapSeconds()) {
      entry.observedSeconds += elapsed;
      // A change fell somewhere in between; the state before it is counted.
      if (lastUp === false) entry.downSeconds += elapsed;
    }
    if (lastUp !== undefined && lastUp !== up) {
      entry.lastChangeSeconds = unixSeconds;
    }
    entry.lastUp = up;
    entry.observedAt = monotonicSeconds;
    if (sockets === undefined || sockets.length === 0) return;
    entry.drops.observe(sockets);
    if (sockets === entry.sockets) return;
    if (entry.sockets.length > 0 && haveNoneInCommon(sockets, entry.sockets)) {
      entry.rebinds++;
    }
    entry.sockets = sockets;
  }

  return {
    wasUp: (key) => entriesByKey.get(key)?.lastUp === true,
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
      const { drops, lastChangeSeconds } = entry;
      return {
        rebinds: entry.rebinds,
        observedSeconds: entry.observedSeconds,
        downSeconds: entry.downSeconds,
        ...(lastChangeSeconds !== undefined && { lastChangeSeconds }),
        ...(drops.total !== undefined && { drops: drops.total }),
      };
    },
  };
}

function haveNoneInCommon(
  a: readonly ListeningSocket[],
  b: readonly ListeningSocket[],
): boolean {
  const inodes = new Set(a.map(({ inode }) => inode));
  return !b.some(({ inode }) => inodes.has(inode));
}
