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

/**
 * How many observations a socket is remembered that is not seen: a row can be
 * missing from one reading of a table and be back in the next, and its drops
 * must not count twice.
 */
const REMEMBERED_OBSERVATIONS = 10;

/** Creates a counter that has seen nothing. */
export function createDropCounter(): DropCounter {
  const lastByInode = new Map<string, { drops: number; seenAt: number }>();
  let observations = 0;
  let total: number | undefined;
  return {
    get total() {
      return total;
    },
    observe(sockets) {
      observations++;
      for (const { inode, drops } of sockets) {
        if (drops === undefined) continue;
        let last = lastByInode.get(inode);
        if (last === undefined) {
          last = { drops: 0, seenAt: 0 };
          lastByInode.set(inode, last);
        }
        const before = last.drops;
        // Fewer than before: the inode number is used again by a new socket.
        total = (total ?? 0) + (drops >= before ? drops - before : drops);
        last.drops = drops;
        last.seenAt = observations;
      }
      if (lastByInode.size <= sockets.length) return;
      for (const [inode, { seenAt }] of lastByInode) {
        if (observations - seenAt > REMEMBERED_OBSERVATIONS) {
          lastByInode.delete(inode);
        }
      }
    },
  };
}
