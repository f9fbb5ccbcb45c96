/**
 * Which rows of a socket table are sockets that receive: what "listening"
 * means for UDP and TCP.
 *
 * @module
 */

import type { Protocol } from "../config/config.ts";
import type { SocketRow, SocketTable } from "../procfs/socket_table.ts";

/** TCP_LISTEN, include/net/tcp_states.h. */
const LISTEN = "0A";

/** TCP_CLOSE, the state of an unconnected UDP socket. */
const CLOSE = "07";

/** A socket that receives what is sent to its port. */
export interface ListeningSocket {
  /** Transport protocol. */
  readonly protocol: Protocol;
  /** Local address as text; `::` receives IPv4 too unless it is v6-only. */
  readonly address: string;
  /** Local port, 0-65535. */
  readonly port: number;
  /** User id of the socket's creator. */
  readonly uid: number;
  /** Inode, the key to the processes that hold the socket. */
  readonly inode: string;
  /**
   * UDP: buffer memory in bytes of what waits to be read. TCP: connections
   * waiting for accept.
   */
  readonly receiveQueue: number;
  /** UDP: datagrams dropped since the socket was opened; absent on TCP. */
  readonly drops?: number;
}

/** The tables in which sockets of a protocol stand. */
export const tablesByProtocol: Readonly<
  Record<Protocol, readonly SocketTable[]>
> = { udp: ["udp", "udp6"], tcp: ["tcp", "tcp6"] };

/**
 * Picks the listening sockets: TCP in state LISTEN; UDP bound and unconnected,
 * for UDP is never in LISTEN and a connected socket receives from one peer only.
 */
export function selectListeningSockets(
  rows: Iterable<SocketRow>,
): ListeningSocket[] {
  const sockets: ListeningSocket[] = [];
  for (const row of rows) {
    const protocol = row.table === "udp" || row.table === "udp6"
      ? "udp"
      : "tcp";
    const listens = protocol === "tcp"
      ? row.state === LISTEN
      : row.state === CLOSE && row.remotePort === 0;
    if (listens) sockets.push(findSocket(row, protocol));
  }
  return sockets;
}

/**
 * A row that is the same object as at the last scan gives the same socket
 * object again, by which later steps see that nothing has changed.
 */
const socketsByRow = new WeakMap<SocketRow, ListeningSocket>();

function findSocket(row: SocketRow, protocol: Protocol): ListeningSocket {
  let socket = socketsByRow.get(row);
  if (socket === undefined) {
    socket = {
      protocol,
      address: row.localAddress,
      port: row.localPort,
      uid: row.uid,
      inode: row.inode,
      receiveQueue: row.receiveQueue,
      ...(row.drops !== undefined && { drops: row.drops }),
    };
    socketsByRow.set(row, socket);
  }
  return socket;
}
