/**
 * Remembers a day of a target in two bytes a minute: its state, and for how long
 * it was down.
 *
 * A minute is one that the host's clock showed, so that it is found again in
 * the logs of the host. While the host is suspended, or when its clock is set
 * forward, minutes pass that nobody observed.
 *
 * @module
 */

/** Minutes that are remembered. */
export const HISTORY_MINUTES = 24 * 60;

/** What is known of a minute, the worst that was seen, as one character. */
export const minuteStates = { unobserved: "-", up: "u", down: "d" } as const;

const UNOBSERVED = minuteStates.unobserved.charCodeAt(0);
const UP = minuteStates.up.charCodeAt(0);
const DOWN = minuteStates.down.charCodeAt(0);

/** A day of one target. */
export interface History {
  /**
   * Remembers a state at a time in seconds since 1970, and for how many seconds
   * it was down since the last time.
   */
  record(
    isUp: boolean,
    at: { readonly unixSeconds: number; readonly downSeconds: number },
  ): void;
  /** Whole seconds for which it was down in the day that `render()` shows. */
  countDownSeconds(unixSeconds: number): number;
  /**
   * The day whose last minute is the one of this time: a character of
   * {@linkcode minuteStates} for each minute, the oldest first.
   */
  render(unixSeconds: number): string;
}

/** Begin of the first minute of the day that `render()` shows at a time. */
export function findHistoryStart(unixSeconds: number): number {
  return (Math.floor(unixSeconds / 60) + 1 - HISTORY_MINUTES) * 60;
}

/** Creates an empty history. */
export function createHistory(): History {
  const minutes = new Uint8Array(HISTORY_MINUTES).fill(UNOBSERVED);
  const downSeconds = new Uint8Array(HISTORY_MINUTES);
  /** Downtime that is no whole second yet. */
  let fraction = 0;
  let newest: number | undefined;

  function clear(index: number): void {
    minutes[index] = UNOBSERVED;
    downSeconds[index] = 0;
  }

  /** Clears what is not of the day that ends now; returns the index of now. */
  function moveTo(unixSeconds: number): number {
    const minute = Math.floor(unixSeconds / 60);
    const index = minute % HISTORY_MINUTES;
    newest ??= minute;
    const passed = Math.min(minute - newest, HISTORY_MINUTES);
    for (let step = 0; step < passed; step++) {
      clear((index + HISTORY_MINUTES - step) % HISTORY_MINUTES);
    }
    // The clock was set back: it will show these minutes again. That the port
    // was down in them must not be forgotten.
    const future = Math.min(newest - minute, HISTORY_MINUTES - 1);
    for (let step = 1; step <= future; step++) {
      const later = (index + step) % HISTORY_MINUTES;
      if (minutes[later] === DOWN) minutes[index] = DOWN;
      clear(later);
    }
    newest = minute;
    return index;
  }

  return {
    record(isUp, { unixSeconds, downSeconds: seconds }) {
      const index = moveTo(unixSeconds);
      if (minutes[index] !== DOWN) minutes[index] = isUp ? UP : DOWN;
      fraction += seconds;
      const whole = Math.floor(fraction);
      fraction -= whole;
      // What was longer than a minute fell into minutes that were not observed.
      downSeconds[index] = Math.min((downSeconds[index] ?? 0) + whole, 60);
    },
    countDownSeconds(unixSeconds) {
      moveTo(unixSeconds);
      return downSeconds.reduce((sum, seconds) => sum + seconds, 0);
    },
    render(unixSeconds) {
      const first = moveTo(unixSeconds) + 1;
      const text = new TextDecoder().decode(minutes);
      return text.slice(first) + text.slice(0, first);
    },
  };
}
