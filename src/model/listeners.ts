/**
 * Listeners mode: what listens here that the configuration does not name.
 *
 * @module
 */

import type { Config, IgnoreRule, Protocol } from "../config/config.ts";
import { buildExactAddressMatcher } from "./address_match.ts";
import type { ListeningSocket } from "./listening_socket.ts";
import {
  buildOwnerInfos,
  matchesProcessName,
  matchesUser,
  type OwnerInfo,
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

/**
 * Builds the listeners that are not ignored, in the order protocol, port,
 * address, process.
 */
export function buildListeners(
  candidates: readonly ListeningSocket[],
  { config, owners }: { readonly config: Config; readonly owners: Owners },
): readonly Listener[] {
  const isIgnored = buildIgnoreMatcher(config.listeners.ignore);
  const listeners = new Map<string, Listener>();
  for (const socket of candidates) {
    const { protocol, port, uid } = socket;
    const processes = owners.processesByInode.get(socket.inode);
    const owner = processes?.[0];
    if (
      isIgnored({
        socket,
        process: owner?.comm,
        uid: owner?.uid ?? uid,
        user: owner?.user ?? owners.userName(uid),
      })
    ) continue;
    // Of several processes that share a socket, the oldest stands for all.
    const [info] = buildOwnerInfos(socket, processes?.slice(0, 1), owners);
    if (info === undefined) continue;
    const listener = { protocol, port, ...info };
    listeners.set(JSON.stringify(listener), listener);
  }
  return [...listeners.values()].sort((a, b) =>
    compare(a.protocol, b.protocol) || a.port - b.port ||
    compare(a.address, b.address) || compare(a.process ?? "", b.process ?? "")
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What an ignore rule looks at. */
interface IgnoreCandidate {
  readonly socket: ListeningSocket;
  /** Undefined when it is not known: a rule that names one does not match. */
  readonly process: string | undefined;
  readonly user: string;
  readonly uid: number;
}

/** A rule matches when everything that it names matches. */
function buildIgnoreMatcher(
  rules: readonly IgnoreRule[],
): (candidate: IgnoreCandidate) => boolean {
  const matchers = rules.map((rule) => {
    const matchesAddress = buildExactAddressMatcher(
      rule.address ?? { kind: "any" },
    );
    return ({ socket, process, user, uid }: IgnoreCandidate) =>
      (rule.protocol === undefined || rule.protocol === socket.protocol) &&
      (rule.ports === undefined ||
        rule.ports.some(({ first, last }) =>
          first <= socket.port && socket.port <= last
        )) &&
      matchesAddress(socket.address) &&
      (rule.processes === undefined ||
        process !== undefined && matchesProcessName(rule.processes, process)) &&
      (rule.users === undefined || matchesUser(rule.users, user, uid));
  });
  return (candidate) => matchers.some((matches) => matches(candidate));
}
