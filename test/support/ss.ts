/**
 * Reads what `ss -anutemO` told of the sockets of a fixture: the kernel's
 * answer over netlink, a second witness beside the tables.
 *
 * @module
 */

import type { SocketRow } from "../../src/procfs/socket_table.ts";

/** What both `ss` and a socket table know of a socket. */
export type Witnessed = Omit<SocketRow, "state" | "drops"> & {
  /** As ss calls it: `UNCONN`, `LISTEN`, `ESTAB`. */
  readonly state: string;
  readonly drops: number;
};

/** Reads the sockets of an `ss.txt`. */
export function parseSs(text: string): Witnessed[] {
  return text.trimEnd().split("\n").slice(1).map((line) => {
    const [netid, state = "", receiveQueue, , local = "", remote = ""] = line
      .split(/\s+/);
    const [localAddress, localPort] = parseEndpoint(local);
    const [remoteAddress, remotePort] = parseEndpoint(remote);
    const find = (pattern: RegExp) => pattern.exec(line)?.[1] ?? "0";
    const isVersion6 = localAddress.includes(":");
    return {
      table: `${netid === "udp" ? "udp" : "tcp"}${isVersion6 ? "6" : ""}`,
      localAddress,
      localPort,
      remoteAddress,
      remotePort,
      state,
      receiveQueue: Number(receiveQueue),
      uid: Number(find(/ uid:(\d+)/)),
      inode: find(/ ino:(\d+)/),
      drops: Number(find(/,d(\d+)\)/)),
    };
  });
}

/** `[::1]:514`, `*:514` (dual-stack `::`), `0.0.0.0:*` (port 0). */
function parseEndpoint(text: string): [address: string, port: number] {
  const colon = text.lastIndexOf(":");
  const address = text.slice(0, colon).replace(/^\[|\]$/g, "");
  const port = text.slice(colon + 1);
  return [address === "*" ? "::" : address, port === "*" ? 0 : Number(port)];
}
