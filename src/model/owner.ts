/**
 * Who holds a socket, and whether that is who is expected.
 *
 * @module
 */

import type { Target } from "../config/config.ts";
import type { ListeningSocket } from "./listening_socket.ts";

/** A process that holds a socket. */
export interface OwnerProcess {
  /** Process id, in the pid namespace of the procfs mount. */
  readonly pid: number;
  /** Name of the program, cut by the kernel to 15 bytes. */
  readonly comm: string;
  /** User name of the effective uid, the uid itself when it has no name. */
  readonly user: string;
  /** Effective uid. */
  readonly uid: number;
  /** Start in seconds since 1970. */
  readonly startTimeSeconds: number;
  /** systemd unit; absent when in none. */
  readonly unit?: string;
  /** Container id; absent outside of containers. */
  readonly container?: string;
}

/**
 * What is known of the owners of sockets.
 *
 * A socket without an entry has an owner that could not be found out. An empty
 * list: no process holds the socket (the kernel does).
 */
export interface Owners {
  /** Processes by inode, the oldest first. */
  readonly processesByInode: ReadonlyMap<string, readonly OwnerProcess[]>;
  /** Names by uid, for sockets whose processes are not known. */
  readonly userName: (uid: number) => string;
}

/** One combination of what `port_owner_info` shows. */
export interface OwnerInfo {
  /** Local address of the socket. */
  readonly address: string;
  /** Name of the program; absent when unknown. */
  readonly process?: string;
  /** systemd unit; absent when in none or unknown. */
  readonly unit?: string;
  /** User: of the process, or of who opened the socket when that is unknown. */
  readonly user: string;
  /** Container id; absent outside of containers or unknown. */
  readonly container?: string;
}

/** One process on one address of a target. */
export interface Holder {
  /** Local address of the socket. */
  readonly address: string;
  /** The process; absent when unknown or when the kernel holds the socket. */
  readonly process?: OwnerProcess;
  /** User: of the process, or of who opened the socket when that is unknown. */
  readonly user: string;
}

/** The owner of a target. */
export interface OwnerStatus {
  /** Who holds the sockets, each process once for an address. */
  readonly holders: readonly Holder[];
  /** Different owners; none when no socket is bound to the port. */
  readonly infos: readonly OwnerInfo[];
  /** Processes that hold a socket of the target; absent when unknown. */
  readonly processes?: readonly OwnerProcess[];
  /**
   * Whether the owner is who is expected; absent when nobody is expected, no
   * socket is bound to the port, or it cannot be known.
   */
  readonly matches?: boolean;
}

/** Finds the owner of a target's sockets and compares it with the expected one. */
export function buildOwnerStatus(
  target: Target,
  sockets: readonly ListeningSocket[],
  owners: Owners,
): OwnerStatus {
  const infos = new Map<string, OwnerInfo>();
  const holders = new Map<string, Holder>();
  const processesByPid = new Map<number, OwnerProcess>();
  const verdicts: (boolean | undefined)[] = [];
  let knowsAll = true;
  for (const socket of sockets) {
    const processes = owners.processesByInode.get(socket.inode);
    if (processes === undefined) knowsAll = false;
    for (const process of processes ?? []) {
      processesByPid.set(process.pid, process);
    }
    for (const holder of buildHolders(socket, processes, owners)) {
      const { address, process, user } = holder;
      holders.set([address, process?.pid, user].join("\0"), holder);
    }
    for (const info of buildOwnerInfos(socket, processes, owners)) {
      const { address, process, unit, user, container } = info;
      infos.set([address, process, unit, user, container].join("\0"), info);
    }
    verdicts.push(matchOwner(target, socket, { processes, owners }));
  }
  const matches = allTrue(verdicts);
  const processes = [...processesByPid.values()].sort(compareAge);
  return {
    infos: [...infos.values()],
    holders: [...holders.values()],
    ...(knowsAll && { processes }),
    ...(sockets.length > 0 && matches !== undefined && { matches }),
  };
}

function buildHolders(
  { address, uid }: ListeningSocket,
  processes: readonly OwnerProcess[] = [],
  { userName }: Owners,
): readonly Holder[] {
  return processes.length === 0
    ? [{ address, user: userName(uid) }]
    : processes.map((process) => ({ address, process, user: process.user }));
}

/** The oldest process first: the one that the others were forked from. */
export function compareAge(a: OwnerProcess, b: OwnerProcess): number {
  return a.startTimeSeconds - b.startTimeSeconds || a.pid - b.pid;
}

/** What `port_owner_info` and `port_listener_info` show of a socket's owner. */
export function buildOwnerInfos(
  { address, uid }: ListeningSocket,
  processes: readonly OwnerProcess[] | undefined,
  { userName }: Owners,
): readonly OwnerInfo[] {
  if (processes === undefined || processes.length === 0) {
    return [{ address, user: userName(uid) }];
  }
  return processes.map(({ comm, unit, user, container }) => ({
    address,
    process: comm,
    ...(unit !== undefined && { unit }),
    user,
    ...(container !== undefined && { container }),
  }));
}

/**
 * Whether one of a socket's processes is the expected one. Each expectation is
 * judged by itself: without privileges the user is still known, and a wrong
 * user is wrong whatever the process may be.
 */
function matchOwner(
  target: Target,
  { uid }: ListeningSocket,
  { processes, owners }: {
    readonly processes: readonly OwnerProcess[] | undefined;
    readonly owners: Owners;
  },
): boolean | undefined {
  const { processes: names, units, users } = target;
  if ((names ?? units ?? users) === undefined) return undefined;
  if (processes !== undefined && processes.length > 0) {
    return anyTrue(processes.map((process) =>
      allTrue([
        names === undefined || matchesProcessName(names, process.comm),
        units === undefined || units.includes(process.unit ?? ""),
        users === undefined || matchesUser(users, process),
      ])
    ));
  }
  // The kernel's own socket has no process and no unit, but a user.
  const isKnown = processes !== undefined;
  return allTrue([
    users === undefined ||
    matchesUser(users, { uid, user: owners.userName(uid) }),
    names === undefined && units === undefined || (isKnown ? false : undefined),
  ]);
}

/** False wins over unknown, unknown over true. */
export function allTrue(
  verdicts: readonly (boolean | undefined)[],
): boolean | undefined {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

/** True wins over unknown, unknown over false. */
export function anyTrue(
  verdicts: readonly (boolean | undefined)[],
): boolean | undefined {
  if (verdicts.includes(true)) return true;
  return verdicts.includes(undefined) ? undefined : false;
}

/** Longest name that the kernel keeps, TASK_COMM_LEN - 1. */
const COMM_BYTES = 15;

/** Whether a process's name is one of `names`, which may be longer. */
export function matchesProcessName(
  names: readonly string[],
  comm: string,
): boolean {
  return names.some((name) => cutToComm(name) === comm);
}

/**
 * What the kernel keeps of a name. The cut may fall into a character, which
 * then reads as U+FFFD here and there.
 */
export function cutToComm(name: string): string {
  const bytes = new TextEncoder().encode(name).subarray(0, COMM_BYTES);
  return new TextDecoder().decode(bytes);
}

/**
 * Whether a user is one of `users`, names or uids. Unknown when the user has no
 * name here, as those of LDAP or systemd's DynamicUser, and a name is expected.
 */
export function matchesUser(
  users: readonly string[],
  { user, uid }: { readonly user: string; readonly uid: number },
): boolean | undefined {
  if (users.includes(user) || users.includes(String(uid))) return true;
  const hasName = user !== String(uid);
  return hasName || users.every((expected) => /^\d+$/.test(expected))
    ? false
    : undefined;
}
