/**
 * Listeners mode: what listens here that the configuration does not name.
 *
 * @module
 */

import type { Config, IgnoreRule, Protocol } from "../config/config.ts";
import { buildExactAddressMatcher } from "./address_match.ts";
import type { ListeningSocket } from "./listening_socket.ts";
import {
  allTrue,
  anyTrue,
  buildOwnerInfos,
  matchesProcessName,
  matchesUser,
  type OwnerInfo,
  type OwnerProcess,
  type Owners,
} from "./owner.ts";

/** One thing that listens: sockets that differ in nothing are one listener. */
export interface Listener extends OwnerInfo {
  /** Transport protocol. */
  readonly protocol: Protocol;
  /** Local port. */
  readonly port: number;
}

/**
 * Picks the sockets that are not a target's.
 *
 * UDP sockets in the ephemeral range are left out: an unconnected client
 * socket looks exactly like a server.
 */
export function selectCandidates(
  sockets: readonly ListeningSocket[],
  { config, ephemeralPorts }: {
    readonly config: Config;
    readonly ephemeralPorts: { readonly first: number; readonly last: number };
  },
): readonly ListeningSocket[] {
  const configured = new Set(
    config.targets.map(({ protocol, port }) => `${protocol} ${port}`),
  );
  const { first, last } = ephemeralPorts;
  return sockets.filter(({ protocol, port }) =>
    !configured.has(`${protocol} ${port}`) &&
    !(protocol === "udp" && first <= port && port <= last)
  );
}

/** What listens beside the targets. */
export interface ListenersStatus {
  /** Listeners that are not ignored, as far as is known. */
  readonly listeners: readonly Listener[];
  /**
   * How many; absent while a rule names a process or user and an owner that
   * would decide it is unknown.
   */
  readonly unexpected?: number;
}

/**
 * Builds the listeners that are not ignored, in the order protocol, port,
 * address, process.
 */
export function buildListeners(
  candidates: readonly ListeningSocket[],
  { config, owners }: { readonly config: Config; readonly owners: Owners },
): ListenersStatus {
  const isIgnored = buildIgnoreMatcher(config.listeners.ignore);
  const listenersByText = new Map<string, Listener>();
  let isCertain = true;
  for (const socket of candidates) {
    const processes = owners.processesByInode.get(socket.inode);
    const socketUser = {
      uid: socket.uid,
      user: owners.userName(socket.uid),
    };
    const verdict = isIgnored({ socket, processes, socketUser });
    if (verdict === true) continue;
    if (verdict === undefined) isCertain = false;
    // Of several processes that share a socket, the oldest stands for all.
    const [info] = buildOwnerInfos(socket, processes?.slice(0, 1), owners);
    if (info === undefined) continue;
    const listener = { protocol: socket.protocol, port: socket.port, ...info };
    listenersByText.set(JSON.stringify(listener), listener);
  }
  const listeners = [...listenersByText.values()].sort((a, b) =>
    compare(a.protocol, b.protocol) || a.port - b.port ||
    compare(a.address, b.address) || compare(a.process ?? "", b.process ?? "")
  );
  return { listeners, ...(isCertain && { unexpected: listeners.length }) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What an ignore rule looks at. */
interface IgnoreCandidate {
  readonly socket: ListeningSocket;
  /** Undefined when they are not known. */
  readonly processes: readonly OwnerProcess[] | undefined;
  /** Who opened the socket. */
  readonly socketUser: { readonly user: string; readonly uid: number };
}

/**
 * A rule matches when everything that it names matches; a process or user when
 * one of the socket's processes does. Undefined: it cannot be known.
 */
function buildIgnoreMatcher(
  rules: readonly IgnoreRule[],
): (candidate: IgnoreCandidate) => boolean | undefined {
  const matchers = rules.map((rule) => {
    const matchesAddress = buildExactAddressMatcher(
      rule.address ?? { kind: "any" },
    );
    return ({ socket, processes, socketUser }: IgnoreCandidate) =>
      allTrue([
        rule.protocol === undefined || rule.protocol === socket.protocol,
        rule.ports === undefined ||
        rule.ports.some(({ first, last }) =>
          first <= socket.port && socket.port <= last
        ),
        matchesAddress(socket.address),
        rule.processes === undefined ||
        processes?.some(({ comm }) =>
          matchesProcessName(rule.processes ?? [], comm)
        ),
        rule.users === undefined ||
        anyTrue(
          (processes?.length ? processes : [socketUser]).map((user) =>
            matchesUser(rule.users ?? [], user)
          ),
        ),
      ]);
  });
  return (candidate) => anyTrue(matchers.map((matches) => matches(candidate)));
}
