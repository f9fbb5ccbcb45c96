/**
 * Makes one counter of the kernel's counters per socket, which end with their
 * socket: a sum over sockets would fall when one closes, and Prometheus would
 * take that for a restart and invent an increase.
 *
 * @module
 */

import type { ListeningSocket } from "../model/listening_socket.ts";

/** Datagrams dropped by the sockets of one target. */
export interface DropCounter {
  /** Takes the sockets that a scan saw. */
  observe(sockets: readonly ListeningSocket[]): void;
  /**
   * Datagrams dropped since the oldest socket that was seen was opened;
   * undefined when no socket was seen, or the kernel does not tell.
   */
  readonly total: number | undefined;
}

/** Creates a counter that has seen nothing. */
export function createDropCounter(): DropCounter {
  let dropsByInode = new Map<string, number>();
  let total: number | undefined;
  return {
    get total() {
      return total;
    },
    observe(sockets) {
      const seen = new Map<string, number>();
      for (const { inode, drops } of sockets) {
        if (drops === undefined) continue;
        const before = dropsByInode.get(inode) ?? 0;
        // Fewer than before: the inode number is used again by a new socket.
        total = (total ?? 0) + (drops >= before ? drops - before : drops);
        seen.set(inode, drops);
      }
      dropsByInode = seen;
    },
  };
}
