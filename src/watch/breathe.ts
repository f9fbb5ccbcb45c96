/**
 * Gives the event loop room during long work.
 *
 * @module
 */

import type { Breathe } from "../procfs/read_socket_table.ts";

/**
 * Longest time of work in one go. The event loop shall not be held up for more
 * than 50 ms; one kernel call (a page of a socket table behind a large hash)
 * may take 20 ms of it. A pause costs 2 ms, so not every scan shall need one.
 */
const MAX_SLICE_MILLISECONDS = 20;

/**
 * Longest time of a walk over processes in one go: listing the files of a
 * process that has 10,000 of them takes 30 ms and cannot be divided.
 */
export const WALK_SLICE_MILLISECONDS = 5;

/**
 * Longest time in one go before the next step of a scrape begins: the longest,
 * building the snapshot and the samples of 1,000 targets, takes 25 ms the first
 * time.
 */
export const STEP_SLICE_MILLISECONDS = 15;

/** Creates a breather whose first slice begins now. */
export function createBreather(
  now: () => number = () => performance.now(),
  maxSliceMilliseconds: number = MAX_SLICE_MILLISECONDS,
): Breathe {
  let sliceStart = now();
  return () => {
    if (now() - sliceStart < maxSliceMilliseconds) return undefined;
    return new Promise((resolve) => {
      setTimeout(() => {
        sliceStart = now();
        resolve();
      });
    });
  };
}
