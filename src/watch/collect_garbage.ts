/**
 * Keeps the program small.
 *
 * V8 sizes its heap for the machine: on a host with much memory it lets garbage
 * grow by tens of megabytes before it looks at it. An exporter shall not: the
 * build exposes `gc()` (`--expose-gc`), and here it is called.
 *
 * @module
 */

/** One collection takes about 5 ms; this many scans spread it to microseconds. */
const SCANS_PER_COLLECTION = 500;

/**
 * Counts scans and collects garbage after every so many.
 *
 * @returns What to call after each scan; does nothing when the runtime does
 *   not expose `gc()`, as when run from the sources
 */
export function createGarbageCollector(): () => void {
  const { gc } = globalThis as { readonly gc?: () => void };
  if (gc === undefined) return () => {};
  // What the start left behind.
  let scans = SCANS_PER_COLLECTION - 1;
  return () => {
    if (++scans % SCANS_PER_COLLECTION === 0) setTimeout(gc);
  };
}
