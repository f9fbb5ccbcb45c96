/**
 * Builders of model values: a good value, and what a test changes of it.
 *
 * @module
 */

import type { Config, Target } from "../../src/config/config.ts";
import type { ListeningSocket } from "../../src/model/listening_socket.ts";
import {
  buildWatchedTargets,
  type WatchedTarget,
} from "../../src/model/watched_target.ts";
import type { OwnerProcess, Owners } from "../../src/model/owner.ts";
import type { SocketRow } from "../../src/procfs/socket_table.ts";

/** A target: UDP port 6984, any address. */
export function buildTarget(changes: Partial<Target> = {}): Target {
  return {
    protocol: "udp",
    port: 6984,
    name: "asa",
    labels: {},
    address: { kind: "any" },
    severity: "critical",
    for: { text: "1m", seconds: 60 },
    place: "ports[0]",
    ...changes,
  };
}

/** A configuration of these targets that does not report listeners. */
export function buildConfig(
  targets: readonly Partial<Target>[] = [{}],
  changes: Partial<Config> = {},
): Config {
  return {
    targets: targets.map(buildTarget),
    listeners: { enabled: false, ignore: [] },
    alerts: { job: "port_exporter", labels: {}, disable: [], override: {} },
    dashboard: { tags: [] },
    ...changes,
  };
}

/** A watched target. */
export function buildWatched(changes: Partial<Target> = {}): WatchedTarget {
  const [watched] = buildWatchedTargets(buildConfig([changes]));
  if (watched === undefined) throw new Error("there is no target");
  return watched;
}

/** A listening socket: UDP, 0.0.0.0:6984. */
export function buildSocket(
  changes: Partial<ListeningSocket> = {},
): ListeningSocket {
  return {
    protocol: "udp",
    address: "0.0.0.0",
    port: 6984,
    uid: 0,
    inode: "4711",
    receiveQueue: 0,
    ...changes,
  };
}

/** A row of a listening socket: UDP, 0.0.0.0:6984. */
export function buildRow(changes: Partial<SocketRow> = {}): SocketRow {
  return {
    table: "udp",
    localAddress: "0.0.0.0",
    localPort: 6984,
    remoteAddress: "0.0.0.0",
    remotePort: 0,
    state: "07",
    receiveQueue: 0,
    uid: 0,
    inode: "4711",
    ...changes,
  };
}

/** A process: filebeat, started by root. */
export function buildProcess(
  changes: Partial<OwnerProcess> = {},
): OwnerProcess {
  return {
    pid: 4242,
    comm: "filebeat",
    user: "root",
    uid: 0,
    startTimeSeconds: 1_700_000_000,
    ...changes,
  };
}

/** Owners of sockets by inode; no other owner is known, and no user's name. */
export function buildOwners(
  processesByInode: Readonly<Record<string, readonly OwnerProcess[]>> = {},
): Owners {
  return {
    processesByInode: new Map(Object.entries(processesByInode)),
    userName: String,
  };
}
