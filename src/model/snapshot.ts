/**
 * Builds what one scan found from the rows of the socket tables, the owners of
 * the sockets and the configuration. Pure.
 *
 * It goes in two steps, because owners are looked up for the sockets that the
 * first one finds.
 *
 * @module
 */

import type { Config, Protocol } from "../config/config.ts";
import type { ParsedSocketTable, SocketTable } from "../procfs/socket_table.ts";
import type { HostCounters } from "./host_counters.ts";
import { createLastValues } from "./last_value.ts";
import {
  buildListeners,
  type Listener,
  type ListenersStatus,
  selectCandidates,
} from "./listeners.ts";
import {
  type ListeningSocket,
  selectListeningSockets,
  tablesByProtocol,
} from "./listening_socket.ts";
import { buildOwnerStatus, type Owners, type OwnerStatus } from "./owner.ts";
import {
  buildVerdict,
  type Observation,
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

/** What findings are built from. */
export interface FindingsInput {
  /** The configuration. */
  readonly config: Config;
  /** Its targets, as `buildWatchedTargets()` made them. */
  readonly watchedTargets: readonly WatchedTarget[];
  /** The tables read. */
  readonly tables: TableResults;
  /** The kernel's range of ephemeral ports, for the listeners. */
  readonly ephemeralPorts: { readonly first: number; readonly last: number };
}

/** The sockets that concern a configuration. */
export interface Findings {
  /** In the order of the configuration. */
  readonly targets: readonly TargetFinding[];
  /**
   * Sockets beside the targets that may be listeners; absent when they are not
   * asked for or a table could not be read.
   */
  readonly candidates?: readonly ListeningSocket[];
}

/** The sockets that concern one target. */
export interface TargetFinding {
  /** The target. */
  readonly watched: WatchedTarget;
  /** Its sockets. */
  readonly observation: Observation;
}

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
  /** Who holds the port. */
  readonly owner: OwnerStatus;
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
  /** How many listeners are unexpected; absent when it cannot be known. */
  readonly unexpectedListeners?: number;
  /** Counters of the host. */
  readonly counters: HostCounters;
}

/**
 * Finds the sockets that concern a configuration. The targets are the same
 * object again while the tables are.
 */
export function buildFindings(input: FindingsInput): Findings {
  const { config, watchedTargets, tables, ephemeralPorts } = input;
  const { found, targets } = lastFound(
    watchedTargets,
    Object.values(tablesByProtocol).flat().map((table) =>
      findParsed(tables[table])
    ),
    () => {
      const found = {
        udp: findSockets("udp", tables),
        tcp: findSockets("tcp", tables),
      };
      const targets = watchedTargets.map((watched) => ({
        watched,
        observation: observeTarget(watched, found[watched.target.protocol]),
      }));
      return { found, targets };
    },
  );
  const sawAll = [found.udp, found.tcp].every(({ complete, doubtfulPorts }) =>
    complete && doubtfulPorts.size === 0
  );
  if (!config.listeners.enabled || !sawAll) {
    return { targets };
  }
  const sockets = [found.udp, found.tcp].flatMap(({ socketsByPort }) =>
    [...socketsByPort.values()].flat()
  );
  return {
    targets,
    candidates: selectCandidates(sockets, { config, ephemeralPorts }),
  };
}

/**
 * The sockets whose owners are asked for: those that serve a target, and where
 * there are none, those that hold its port on a wrong address.
 */
export function ownedSockets(
  { serving, bound }: Observation,
): readonly ListeningSocket[] {
  return serving.length > 0 ? serving : bound;
}

/** Builds the snapshot of one scan. */
export function buildSnapshot(
  findings: Findings,
  { config, owners, counters }: {
    readonly config: Config;
    readonly owners: Owners;
    readonly counters: HostCounters;
  },
): Snapshot {
  const { targets, candidates } = findings;
  return {
    targets: targets.map((finding) => findTargetStatus(finding, owners)),
    ...(candidates !== undefined &&
      describeListeners(buildListeners(candidates, { config, owners }))),
    counters,
  };
}

function describeListeners(
  { listeners, unexpected }: ListenersStatus,
): Pick<Snapshot, "listeners" | "unexpectedListeners"> {
  return {
    listeners,
    ...(unexpected !== undefined && { unexpectedListeners: unexpected }),
  };
}

const lastFound = createLastValues<
  readonly WatchedTarget[],
  {
    readonly found: Readonly<Record<Protocol, ProtocolSockets>>;
    readonly targets: readonly TargetFinding[];
  }
>();

function findParsed(
  result: TableResult | undefined,
): ParsedSocketTable | undefined {
  return result?.ok ? result.parsed : undefined;
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
    const parsed = findParsed(tables[table]);
    if (parsed === undefined) {
      complete = false;
      continue;
    }
    for (const socket of selectListeningSockets(parsed.rows)) {
      const sockets = socketsByPort.get(socket.port);
      if (sockets === undefined) socketsByPort.set(socket.port, [socket]);
      else sockets.push(socket);
    }
    for (const { localPort } of parsed.problems) {
      if (localPort === undefined) complete = false;
      else doubtfulPorts.add(localPort);
    }
  }
  return { socketsByPort, complete, doubtfulPorts };
}

const lastStatus = createLastValues<WatchedTarget, TargetStatus>();

/**
 * The status of a target; the same object again while its sockets and their
 * owners are the same objects, as they are on a host where nothing happens.
 */
function findTargetStatus(
  finding: TargetFinding,
  owners: Owners,
): TargetStatus {
  const { watched, observation: { bound, sawAll } } = finding;
  const evidence: unknown[] = [sawAll];
  for (const socket of bound) {
    evidence.push(
      socket,
      owners.processesByInode.get(socket.inode) ?? owners.userName(socket.uid),
    );
  }
  return lastStatus(
    watched,
    evidence,
    () => buildTargetStatus(finding, owners),
  );
}

function buildTargetStatus(
  { watched, observation }: TargetFinding,
  owners: Owners,
): TargetStatus {
  const { serving, sawAll } = observation;
  const owner = buildOwnerStatus(
    watched.target,
    ownedSockets(observation),
    owners,
  );
  return {
    watched,
    ...buildVerdict(watched, observation, owner.matches),
    ...(sawAll && { sockets: serving }),
    ...(sawAll && serving.length > 0 && {
      receiveQueue: serving.reduce(
        (sum, socket) => sum + socket.receiveQueue,
        0,
      ),
    }),
    owner,
  };
}
