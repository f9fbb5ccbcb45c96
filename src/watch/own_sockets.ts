/**
 * Leaves out the exporter's own sockets: what it listens on itself is no
 * surprise to anybody.
 *
 * @module
 */

import type { ListeningSocket } from "../model/listening_socket.ts";
import type { ProcfsReader } from "../procfs/reader.ts";
import { readSocketInode } from "./owner_walk.ts";

/** Leaves out the sockets of this process. */
export type WithoutOwnSockets = (
  sockets: readonly ListeningSocket[],
) => readonly ListeningSocket[];

/**
 * Creates what knows the sockets of this process. An inode number is the same
 * in every namespace; a pid and a port are not.
 *
 * @param reader The procfs in which `self` is this process
 */
export function createOwnSocketFilter(
  reader: ProcfsReader,
): WithoutOwnSockets {
  let isOwnByInode: ReadonlyMap<string, boolean> = new Map();
  return (sockets) => {
    // On a host where nothing changes, nothing is read.
    if (sockets.some(({ inode }) => !isOwnByInode.has(inode))) {
      const own = readOwnInodes(reader);
      isOwnByInode = new Map(
        sockets.map(({ inode }) => [inode, own.has(inode)]),
      );
    }
    return sockets.filter(({ inode }) => !isOwnByInode.get(inode));
  };
}

function readOwnInodes(reader: ProcfsReader): ReadonlySet<string> {
  const inodes = new Set<string>();
  try {
    const pid = Number(reader.readLink("self"));
    for (const fd of reader.listNames("self/fd")) {
      const inode = readSocketInode(reader, { pid, fd });
      if (inode !== undefined) inodes.add(inode);
    }
  } catch {
    // Then they are shown like any other.
  }
  return inodes;
}
