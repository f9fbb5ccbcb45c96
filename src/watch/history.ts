/**
 * Remembers a day of a target's state in 1440 bytes, one a minute.
 *
 * @module
 */

/** Minutes that are remembered. */
export const HISTORY_MINUTES = 24 * 60;

/** What is known of a minute: the worst that was seen. */
export type MinuteState = "unobserved" | "up" | "down";

const STATES: readonly MinuteState[] = ["unobserved", "up", "down"];

/** A day of one target. */
export interface History {
  /** Remembers a state at a time of a monotonic clock. */
  record(isUp: boolean, nowSeconds: number): void;
  /** The states of the day that ends now, the oldest first. */
  list(nowSeconds: number): readonly MinuteState[];
}

/** Creates an empty history. */
export function createHistory(): History {
  const minutes = new Uint8Array(HISTORY_MINUTES);
  let newest = 0;

  /** Clears what has become older than a day. */
  function advance(nowSeconds: number): number {
    const minute = Math.floor(nowSeconds / 60);
    if (minute > newest) {
      const skipped = Math.min(minute - newest, HISTORY_MINUTES);
      for (let step = 1; step <= skipped; step++) {
        minutes[(newest + step) % HISTORY_MINUTES] = 0;
      }
      newest = minute;
    }
    return newest % HISTORY_MINUTES;
  }

  return {
    record(isUp, nowSeconds) {
      const index = advance(nowSeconds);
      const state = isUp ? 1 : 2;
      if ((minutes[index] ?? 0) < state) minutes[index] = state;
    },
    list(nowSeconds) {
      const index = advance(nowSeconds);
      return Array.from(
        minutes,
        (_, offset) =>
          STATES[minutes[(index + 1 + offset) % HISTORY_MINUTES] ?? 0] ??
            "unobserved",
      );
    },
  };
}
