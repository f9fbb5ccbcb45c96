/**
 * What "up" means. Lives here and nowhere else.
 *
 * @module
 */

import type { Target } from "../config/config.ts";
import type { ListeningSocket } from "./listening_socket.ts";
import type { WatchedTarget } from "./watched_target.ts";

/** The states of a target; exactly one holds when the state is known. */
export const portStates = [
  "up",
  "down",
  "wrong_address",
  "wrong_owner",
  "wrong_count",
] as const;

/** State of a target. */
export type PortState = typeof portStates[number];

/** The listening sockets of one protocol, IPv4 and IPv6 together. */
export interface ProtocolSockets {
  /** Listening sockets by local port. */
  readonly socketsByPort: ReadonlyMap<number, readonly ListeningSocket[]>;
  /**
   * Whether every table of the protocol was read, and every row told at least
   * its port. If not, a port without a socket is unknown, not down.
   */
  readonly complete: boolean;
  /** Ports for which a row could not be decoded. */
  readonly doubtfulPorts: ReadonlySet<number>;
}

/** The sockets that concern one target. */
export interface Observation {
  /** Sockets on the exact port and protocol. */
  readonly bound: readonly ListeningSocket[];
  /** Those of them whose address satisfies the target. */
  readonly serving: readonly ListeningSocket[];
  /** Whether there can be no others that were not read. */
  readonly sawAll: boolean;
}

/** What a scan found out about one target. */
export interface Verdict {
  /** Whether a socket satisfies the target; absent when unknown. */
  readonly up?: boolean;
  /** State; absent when unknown. */
  readonly state?: PortState;
}

/** Picks the sockets that concern a target. */
export function observeTarget(
  { target, matchesAddress }: WatchedTarget,
  found: ProtocolSockets,
): Observation {
  const bound = found.socketsByPort.get(target.port) ?? [];
  return {
    bound,
    serving: bound.filter(({ address }) => matchesAddress(address)),
    sawAll: found.complete && !found.doubtfulPorts.has(target.port),
  };
}

/**
 * Judges a target.
 *
 * A socket that was seen proves "up" even when another table could not be
 * read; "down" needs every table and every row.
 *
 * @param ownerMatches Whether the owner is the expected one; undefined when
 *   none is expected or it cannot be known
 */
export function buildVerdict(
  { target }: WatchedTarget,
  { bound, serving, sawAll }: Observation,
  ownerMatches?: boolean,
): Verdict {
  if (serving.length === 0) {
    if (!sawAll) return {};
    return { up: false, state: bound.length > 0 ? "wrong_address" : "down" };
  }
  if (ownerMatches === false) return { up: true, state: "wrong_owner" };
  // Expected, and not to be known: neither right nor wrong.
  if (ownerMatches === undefined && expectsOwner(target)) return { up: true };
  if (target.sockets === undefined) return { up: true, state: "up" };
  if (serving.length > target.sockets) {
    return { up: true, state: "wrong_count" };
  }
  if (!sawAll) return { up: true };
  return {
    up: true,
    state: serving.length === target.sockets ? "up" : "wrong_count",
  };
}

function expectsOwner({ processes, units, users }: Target): boolean {
  return (processes ?? units ?? users) !== undefined;
}
