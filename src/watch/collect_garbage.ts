/**
 * Keeps the program small.
 *
 * V8 sizes its heap for the machine: on a host with much memory it lets garbage
 * grow by tens of megabytes before it looks at it. An exporter shall not: the
 * build exposes `gc()` (`--expose-gc`), and here it is called.
 *
 * @module
 */

/** V8's extension `gc`, src/extensions/gc-extension.cc. */
type CollectGarbage = (options: {
  readonly type: "major";
  readonly flavor: "regular" | "last-resort";
}) => void;

/**
 * Targets looked at between two collections: 500 scans of up to 100 targets, 50
 * of 1,000.
 */
const TARGETS_PER_COLLECTION = 50_000;
const MIN_TARGETS_PER_SCAN = 100;

/**
 * A collection takes 20 ms with 15 targets and 35 ms with 1,000. With more it
 * would hold up the event loop, and is left to V8, which does it in parts.
 */
const MAX_TARGETS = 2_000;

/**
 * Counts what is scanned and collects garbage after every so much.
 *
 * @returns What to call after each scan, with the number of its targets; does
 *   nothing when the runtime does not expose `gc()`, as when run from the
 *   sources
 */
export function createGarbageCollector(): (targets: number) => void {
  const { gc } = globalThis as { readonly gc?: CollectGarbage };
  if (gc === undefined) return () => {};
  // Due at the first scan: the start leaves much behind.
  let scanned = TARGETS_PER_COLLECTION;
  return (targets) => {
    if (targets > MAX_TARGETS) return;
    scanned += Math.max(targets, MIN_TARGETS_PER_SCAN);
    if (scanned < TARGETS_PER_COLLECTION) return;
    scanned = 0;
    // Not before the answer is on its way.
    setTimeout(() => gc({ type: "major", flavor: "last-resort" }));
  };
}
