/**
 * Describes processes: name, user, unit, container, start.
 *
 * @module
 */

import type { OwnerProcess } from "../model/owner.ts";
import { type CgroupMembership, parseCgroup } from "../procfs/cgroup.ts";
import { parsePasswd } from "../procfs/passwd.ts";
import {
  CLOCK_TICKS_PER_SECOND,
  parseBootTime,
  parsePidStat,
} from "../procfs/pid_stat.ts";
import { parseEffectiveUid } from "../procfs/pid_status.ts";
import type { ProcfsReader } from "../procfs/reader.ts";
import { isFault, isGone } from "./read_error.ts";

/** Describes processes and users; remembers both for a while. */
export interface ProcessReader {
  /**
   * Describes a process; undefined when it is gone or hidden.
   *
   * @throws {Error} when reading fails for another reason
   */
  describe(pid: number): OwnerProcess | undefined;
  /** Forgets a process, whose number may mean another one now. */
  forget(pid: number): void;
  /** Name of a user, the uid itself when it has none. */
  userName(uid: number): string;
}

/**
 * How long a description holds. A process changes its name and its unit right
 * after it was forked, hardly ever later.
 */
const DESCRIPTION_MILLISECONDS = 10_000;

/** How long the names of users hold. */
const USERS_MILLISECONDS = 60_000;

/** Wait before reading the names again, when they could not be read. */
const RETRY_MILLISECONDS = 1_000;

/** Creates a reader of processes; `now` is a monotonic clock in milliseconds. */
export function createProcessReader(
  reader: ProcfsReader,
  now: () => number,
): ProcessReader {
  const cache = new Map<number, { at: number; process: OwnerProcess }>();
  let users: ReadonlyMap<number, string> = new Map();
  let usersReadAt = -Infinity;
  let boot = { seconds: NaN, readAt: -Infinity };

  function userName(uid: number): string {
    if (now() - usersReadAt > USERS_MILLISECONDS) {
      usersReadAt = now();
      try {
        users = parsePasswd(reader.readPasswd());
      } catch {
        // What was known holds; what was not has its uid for a name.
        usersReadAt = now() - USERS_MILLISECONDS + RETRY_MILLISECONDS;
      }
    }
    return users.get(uid) ?? String(uid);
  }

  /** The time of boot changes when the clock is set: it does not hold for ever. */
  function bootSeconds(): number {
    if (now() - boot.readAt > USERS_MILLISECONDS) {
      boot = { seconds: parseBootTime(reader.readText("stat")), readAt: now() };
    }
    return boot.seconds;
  }

  /** A kernel without cgroups has no units. */
  function readCgroup(pid: number): CgroupMembership {
    try {
      return parseCgroup(reader.readText(`${pid}/cgroup`));
    } catch (error) {
      if (isGone(error)) return {};
      throw error;
    }
  }

  function read(pid: number): OwnerProcess | undefined {
    const bootedAt = bootSeconds();
    try {
      // Before the others, which then tell whether the process is gone.
      const membership = readCgroup(pid);
      const { startTicks } = parsePidStat(reader.readText(`${pid}/stat`));
      const uid = parseEffectiveUid(reader.readText(`${pid}/status`));
      return {
        pid,
        comm: reader.readText(`${pid}/comm`).replace(/\n$/, ""),
        uid,
        user: userName(uid),
        startTimeSeconds: bootedAt + startTicks / CLOCK_TICKS_PER_SECOND,
        ...membership,
      };
    } catch (error) {
      if (isFault(error)) throw error;
      return undefined;
    }
  }

  return {
    userName,
    forget: (pid) => void cache.delete(pid),
    describe(pid) {
      const cached = cache.get(pid);
      if (cached && now() - cached.at < DESCRIPTION_MILLISECONDS) {
        return cached.process;
      }
      const process = read(pid);
      if (process === undefined) cache.delete(pid);
      else cache.set(pid, { at: now(), process });
      return process;
    },
  };
}
