/**
 * Reads one socket table and tells how that went.
 *
 * @module
 */

import type { TableResult } from "../model/snapshot.ts";
import {
  type Breathe,
  readSocketTable,
  type TableMemory,
} from "../procfs/read_socket_table.ts";
import type { ProcfsReader } from "../procfs/reader.ts";
import type { SocketTable } from "../procfs/socket_table.ts";
import { parseSocketsInUse } from "../procfs/sockstat.ts";
import { isIpv6Off } from "./ipv6_off.ts";
import { describeReadError } from "./read_error.ts";
import type { SourceReport } from "./source_health.ts";

/** Which table to read. */
export interface ReadTableOptions {
  /** The table. */
  readonly table: SocketTable;
  /** Only rows of these ports; all when absent. */
  readonly ports?: ReadonlySet<number>;
  /** What was decoded last. */
  readonly memory: TableMemory;
  /** Gives the event loop room. */
  readonly breathe: Breathe;
}

/** A table, and how reading it went. */
export interface ReadTableResult {
  /** The table. */
  readonly result: TableResult;
  /** How the source has been doing. */
  readonly report: SourceReport;
}

const EMPTY: ReadTableResult = {
  result: {
    ok: true,
    parsed: { rows: [], problems: [] },
  },
  report: { success: true, errors: [] },
};

/** Reads a socket table; a failure is a value. */
export async function readTable(
  reader: ProcfsReader,
  options: ReadTableOptions,
): Promise<ReadTableResult> {
  const { table } = options;
  if (table === "tcp6" && isUnused(reader, "TCP6")) return EMPTY;
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
    if (
      (table === "udp6" || table === "tcp6") &&
      error instanceof Deno.errors.NotFound && isIpv6Off(reader)
    ) return EMPTY;
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
