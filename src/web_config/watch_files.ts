/**
 * Notices that files have changed. It asks for their state again and again:
 * Kubernetes swaps a symlink above them, which no watch of the file would see.
 *
 * @module
 */

/** Between two looks. */
const INTERVAL_MILLISECONDS = 2_000;

/** What a watch needs. */
export interface FileWatchOptions {
  /** The files to look at now. */
  readonly paths: () => readonly string[];
  /** Is told that some have changed, and have been quiet since. */
  readonly onChange: () => void;
}

/**
 * Begins to watch.
 *
 * @returns Ends it
 */
export function watchFiles({ paths, onChange }: FileWatchOptions): () => void {
  let known = readState(paths());
  let previous = known;
  const timer = setInterval(() => {
    const state = readState(paths());
    // A certificate and its key are seldom written in the same moment.
    const isQuiet = state === previous;
    previous = state;
    if (state === known || !isQuiet) return;
    known = state;
    onChange();
  }, INTERVAL_MILLISECONDS);
  return () => clearInterval(timer);
}

/** A text that is another one when a file was written or replaced. */
function readState(paths: readonly string[]): string {
  return JSON.stringify(paths.map((path) => {
    try {
      const { dev, ino, size, mtime } = Deno.statSync(path);
      return [path, dev, ino, size, mtime?.getTime()];
    } catch (error) {
      if (error instanceof Error) return [path, error.name];
      throw error;
    }
  }));
}
