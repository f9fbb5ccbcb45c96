/**
 * Timers that fire when a test says so.
 *
 * @module
 */

interface Timer {
  readonly run: () => unknown;
  readonly milliseconds: number;
}

/** The timers of this program, until disposed of. */
export interface FakeTimers extends Disposable {
  /** How long each timer that is set waits, in milliseconds. */
  waits(): readonly number[];
  /** Fires the timers that are set and waits for what they do. */
  fire(): Promise<void>;
}

/** Puts fake timers in the place of the real ones. */
export function installFakeTimers(): FakeTimers {
  const { setTimeout, clearTimeout } = globalThis;
  const timers = new Map<number, Timer>();
  let lastId = 0;
  globalThis.setTimeout = ((run: () => unknown, milliseconds = 0) => {
    timers.set(++lastId, { run, milliseconds });
    return lastId;
  }) as unknown as typeof setTimeout;
  globalThis.clearTimeout = (id) => void timers.delete(Number(id));
  return {
    waits: () =>
      Array.from(timers.values(), ({ milliseconds }) => milliseconds),
    async fire() {
      const due = [...timers.values()];
      timers.clear();
      for (const { run } of due) await run();
    },
    [Symbol.dispose]() {
      Object.assign(globalThis, { setTimeout, clearTimeout });
    },
  };
}
