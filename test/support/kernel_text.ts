/**
 * Text of socket tables as the kernel prints it, modelled on
 * fixtures/procfs/linux-6.18-mixed and not on the parser.
 *
 * @module
 */

import type { SocketTable } from "../../src/procfs/socket_table.ts";

/** First line of each table. */
export const HEADERS: Readonly<Record<SocketTable, string>> = {
  tcp:
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
      .padEnd(149),
  tcp6:
    "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
  udp:
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops"
      .padEnd(127),
  udp6:
    "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops",
};

/** Columns of a row as they stand in the table, with their own padding. */
export interface RowText {
  readonly sl: string;
  readonly local: string;
  readonly remote: string;
  readonly state: string;
  readonly queues: string;
  readonly timer: string;
  readonly retransmits: string;
  readonly uid: string;
  readonly timeout: string;
  readonly inode: string;
  readonly rest: string;
}

const NOWHERE_4 = "00000000:0000";
const NOWHERE_6 = "00000000000000000000000000000000:0000";

const UDP_ROW: RowText = {
  sl: "   12:",
  local: "00000000:1B48",
  remote: NOWHERE_4,
  state: "07",
  queues: "00000000:00000000",
  timer: "00:00000000",
  retransmits: "00000000",
  uid: "    0",
  timeout: "       0",
  inode: "4711",
  rest: "2 0000000000000000 0",
};

const GOOD_ROWS: Readonly<Record<SocketTable, RowText>> = {
  udp: UDP_ROW,
  udp6: {
    ...UDP_ROW,
    local: `${NOWHERE_6.slice(0, 33)}1B48`,
    remote: NOWHERE_6,
  },
  tcp: { ...UDP_ROW, state: "0A", rest: "1 0000000000000000 100 0 0 10 0" },
  tcp6: {
    ...UDP_ROW,
    local: `${NOWHERE_6.slice(0, 33)}1B48`,
    remote: NOWHERE_6,
    state: "0A",
    rest: "1 0000000000000000 100 0 0 10 0",
  },
};

/** A good row of a table, wildcard port 6984 (1B48), with these changes. */
export function rowText(
  table: SocketTable,
  changes: Partial<RowText> = {},
): string {
  return Object.values({ ...GOOD_ROWS[table], ...changes }).join(" ");
}

/** A table of these rows. */
export function tableText(
  table: SocketTable,
  rows: readonly string[] = [],
): string {
  return [HEADERS[table], ...rows].map((line) => `${line}\n`).join("");
}

/** Hex of a port as it stands in a row. */
export function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}

/** An IPv4 wildcard endpoint: `00000000:1B48`. */
export function wildcard4(port: number): string {
  return `00000000:${hexPort(port)}`;
}
