/**
 * Parses `/proc/<pid>/status` (fs/proc/array.c `task_state()`).
 *
 * @module
 */

/**
 * Finds the effective user id: the second of `Uid: real effective saved fs`.
 *
 * @throws {SyntaxError} when there is no such line
 */
export function parseEffectiveUid(text: string): number {
  const match = /^Uid:\t\d+\t(\d{1,10})\t/m.exec(text);
  if (match === null) {
    throw new SyntaxError("Cannot parse status: no line Uid, want one");
  }
  return Number(match[1]);
}
