/**
 * Parses `/proc/net/tcp`, `tcp6`, `udp` and `udp6` into rows.
 *
 * The four tables share their layout: net/ipv4/tcp_ipv4.c `get_tcp4_sock()`,
 * net/ipv6/tcp_ipv6.c `get_tcp6_sock()`, net/ipv4/udp.c `udp4_format_sock()`,
 * net/ipv6/datagram.c `__ip6_dgram_sock_seq_show()`. Columns, and the base of
 * their numbers: `sl: local remote st tx:rx tr:when retrnsmt` hex, then `uid
 * timeout inode` decimal; UDP rows end with `ref pointer drops`.
 *
 * A row is decoded, not interpreted: what "listening" means is the model's.
 *
 * @module
 */

import { parseKernelAddress } from "./address.ts";

/** The socket tables, named as their files below `/proc/net`. */
export type SocketTable = "tcp" | "tcp6" | "udp" | "udp6";

/** One row of a socket table, decoded but not interpreted. */
export interface SocketRow {
  /** The table that the row stands in. */
  readonly table: SocketTable;
  /** Local address as text: `0.0.0.0`, `::1`, `::ffff:10.0.0.5`. */
  readonly localAddress: string;
  /** Local port, 0-65535. */
  readonly localPort: number;
  /** Remote address as text. */
  readonly remoteAddress: string;
  /** Remote port, 0-65535; 0 on an unconnected socket. */
  readonly remotePort: number;
  /** State as two upper case hex digits: `0A` LISTEN, `07` CLOSE. */
  readonly state: string;
  /**
   * Receive queue as the kernel prints it: connections waiting for accept
   * (TCP listener), payload bytes (other TCP), buffer memory in bytes (UDP).
   */
  readonly receiveQueue: number;
  /** User id of the socket's creator. */
  readonly uid: number;
  /** Inode as printed; `"0"` when no process owns the socket. */
  readonly inode: string;
  /** Datagrams dropped since the socket was opened; only UDP rows have it. */
  readonly drops?: number;
}

/** A row that could not be decoded. */
export interface RowProblem {
  /** What is wrong with which row, as one sentence. */
  readonly message: string;
  /** Local port of the row, absent when not even that could be read. */
  readonly localPort?: number;
}

/**
 * The rows of the last reading by their line. Most lines are the same again,
 * and to find one costs a tenth of decoding it.
 */
export interface RowMemory {
  /** Is brought up to date when a table has been parsed. */
  rowsByLine: ReadonlyMap<string, SocketRow>;
}

/** What became of a table's text. */
export interface ParsedSocketTable {
  /** Rows in the order of the table, without repetitions. */
  readonly rows: readonly SocketRow[];
  /** Rows that could not be decoded. */
  readonly problems: readonly RowProblem[];
}

/** Which rows to decode. */
export interface SocketTableOptions {
  /** The table, which decides the width of addresses and the columns. */
  readonly table: SocketTable;
  /**
   * Decode only rows with one of these local ports; all rows when absent.
   * Other rows cost little and are not checked beyond their port.
   */
  readonly ports?: ReadonlySet<number>;
  /** What was decoded last; of the same table. */
  readonly memory?: RowMemory;
}

/** Parses a table that arrives in pieces. */
export interface SocketTableParser {
  /**
   * Takes the next piece of the table.
   *
   * @returns Whether more is wanted: false once the LISTEN block of a TCP
   *   table has ended
   * @throws {SyntaxError} when the text is not a socket table
   */
  push(text: string): boolean;
  /**
   * Ends the table; a last line without a newline is a problem.
   *
   * @throws {SyntaxError} when there was no header
   */
  finish(): ParsedSocketTable;
}

/**
 * Parses the whole text of a table.
 *
 * @throws {SyntaxError} when the text does not begin with a table's header
 *
 * @example
 * ```ts
 * import { parseSocketTable } from "./socket_table.ts";
 *
 * const text = "  sl  local_address rem_address   st ...\n" +
 *   "  1: 0100007F:1B48 00000000:0000 07 00000000:00000000 00:00000000 " +
 *   "00000000   101        0 4711 2 0000000000000000 3\n";
 * const { rows } = parseSocketTable(text, { table: "udp" });
 * console.log(rows[0]?.localAddress, rows[0]?.localPort); // 127.0.0.1 6984
 * ```
 */
export function parseSocketTable(
  text: string,
  options: SocketTableOptions,
): ParsedSocketTable {
  const parser = createSocketTableParser(options);
  parser.push(text);
  return parser.finish();
}

/** Creates a parser for a table that arrives in pieces. */
export function createSocketTableParser(
  { table, ports, memory }: SocketTableOptions,
): SocketTableParser {
  const isTcp = table === "tcp" || table === "tcp6";
  const addressWidth = table === "tcp" || table === "udp" ? 8 : 32;
  const rowsByIdentity = new Map<string, SocketRow>();
  const rowsByLine = new Map<string, SocketRow>();
  const problems: RowProblem[] = [];
  const decodeRow = createRowDecoder(table, addressWidth);
  let sawHeader = false;
  let unfinishedLine = "";
  let wantsMore = true;

  /** Handles one line; returns false when it lies behind the LISTEN block. */
  function takeLine(line: string): boolean {
    const known = memory?.rowsByLine.get(line);
    if (known !== undefined) {
      takeRow(line, known);
      return true;
    }
    const columns = findColumns(line, addressWidth);
    const seemsLast = isTcp && columns !== undefined &&
      endsListenBlock(columns.state);
    if (
      columns !== undefined && ports?.has(columns.localPort) === false &&
      !seemsLast
    ) return true;
    try {
      const row = decodeRow(line);
      // Only a row that is whole ends the block: a bad one hides no other.
      if (seemsLast) return false;
      // Its columns may stand where they were not looked for.
      if (ports?.has(row.localPort) === false) return true;
      takeRow(line, row);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      problems.push({
        message: error.message,
        ...(columns && { localPort: columns.localPort }),
      });
    }
    return true;
  }

  /** The table is not a snapshot: a row may come twice, on two pages. */
  function takeRow(line: string, row: SocketRow): void {
    rowsByLine.set(line, row);
    const identity =
      `${row.localAddress} ${row.localPort} ${row.remoteAddress} ${row.remotePort} ${row.inode}`;
    rowsByIdentity.set(identity, row);
  }

  return {
    push(text) {
      if (!wantsMore) return false;
      const lines = (unfinishedLine + text).split("\n");
      unfinishedLine = lines.pop() ?? "";
      for (const line of lines) {
        if (!sawHeader) {
          checkHeader(line, table);
          sawHeader = true;
        } else if (!takeLine(line)) {
          wantsMore = false;
          unfinishedLine = "";
          break;
        }
      }
      return wantsMore;
    },
    finish() {
      if (!sawHeader) checkHeader(unfinishedLine, table);
      const columns = findColumns(unfinishedLine, addressWidth);
      const isBehindListeners = isTcp && columns !== undefined &&
        endsListenBlock(columns.state);
      if (unfinishedLine !== "" && !isBehindListeners) {
        problems.push({
          message: rowMessage(unfinishedLine, "it ends in the middle"),
          ...(columns && { localPort: columns.localPort }),
        });
      }
      if (memory !== undefined) memory.rowsByLine = rowsByLine;
      return { rows: [...rowsByIdentity.values()], problems };
    },
  };
}

/**
 * Whether a row of this state stands behind the listeners, which come first in
 * a TCP table. Old kernels put requests for connections (03, SYN_RECV) between
 * them; what is no state at all is a bad row, and ends nothing.
 */
function endsListenBlock(state: string): boolean {
  return !/^0[Aa3]$/.test(state) && /^[0-9A-Fa-f]{2}$/.test(state);
}

function checkHeader(line: string, table: SocketTable): void {
  if (!/^\s*sl\s+local_address\s/.test(line)) {
    throw new SyntaxError(
      `Cannot parse ${table}: the first line is ${quote(line)}, ` +
        `want the header "sl local_address …"`,
    );
  }
}

/**
 * Finds the local port and the state by position, which is cheap enough for
 * every row of a large table. Undefined when the row is not laid out so.
 */
function findColumns(
  line: string,
  addressWidth: number,
): { readonly localPort: number; readonly state: string } | undefined {
  // "   12: 0100007F:1B48 00000000:0000 07 …"
  const local = line.indexOf(":") + 2;
  const port = local + addressWidth + 1;
  const remote = port + 5;
  const state = remote + addressWidth + 6;
  if (local < 2 || line[port - 1] !== ":" || line[remote - 1] !== " ") {
    return undefined;
  }
  const digits = line.slice(port, port + 4);
  const localPort = parseInt(digits, 16);
  // parseInt() stops at the first character that is no digit.
  if (!(localPort >= 0x1000 || /^[0-9A-Fa-f]{4}$/.test(digits))) {
    return undefined;
  }
  return { localPort, state: line.slice(state, state + 2) };
}

type RowDecoder = (line: string) => SocketRow;

function createRowDecoder(
  table: SocketTable,
  addressWidth: number,
): RowDecoder {
  const isUdp = table === "udp" || table === "udp6";
  // Few addresses stand in many rows.
  const decodedAddresses = new Map<string, string>();

  function decodeAddress(hex: string): string {
    let address = decodedAddresses.get(hex);
    if (address === undefined) {
      address = parseKernelAddress(hex);
      decodedAddresses.set(hex, address);
    }
    return address;
  }

  return (line) => {
    const fields = line.trim().split(/\s+/);
    const field = (index: number, name: string, want: RegExp): string => {
      const value = fields[index];
      if (value === undefined) {
        throw new SyntaxError(
          rowMessage(line, `it has ${fields.length} columns, no ${name}`),
        );
      }
      if (!want.test(value)) {
        throw new SyntaxError(rowMessage(line, `${name} is ${quote(value)}`));
      }
      return value;
    };
    const endpoint = addressWidth === 8 ? ENDPOINT_4 : ENDPOINT_6;
    field(0, "sl", /^\d+:$/);
    const local = field(1, "local address", endpoint);
    const remote = field(2, "remote address", endpoint);
    const state = field(3, "state", /^[0-9A-Fa-f]{2}$/).toUpperCase();
    const queues = field(4, "tx_queue:rx_queue", QUEUES);
    const uid = field(7, "uid", DECIMAL);
    const inode = field(9, "inode", DECIMAL);
    // Without the column behind it, the inode may be cut off.
    field(11, "pointer", /./);
    // Kernels before 2.6.27 have no drops column.
    const drops = isUdp && fields.length > 12
      ? field(12, "drops", /^-?\d{1,20}$/)
      : undefined;
    return {
      table,
      localAddress: decodeAddress(local.slice(0, addressWidth)),
      localPort: parseInt(local.slice(addressWidth + 1), 16),
      remoteAddress: decodeAddress(remote.slice(0, addressWidth)),
      remotePort: parseInt(remote.slice(addressWidth + 1), 16),
      state,
      receiveQueue: parseInt(queues.slice(queues.indexOf(":") + 1), 16),
      uid: Number(uid),
      inode,
      // Old kernels print the counter as a signed number.
      ...(drops !== undefined && {
        drops: drops.startsWith("-") ? Number(drops) >>> 0 : Number(drops),
      }),
    };
  };
}

const ENDPOINT_4 = /^[0-9A-Fa-f]{8}:[0-9A-Fa-f]{4}$/;
const ENDPOINT_6 = /^[0-9A-Fa-f]{32}:[0-9A-Fa-f]{4}$/;
const QUEUES = /^[0-9A-Fa-f]{1,8}:[0-9A-Fa-f]{1,8}$/;
const DECIMAL = /^\d{1,20}$/;

function rowMessage(line: string, what: string): string {
  return `Cannot parse row ${quote(line.trim())}: ${what}`;
}

/** Quotes raw input for a message; long input is cut. */
function quote(text: string): string {
  return JSON.stringify(text.length > 160 ? `${text.slice(0, 160)}…` : text);
}
