/**
 * Scans: reads the socket tables that the configuration needs and builds the
 * snapshot. Simultaneous callers share one scan.
 *
 * @module
 */

import type { Config } from "../config/config.ts";
import type { Logger } from "../log.ts";
import type { SourceHealth } from "../model/source_health.ts";
import { tablesByProtocol } from "../model/listening_socket.ts";
import {
  buildSnapshot,
  type Snapshot,
  type TableResult,
} from "../model/snapshot.ts";
import { buildWatchedTargets } from "../model/watched_target.ts";
import {
  defaultLocalPortRange,
  readLocalPortRange,
} from "../procfs/ip_local_port_range.ts";
import { type Breathe, readSocketTable } from "../procfs/read_socket_table.ts";
import type { ProcfsReader } from "../procfs/reader.ts";
import type { SocketTable } from "../procfs/socket_table.ts";
import { parseSocketsInUse } from "../procfs/sockstat.ts";
import { createBreather } from "./breathe.ts";
import { createSourceHealthBook, type SourceReport } from "./source_health.ts";

/** Scans on demand. */
export interface Scanner {
  /** Scans afresh, or joins the scan that is under way. */
  scan(): Promise<Snapshot>;
  /** Health of the sources after the last scan. */
  sources(): readonly SourceHealth[];
}

/** What a scanner needs. */
export interface ScannerOptions {
  /** The procfs to scan. */
  readonly reader: ProcfsReader;
  /** What to look for. */
  readonly config: Config;
  /** Is told of sources that fail and that are well again. */
  readonly log: Logger;
}

/** Creates a scanner. */
export function createScanner(options: ScannerOptions): Scanner {
  const { reader, config, log } = options;
  const watchedTargets = buildWatchedTargets(config);
  const wanted = findWantedTables(config);
  const health = createSourceHealthBook(log);
  let running: Promise<Snapshot> | undefined;

  async function scanNow(): Promise<Snapshot> {
    const breathe = createBreather();
    const tables: Partial<Record<SocketTable, TableResult>> = {};
    for (const table of wanted.tables) {
      const { result, report } = await readTable(reader, {
        table,
        breathe,
        ...(wanted.ports && { ports: wanted.ports }),
        mayBeMissing: isVersion6(table) &&
          tables[VERSION_4[table]]?.ok === true,
      });
      tables[table] = result;
      health.report(table, report);
    }
    return buildSnapshot({
      config,
      watchedTargets,
      tables,
      ephemeralPorts: config.listeners.enabled
        ? readLocalPortRange(reader)
        : defaultLocalPortRange,
    });
  }

  return {
    sources: health.list,
    scan() {
      running ??= scanNow().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

/** Which tables a configuration needs, and which of their rows. */
interface WantedTables {
  readonly tables: readonly SocketTable[];
  /** Absent: the rows of all ports. */
  readonly ports?: ReadonlySet<number>;
}

function findWantedTables({ targets, listeners }: Config): WantedTables {
  const protocols = (["udp", "tcp"] as const).filter((protocol) =>
    listeners.enabled || targets.some((target) => target.protocol === protocol)
  );
  return {
    tables: protocols.flatMap((protocol) => tablesByProtocol[protocol]),
    ...(!listeners.enabled &&
      { ports: new Set(targets.map(({ port }) => port)) }),
  };
}

const VERSION_4 = { tcp6: "tcp", udp6: "udp" } as const;

function isVersion6(table: SocketTable): table is keyof typeof VERSION_4 {
  return table in VERSION_4;
}

interface ReadTableOptions {
  readonly table: SocketTable;
  readonly ports?: ReadonlySet<number>;
  readonly breathe: Breathe;
  /** Whether a missing file means that IPv6 is switched off. */
  readonly mayBeMissing: boolean;
}

const EMPTY_TABLE: TableResult = {
  ok: true,
  parsed: { rows: [], problems: [] },
};

async function readTable(
  reader: ProcfsReader,
  options: ReadTableOptions,
): Promise<{ readonly result: TableResult; readonly report: SourceReport }> {
  const { table, mayBeMissing } = options;
  if (table === "tcp6" && isUnused(reader, "TCP6")) {
    return { result: EMPTY_TABLE, report: { success: true, errors: [] } };
  }
  try {
    const parsed = await readSocketTable(reader, options);
    return {
      result: { ok: true, parsed },
      report: {
        // A row without a port could be anybody's: nothing is down for sure.
        success: parsed.problems.every(({ localPort }) =>
          localPort !== undefined
        ),
        errors: parsed.problems.map(({ message }) => message),
      },
    };
  } catch (error) {
    if (mayBeMissing && error instanceof Deno.errors.NotFound) {
      return { result: EMPTY_TABLE, report: { success: true, errors: [] } };
    }
    const path = `${reader.root}/${reader.netDirectory}/net/${table}`;
    return {
      result: { ok: false },
      report: { success: false, errors: [describeReadError(path, error)] },
    };
  }
}

/**
 * Even an empty tcp6 costs a walk over the whole hash of connections, 10-20 ms
 * at 100,000 sockets; sockstat6 says for free that there is nothing to find.
 */
function isUnused(reader: ProcfsReader, protocol: string): boolean {
  try {
    const text = reader.readText(`${reader.netDirectory}/net/sockstat6`);
    return parseSocketsInUse(text, protocol) === 0;
  } catch {
    return false; // The table itself will tell.
  }
}

function describeReadError(path: string, error: unknown): string {
  if (error instanceof Deno.errors.NotFound) {
    return `Cannot read ${path}: it does not exist`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `Cannot read ${path}: permission denied; run as root or drop --path.procfs`;
  }
  return error instanceof SyntaxError
    ? error.message
    : `Cannot read ${path}: ${error instanceof Error ? error.message : error}`;
}
