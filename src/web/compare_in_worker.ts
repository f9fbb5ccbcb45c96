/**
 * Compares passwords with bcrypt hashes in a worker, which is there only while
 * it is needed: it takes megabytes.
 *
 * @module
 */

import type { Comparison } from "./password_worker.ts";

/** Tells whether a password fits a bcrypt hash; one call at a time. */
export type Compare = (comparison: Comparison) => Promise<boolean>;

/** How long a worker waits for more; starting one takes 20 ms. */
const IDLE_MILLISECONDS = 5_000;

/** Creates a {@linkcode Compare} that starts and ends workers by itself. */
export function createWorkerCompare(): Compare {
  let worker: Worker | undefined;
  let timer: number | undefined;

  function end(): void {
    clearTimeout(timer);
    worker?.terminate();
    worker = undefined;
  }

  return async (comparison) => {
    clearTimeout(timer);
    // The build puts the worker's bundle beside the main one, by this name.
    const running = worker ??= new Worker(
      new URL("./password_worker.ts", import.meta.url),
      { type: "module" },
    );
    return await new Promise((resolve, reject) => {
      running.onmessage = ({ data }: MessageEvent<boolean>) => {
        timer = setTimeout(end, IDLE_MILLISECONDS);
        resolve(data);
      };
      running.onerror = (event) => {
        // Or it would end the program.
        event.preventDefault();
        end();
        reject(new Error(`Cannot check a password: ${event.message}`));
      };
      running.postMessage(comparison);
    });
  };
}
