/**
 * Finds the processes that hold sockets by walking `/proc/<pid>/fd`: each open
 * file there is a link, a socket's reads `socket:[inode]` (proc_pid_fd(5)).
 *
 * A full walk of 130,000 open files takes half a second. So likely processes
 * come first, and the walk ends when every socket has been found and the
 * relatives of its holder, who may have inherited it, have been looked at.
 *
 * @module
 */

import { cutToComm } from "../model/owner.ts";
import { parsePidStat } from "../procfs/pid_stat.ts";
import type { Breathe } from "../procfs/read_socket_table.ts";
import type { ProcfsReader } from "../procfs/reader.ts";
import { isFault, isGone, isTooLong } from "./read_error.ts";

/** An open file of a process that is a wanted socket. */
export interface Holder {
  /** Process id. */
  readonly pid: number;
  /** Number of the open file. */
  readonly fd: string;
}

/** What a walk found. */
export interface WalkResult {
  /** Who holds each wanted socket; no entry when nobody was found. */
  readonly holdersByInode: ReadonlyMap<string, readonly Holder[]>;
  /**
   * Processes whose files could not be read; a socket without a holder may be
   * theirs.
   */
  readonly unreadable: number;
}

/** What to look for. */
export interface WalkOptions {
  /** Inodes of the wanted sockets. */
  readonly inodes: ReadonlySet<string>;
  /** Names of programs that are looked at first. */
  readonly likelyNames: ReadonlySet<string>;
  /** Gives the event loop room. */
  readonly breathe: Breathe;
}

/** More open files than this are not listed in one go. */
const MANY_FILES = 2_000;

/** A process as the walk sees it. */
interface Candidate {
  readonly pid: number;
  readonly comm: string;
  readonly parentPid: number;
}

/**
 * Walks over the processes.
 *
 * @throws {Error} when the processes cannot be listed, or reading one of them
 *   fails for another reason than that it is gone or may not be looked into:
 *   who was not seen then may be the owner
 */
export async function walkProcesses(
  reader: ProcfsReader,
  { inodes, likelyNames, breathe }: WalkOptions,
): Promise<WalkResult> {
  const holdersByInode = new Map<string, Holder[]>();
  const walked = new Set<number>();
  let unreadable = 0;

  /** Looks at the files of one process; tells whether it holds a wanted one. */
  async function walk(pid: number): Promise<boolean> {
    walked.add(pid);
    let holds = false;
    try {
      const files = `${pid}/fd`;
      const names = reader.countOpenFiles(pid) > MANY_FILES
        ? await reader.listManyNames(files)
        : reader.listNames(files);
      for (const fd of names) {
        const inode = readSocketInode(reader, { pid, fd });
        if (inode !== undefined && inodes.has(inode)) {
          const holders = holdersByInode.get(inode);
          if (holders === undefined) holdersByInode.set(inode, [{ pid, fd }]);
          else if (!holders.some((holder) => holder.pid === pid)) {
            holders.push({ pid, fd });
          }
          holds = true;
        }
        const pause = breathe();
        if (pause !== undefined) await pause;
      }
    } catch (error) {
      if (isFault(error)) throw error;
      if (!isGone(error)) unreadable++;
    }
    return holds;
  }

  const candidates = await listCandidates(reader, breathe);
  const likelyComms = new Set(Array.from(likelyNames, cutToComm));
  const isLikely = ({ comm }: Candidate) => Number(likelyComms.has(comm));
  // A service that was restarted has one of the newest pids.
  const ordered = [...candidates.values()].sort((a, b) =>
    isLikely(b) - isLikely(a) || b.pid - a.pid
  );
  const holders: Candidate[] = [];
  for (const candidate of ordered) {
    if (holdersByInode.size === inodes.size) break;
    if (await walk(candidate.pid)) holders.push(candidate);
  }
  for (let holder = holders.pop(); holder; holder = holders.pop()) {
    for (const relative of findRelatives(holder, candidates)) {
      if (walked.has(relative.pid)) continue;
      if (await walk(relative.pid)) holders.push(relative);
    }
  }
  return { holdersByInode, unreadable };
}

/**
 * Reads one open file.
 *
 * @returns The socket's inode; undefined when it is no socket or is gone
 * @throws {Deno.errors.PermissionDenied} without CAP_SYS_PTRACE
 */
export function readSocketInode(
  reader: ProcfsReader,
  { pid, fd }: Holder,
): string | undefined {
  let link: string;
  try {
    link = reader.readLink(`${pid}/fd/${fd}`);
  } catch (error) {
    if (isGone(error) || isTooLong(error)) return undefined;
    throw error;
  }
  return link.startsWith("socket:[") ? link.slice(8, -1) : undefined;
}

/** Lists the pids of a procfs. */
export function listPids(reader: ProcfsReader): readonly number[] {
  return reader.listNames("").map(Number).filter(Number.isInteger);
}

async function listCandidates(
  reader: ProcfsReader,
  breathe: Breathe,
): Promise<ReadonlyMap<number, Candidate>> {
  const candidates = new Map<number, Candidate>();
  for (const pid of listPids(reader)) {
    candidates.set(pid, readCandidate(reader, pid));
    const pause = breathe();
    if (pause !== undefined) await pause;
  }
  return candidates;
}

/** Who may not be read is a process all the same, only none that is likely. */
function readCandidate(reader: ProcfsReader, pid: number): Candidate {
  try {
    return { pid, ...parsePidStat(reader.readText(`${pid}/stat`)) };
  } catch (error) {
    if (isFault(error)) throw error;
    return { pid, comm: "", parentPid: 0 };
  }
}

/**
 * Processes that may have the socket by inheritance: the parent, the children,
 * and those of the same name that were forked from the same parent.
 */
function* findRelatives(
  holder: Candidate,
  candidates: ReadonlyMap<number, Candidate>,
): Generator<Candidate> {
  for (const candidate of candidates.values()) {
    const isParent = candidate.pid === holder.parentPid;
    const isChild = candidate.parentPid === holder.pid;
    const isSibling = candidate.parentPid === holder.parentPid &&
      candidate.comm === holder.comm;
    if (isParent || isChild || isSibling) yield candidate;
  }
}
