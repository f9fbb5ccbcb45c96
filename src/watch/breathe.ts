/**
 * Gives the event loop room during long work.
 *
 * @module
 */

import type { Breathe } from "../procfs/read_socket_table.ts";

/**
 * Longest time of work in one go. The bound is 50 ms; one kernel call (a page
 * of a socket table behind a large hash) may take 20 ms of it.
 */
const MAX_SLICE_MILLISECONDS = 10;

/** Creates a breather whose first slice begins now. */
export function createBreather(
  now: () => number = () => performance.now(),
): Breathe {
  let sliceStart = now();
  return () => {
    if (now() - sliceStart < MAX_SLICE_MILLISECONDS) return undefined;
    return new Promise((resolve) => {
      setTimeout(() => {
        sliceStart = now();
        resolve();
      });
    });
  };
}
