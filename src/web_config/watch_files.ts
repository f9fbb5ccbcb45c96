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
  /** The files to look at now; one that is new here has just been read. */
  readonly paths: () => readonly string[];
  /** Is told that some have changed, and have been quiet since. */
  readonly onChange: () => void;
}

/** What {@linkcode readState} says of each path. */
type States = ReadonlyMap<string, string>;

/**
 * Begins to watch.
 *
 * @returns Ends it
 */
export function watchFiles({ paths, onChange }: FileWatchOptions): () => void {
  /** As they were when they were read. */
  let known = look();
  let previous = known;
  const timer = setInterval(() => {
    const states = look();
    // A certificate and its key are seldom written in the same moment.
    const isQuiet = !differs(states, previous);
    const isChanged = differs(states, known);
    previous = states;
    known = new Map([...states, ...known].filter(([path]) => states.has(path)));
    if (!isChanged || !isQuiet) return;
    known = states;
    onChange();
    // Those that it has read for the first time.
    known = new Map([...look(), ...states]);
  }, INTERVAL_MILLISECONDS);
  return () => clearInterval(timer);

  function look(): States {
    return new Map(paths().map((path) => [path, readState(path)]));
  }
}

/** Whether a path of both has changed. */
function differs(states: States, earlier: States): boolean {
  return [...states].some(([path, state]) =>
    (earlier.get(path) ?? state) !== state
  );
}

/** A text that is another one when a file was written or replaced. */
function readState(path: string): string {
  try {
    const { dev, ino, size, mtime } = Deno.statSync(path);
    return JSON.stringify([dev, ino, size, mtime?.getTime()]);
  } catch (error) {
    if (error instanceof Error) return error.name;
    throw error;
  }
}
