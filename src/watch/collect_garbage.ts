/**
 * Keeps the program small.
 *
 * V8 lets the heap grow by 8 MB at least before it looks at it, however small
 * it is, and the start leaves 3 MB behind. The build exposes `gc()`
 * (`--expose-gc`), and here it is called. Of a large heap the build tells V8 to
 * take care itself (`--heap-growing-percent`).
 *
 * @module
 */

/** V8's extension `gc`, src/extensions/gc-extension.cc. */
type CollectGarbage = (options: {
  readonly type: "major";
  readonly flavor: "regular";
}) => void;

/** Scans between two collections. */
const SCANS_PER_COLLECTION = 100;

/**
 * A collection takes 8 ms with 15 targets and 18 ms with 1,000. With more it
 * would hold up the event loop, and is left to V8, which does it in parts.
 */
const MAX_TARGETS = 2_000;

/**
 * Counts scans and collects garbage after every so many.
 *
 * @returns What to call after each scan, with the number of its targets; does
 *   nothing when the runtime does not expose `gc()`, as when run from the
 *   sources
 */
export function createGarbageCollector(): (targets: number) => void {
  const { gc } = globalThis as { readonly gc?: CollectGarbage };
  if (gc === undefined) return () => {};
  // Due at the first scan: the start leaves much behind.
  let scans = SCANS_PER_COLLECTION - 1;
  return (targets) => {
    if (targets > MAX_TARGETS) return;
    scans++;
    if (scans < SCANS_PER_COLLECTION) return;
    scans = 0;
    // Not before the answer is on its way.
    setTimeout(() => gc({ type: "major", flavor: "regular" }));
  };
}
