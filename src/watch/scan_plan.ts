/**
 * What a configuration asks of the scanner: which tables to read, and which of
 * their rows. Immutable but for the memories; a reload builds a new one.
 *
 * @module
 */

import type { Config } from "../config/config.ts";
import { tablesByProtocol } from "../model/listening_socket.ts";
import {
  buildWatchedTargets,
  type WatchedTarget,
} from "../model/watched_target.ts";
import type { TableMemory } from "../procfs/read_socket_table.ts";
import type { SocketTable } from "../procfs/socket_table.ts";

/** What one configuration asks for. */
export interface ScanPlan {
  /** The configuration. */
  readonly config: Config;
  /** Names of programs that are expected to own a socket. */
  readonly likelyNames: ReadonlySet<string>;
  /** For a scan: targets, and listeners where they are asked for. */
  readonly scan: Look;
  /** For a sample: without what is not a target. */
  readonly sample: Look;
}

/** Which tables to read, and which of their rows. */
export interface Look {
  /** What is looked for. */
  readonly config: Config;
  /** The targets of all looks of a plan; the same objects for every scan. */
  readonly watchedTargets: readonly WatchedTarget[];
  /** The tables, IPv4 before IPv6. */
  readonly tables: readonly SocketTable[];
  /** Absent: the rows of all ports. */
  readonly ports?: ReadonlySet<number>;
  /** What was decoded last of each table. */
  readonly memories: Readonly<Record<SocketTable, TableMemory>>;
}

/** Works out once what every scan of a configuration needs. */
export function buildScanPlan(config: Config): ScanPlan {
  const watchedTargets = buildWatchedTargets(config);
  const scan = buildLook(config, watchedTargets);
  return {
    config,
    likelyNames: new Set(
      config.targets.flatMap(({ processes }) => processes ?? []),
    ),
    scan,
    // The same one shares what it remembers.
    sample: config.listeners.enabled
      ? buildLook(
        { ...config, listeners: { enabled: false, ignore: [] } },
        watchedTargets,
      )
      : scan,
  };
}

function buildLook(
  config: Config,
  watchedTargets: readonly WatchedTarget[],
): Look {
  const { targets, listeners } = config;
  const protocols = (["udp", "tcp"] as const).filter((protocol) =>
    listeners.enabled || targets.some((target) => target.protocol === protocol)
  );
  return {
    config,
    watchedTargets,
    memories: {
      tcp: { rowsByLine: new Map() },
      tcp6: { rowsByLine: new Map() },
      udp: { rowsByLine: new Map() },
      udp6: { rowsByLine: new Map() },
    },
    tables: protocols.flatMap((protocol) => tablesByProtocol[protocol]),
    ...(!listeners.enabled &&
      { ports: new Set(targets.map(({ port }) => port)) }),
  };
}
