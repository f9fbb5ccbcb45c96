/**
 * Errors that a user can mend: printed without a stack.
 *
 * @module
 */

/** Exit codes of the program. */
export const exitCodes = {
  /** Done; `check`: all is as configured. */
  done: 0,
  /** Failed; `check`: something is not as configured. */
  failed: 1,
  /** Wrong usage or wrong configuration. */
  usage: 2,
} as const;

/** An exit code of the program. */
export type ExitCode = typeof exitCodes[keyof typeof exitCodes];

/** An expected failure: its lines are for the user, its code for the shell. */
export class CommandError extends Error {
  /** Name of the class. */
  override readonly name = "CommandError";

  /**
   * Creates the error.
   *
   * @param lines What to print on stderr, a mistake a line
   * @param exitCode What to exit with
   */
  constructor(
    readonly lines: readonly string[],
    readonly exitCode: ExitCode,
    options?: ErrorOptions,
  ) {
    super(lines.join("\n"), options);
  }
}
