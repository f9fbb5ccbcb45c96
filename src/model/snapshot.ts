/**
 * Builds what one scan found from the rows of the socket tables and the
 * configuration. Pure.
 *
 * @module
 */

import type { Config, Protocol } from "../config/config.ts";
import type { ParsedSocketTable, SocketTable } from "../procfs/socket_table.ts";
import { buildListeners, type Listener } from "./listeners.ts";
import {
  type ListeningSocket,
  selectListeningSockets,
  tablesByProtocol,
} from "./listening_socket.ts";
import {
  buildVerdict,
  observeTarget,
  type ProtocolSockets,
  type Verdict,
} from "./verdict.ts";
import type { WatchedTarget } from "./watched_target.ts";

/** What came of reading one table. */
export type TableResult =
  | { readonly ok: true; readonly parsed: ParsedSocketTable }
  | { readonly ok: false };

/** The tables that a scan read; a table that was not wanted has no entry. */
export type TableResults = Readonly<Partial<Record<SocketTable, TableResult>>>;

/** What a scan found out about one target. */
export interface TargetStatus extends Verdict {
  /** The target. */
  readonly watched: WatchedTarget;
  /**
   * Sockets on the exact port and protocol whose address satisfies the target;
   * absent when there may be others that could not be read.
   */
  readonly sockets?: readonly ListeningSocket[];
  /**
   * UDP: buffer memory in bytes of what waits to be read. TCP: connections
   * waiting for accept. The sum over the sockets; absent when down or unknown.
   */
  readonly receiveQueue?: number;
}

/** What one scan found. */
export interface Snapshot {
  /** In the order of the configuration. */
  readonly targets: readonly TargetStatus[];
  /**
   * Listeners that are neither configured nor ignored; absent when they are
   * not asked for or a table could not be read.
   */
  readonly listeners?: readonly Listener[];
}

/** What a snapshot is built from. */
export interface SnapshotInput {
  /** The configuration. */
  readonly config: Config;
  /** Its targets, as {@linkcode buildWatchedTargets} made them. */
  readonly watchedTargets: readonly WatchedTarget[];
  /** The tables read. */
  readonly tables: TableResults;
  /** The kernel's range of ephemeral ports, for the listeners. */
  readonly ephemeralPorts: { readonly first: number; readonly last: number };
}

/** Builds the snapshot of one scan. */
export function buildSnapshot(input: SnapshotInput): Snapshot {
  const { config, watchedTargets, tables, ephemeralPorts } = input;
  const found = {
    udp: findSockets("udp", tables),
    tcp: findSockets("tcp", tables),
  };
  return {
    targets: watchedTargets.map((watched) =>
      buildTargetStatus(watched, found[watched.target.protocol])
    ),
    ...(config.listeners.enabled && found.udp.complete && found.tcp.complete &&
      {
        listeners: buildListeners({
          sockets: [found.udp, found.tcp].flatMap(({ socketsByPort }) =>
            [...socketsByPort.values()].flat()
          ),
          config,
          ephemeralPorts,
        }),
      }),
  };
}

/** Puts the IPv4 and IPv6 table of a protocol together. */
function findSockets(
  protocol: Protocol,
  tables: TableResults,
): ProtocolSockets {
  const socketsByPort = new Map<number, ListeningSocket[]>();
  const doubtfulPorts = new Set<number>();
  let complete = true;
  for (const table of tablesByProtocol[protocol]) {
    const result = tables[table];
    if (result === undefined || !result.ok) {
      complete = false;
      continue;
    }
    for (const socket of selectListeningSockets(result.parsed.rows)) {
      const sockets = socketsByPort.get(socket.port);
      if (sockets === undefined) socketsByPort.set(socket.port, [socket]);
      else sockets.push(socket);
    }
    for (const { localPort } of result.parsed.problems) {
      if (localPort === undefined) complete = false;
      else doubtfulPorts.add(localPort);
    }
  }
  return { socketsByPort, complete, doubtfulPorts };
}

function buildTargetStatus(
  watched: WatchedTarget,
  found: ProtocolSockets,
): TargetStatus {
  const observation = observeTarget(watched, found);
  const { serving, sawAll } = observation;
  return {
    watched,
    ...buildVerdict(watched, observation),
    ...(sawAll && { sockets: serving }),
    ...(sawAll && serving.length > 0 && {
      receiveQueue: serving.reduce(
        (sum, socket) => sum + socket.receiveQueue,
        0,
      ),
    }),
  };
}
