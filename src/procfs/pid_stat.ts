/**
 * Parses `/proc/<pid>/stat` (proc_pid_stat(5), fs/proc/array.c
 * `do_task_stat()`).
 *
 * @module
 */

/** What this program uses of a process's stat line. */
export interface PidStat {
  /**
   * Name of the program, cut by the kernel to 15 bytes; a newline or backslash
   * in it is escaped here, `/proc/<pid>/comm` has it as it is.
   */
  readonly comm: string;
  /** Process that this one was forked from; 0 for none. */
  readonly parentPid: number;
  /** Start in clock ticks (1/100 s) since boot. */
  readonly startTicks: number;
}

/**
 * Parses a stat line. The name in it may hold blanks, parentheses and digits:
 * it ends at the last `)`.
 *
 * @throws {SyntaxError} when the line has no name or too few columns
 */
export function parsePidStat(text: string): PidStat {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  const columns = COLUMNS.exec(text.slice(close + 1));
  if (open < 0 || close < open || columns === null) {
    throw new SyntaxError(
      `Cannot parse stat: ${JSON.stringify(text.slice(0, 160))}, want ` +
        "a pid, a name in parentheses and at least 20 columns",
    );
  }
  return {
    comm: text.slice(open + 1, close),
    parentPid: Number(columns[1]),
    startTicks: Number(columns[2]),
  };
}

/** Columns 3 (state) to 22 (starttime) of proc_pid_stat(5), and a blank. */
const COLUMNS = /^ \S+ (\d{1,10}) (?:\S+ ){17}(\d{1,20}) /;

/** Clock ticks per second that procfs shows, whatever the kernel uses (USER_HZ). */
export const CLOCK_TICKS_PER_SECOND = 100;

/**
 * Finds the time of boot in `/proc/stat`, in seconds since 1970.
 *
 * @throws {SyntaxError} when there is no line `btime`
 */
export function parseBootTime(text: string): number {
  const match = /^btime (\d{1,20})\n/m.exec(text);
  if (match === null) {
    throw new SyntaxError("Cannot parse stat: no line btime, want one");
  }
  return Number(match[1]);
}
