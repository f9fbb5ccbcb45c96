/**
 * Remembers who holds which socket, so that a steady host costs one readlink a
 * socket and no walk.
 *
 * @module
 */

import { createLastValues } from "../model/last_value.ts";
import type { OwnerProcess, Owners } from "../model/owner.ts";
import { compareAge } from "../model/owner.ts";
import { parsePidStat } from "../procfs/pid_stat.ts";
import type { Breathe } from "../procfs/read_socket_table.ts";
import type { ProcfsReader } from "../procfs/reader.ts";
import {
  type Holder,
  listPids,
  readSocketInode,
  walkProcesses,
} from "./owner_walk.ts";
import { createProcessReader } from "./process_reader.ts";
import { describeReadError, isFault } from "./read_error.ts";
import type { SourceReport } from "./source_health.ts";

/** Finds the owners of sockets. */
export interface OwnerCache {
  /**
   * Finds the owners of all watched sockets. Sockets that are not named are
   * forgotten.
   *
   * @returns What is known when the walk has ended or the wait is over
   */
  resolve(options: ResolveOptions): Promise<ResolvedOwners>;
  /** Walks over all processes since the start. */
  readonly walks: number;
}

/** What to resolve. */
export interface ResolveOptions {
  /** Inodes of the watched sockets. */
  readonly inodes: ReadonlySet<string>;
  /** Names of programs that are looked at first. */
  readonly likelyNames: ReadonlySet<string>;
  /** Longest wait for a walk; the walk goes on for the next caller. */
  readonly maxWaitMilliseconds: number;
}

/** Owners, and how finding them went. */
export interface ResolvedOwners {
  /** What is known. */
  readonly owners: Owners;
  /** How the source has been doing. */
  readonly report: SourceReport;
}

/** What the cache needs. */
export interface OwnerCacheOptions {
  /** The procfs. */
  readonly reader: ProcfsReader;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Creates a breather for a walk. */
  readonly createBreather: () => Breathe;
}

/** A socket that no process was found for, and when to look again. */
interface Miss {
  /** Whether no process can hold it, every one having been looked at. */
  readonly isOrphan: boolean;
  /** Whether every process could be looked at. */
  readonly sawAll: boolean;
  readonly retryAt: number;
  readonly delay: number;
}

/** First and last wait before looking again for a socket that was not found. */
const MIN_RETRY_MILLISECONDS = 5_000;
const MAX_RETRY_MILLISECONDS = 300_000;

/** A bound, so that a program with changing names costs nothing. */
const MAX_FORMER_NAMES = 1_000;

const MISSING_CAPABILITIES =
  "Cannot read the owners of sockets: permission denied, want the " +
  "capabilities CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE";

const HIDDEN_PROCESSES =
  "Cannot find the owners of sockets: processes of the host are hidden, want " +
  "its pid namespace, and CAP_SYS_PTRACE where /proc has hidepid";

/** Creates an empty cache. */
export function createOwnerCache(
  { reader, now, createBreather }: OwnerCacheOptions,
): OwnerCache {
  const processes = createProcessReader(reader, now);
  const holdersByInode = new Map<string, readonly Holder[]>();
  const missesByInode = new Map<string, Miss>();
  // Who held a watched socket before is likely to hold the next one.
  const formerNames = new Set<string>();
  let knownPids: ReadonlySet<number> = new Set();
  let lastPid: string | undefined;
  const lastDescribed = createLastValues<
    readonly Holder[],
    readonly OwnerProcess[]
  >();
  let walking: Promise<void> | undefined;
  let walks = 0;
  let walkError: string | undefined;

  /**
   * Drops holders that do not hold their socket any more: one readlink each.
   *
   * @returns Sockets whose holders could be neither proven nor disproven, and
   *   why
   */
  function proveHolders(): Map<string, unknown> {
    const faultsByInode = new Map<string, unknown>();
    for (const [inode, holders] of holdersByInode) {
      const proven = holders.filter((holder) => {
        try {
          if (readSocketInode(reader, holder) === inode) return true;
        } catch (error) {
          // Not readable any more is not proven.
          if (isFault(error)) {
            faultsByInode.set(inode, error);
            return true;
          }
        }
        processes.forget(holder.pid);
        return false;
      });
      if (proven.length === holders.length) continue;
      if (proven.length === 0) holdersByInode.delete(inode);
      else holdersByInode.set(inode, proven);
    }
    return faultsByInode;
  }

  /**
   * Finds processes that were forked from a holder since the last time: they
   * have its sockets under the same numbers. loadavg ends with the pid that
   * was given last, which tells for 7 µs whether there is anything to look for.
   */
  function adoptChildren(): void {
    const newestPid = readLastPid(reader);
    if (newestPid !== undefined && newestPid === lastPid) return;
    let pids: readonly number[];
    try {
      pids = listPids(reader);
    } catch {
      return; // Tried again next time; a walk tells why it fails.
    }
    const filesByPid = new Map<number, [string, Holder][]>();
    const addFile = (inode: string, holder: Holder) => {
      const files = filesByPid.get(holder.pid);
      if (files === undefined) filesByPid.set(holder.pid, [[inode, holder]]);
      else files.push([inode, holder]);
    };
    for (const [inode, holders] of holdersByInode) {
      for (const holder of holders) addFile(inode, holder);
    }
    // Ascending: a parent comes before its child.
    for (const pid of [...pids].sort((a, b) => a - b)) {
      if (knownPids.has(pid) || filesByPid.size === 0) continue;
      try {
        for (const [inode, { fd }] of filesByPid.get(readParent(pid)) ?? []) {
          const child = { pid, fd };
          const holders = holdersByInode.get(inode) ?? [];
          if (holders.some((holder) => holder.pid === pid)) continue;
          if (!holds(child, inode)) continue;
          holdersByInode.set(inode, [...holders, child]);
          processes.forget(pid);
          addFile(inode, child);
        }
      } catch {
        return; // As above.
      }
    }
    lastPid = newestPid;
    knownPids = new Set(pids);
  }

  function readParent(pid: number): number {
    try {
      return parsePidStat(reader.readText(`${pid}/stat`)).parentPid;
    } catch (error) {
      if (isFault(error)) throw error;
      return 0;
    }
  }

  function holds(holder: Holder, inode: string): boolean {
    try {
      return readSocketInode(reader, holder) === inode;
    } catch (error) {
      if (isFault(error)) throw error;
      return false;
    }
  }

  async function walk(
    inodes: ReadonlySet<string>,
    likelyNames: ReadonlySet<string>,
  ): Promise<void> {
    walks++;
    let sawAll = false;
    let hasFailed = false;
    try {
      const result = await walkProcesses(reader, {
        inodes,
        likelyNames: likelyNames.union(formerNames),
        breathe: createBreather(),
      });
      const seesHost = seesKernelThreads(reader);
      sawAll = result.unreadable === 0 && seesHost;
      walkError = result.unreadable > 0 || seesHost
        ? undefined
        : HIDDEN_PROCESSES;
      for (const [inode, holders] of result.holdersByInode) {
        for (const { pid } of holders) processes.forget(pid);
        holdersByInode.set(inode, holders);
        missesByInode.delete(inode);
      }
    } catch (error) {
      hasFailed = true;
      walkError = describeReadError(reader.root, error);
    }
    for (const inode of inodes) {
      if (holdersByInode.has(inode)) continue;
      const last = missesByInode.get(inode);
      const delay = hasFailed ? MIN_RETRY_MILLISECONDS : Math.min(
        (last?.delay ?? MIN_RETRY_MILLISECONDS / 2) * 2,
        MAX_RETRY_MILLISECONDS,
      );
      missesByInode.set(inode, {
        sawAll,
        // The first time, the socket itself may have gone in the meantime.
        isOrphan: sawAll && last?.sawAll === true,
        retryAt: now() + delay,
        delay,
      });
    }
  }

  function findMissing(inodes: ReadonlySet<string>): ReadonlySet<string> {
    const missing = new Set<string>();
    for (const inode of inodes) {
      if (holdersByInode.has(inode)) continue;
      if ((missesByInode.get(inode)?.retryAt ?? 0) > now()) continue;
      missing.add(inode);
    }
    return missing;
  }

  function describeAll(
    inodes: ReadonlySet<string>,
    faultsByInode: Map<string, unknown>,
  ): Map<string, readonly OwnerProcess[]> {
    const processesByInode = new Map<string, readonly OwnerProcess[]>();
    for (const inode of inodes) {
      if (faultsByInode.has(inode)) continue;
      if (missesByInode.get(inode)?.isOrphan) processesByInode.set(inode, []);
      const holders = holdersByInode.get(inode) ?? [];
      let described: OwnerProcess[];
      try {
        described = holders.map(({ pid }) => processes.describe(pid))
          .filter((process) => process !== undefined);
      } catch (error) {
        // Some of the holders alone would be a wrong answer.
        faultsByInode.set(inode, error);
        continue;
      }
      if (described.length === 0) continue;
      processesByInode.set(
        inode,
        lastDescribed(holders, described, () => {
          for (const { comm } of described) {
            if (formerNames.size < MAX_FORMER_NAMES) formerNames.add(comm);
          }
          return described.toSorted(compareAge);
        }),
      );
    }
    return processesByInode;
  }

  function forgetOthers(inodes: ReadonlySet<string>): void {
    for (const known of [holdersByInode, missesByInode]) {
      for (const inode of known.keys()) {
        if (!inodes.has(inode)) known.delete(inode);
      }
    }
  }

  return {
    get walks() {
      return walks;
    },
    async resolve({ inodes, likelyNames, maxWaitMilliseconds }) {
      const deadline = now() + maxWaitMilliseconds;
      forgetOthers(inodes);
      const faultsByInode = proveHolders();
      adoptChildren();
      // A walk that was under way may have looked for other sockets.
      for (let round = 0; round < 2; round++) {
        const missing = findMissing(inodes);
        if (missing.size === 0) break;
        walking ??= walk(missing, likelyNames).finally(() => {
          walking = undefined;
        });
        if (!await endsBefore(walking, deadline - now())) break;
      }
      const processesByInode = describeAll(inodes, faultsByInode);
      const unknown = [...inodes].filter((inode) =>
        !processesByInode.has(inode)
      );
      const isBlind = unknown.some((inode) =>
        missesByInode.get(inode)?.sawAll === false || holdersByInode.has(inode)
      );
      const [fault] = faultsByInode.values();
      const reason = fault === undefined
        ? walkError ?? MISSING_CAPABILITIES
        : describeReadError(reader.root, fault);
      return {
        owners: { processesByInode, userName: processes.userName },
        report: { success: !isBlind, errors: isBlind ? [reason] : [] },
      };
    },
  };
}

/**
 * The last field of loadavg; undefined when it cannot be read. It counts in the
 * reader's own pid namespace: below another mount it means nothing.
 */
function readLastPid(reader: ProcfsReader): string | undefined {
  if (reader.netDirectory !== "self") return undefined;
  try {
    return reader.readText("loadavg").split(" ").at(-1);
  } catch {
    return undefined;
  }
}

/**
 * Whether the processes of the whole host are visible. In another pid namespace
 * than the host's first, and under hidepid without CAP_SYS_PTRACE, nothing is
 * unreadable: what is hidden is not listed. The kernel's threads are not either.
 */
function seesKernelThreads(reader: ProcfsReader): boolean {
  try {
    const { comm, parentPid } = parsePidStat(reader.readText("2/stat"));
    return comm === "kthreadd" && parentPid === 0;
  } catch {
    return false;
  }
}

/** Waits for work; false when it has not ended after so many milliseconds. */
async function endsBefore(
  work: Promise<void>,
  milliseconds: number,
): Promise<boolean> {
  let timer: number | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(milliseconds, 0));
  });
  const ended = await Promise.race([work.then(() => true), timeout]);
  clearTimeout(timer);
  return ended;
}
