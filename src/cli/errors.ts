/**
 * Errors that a user can mend: printed without a stack.
 *
 * @module
 */

/** Exit codes of the program. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** An exit code of the program. */
export type ExitCode = typeof exitCodes[keyof typeof exitCodes];

/** What the exit codes mean, for people. */
export const exitCodeMeanings: Readonly<Record<ExitCode, string>> = {
  0: "Done; `check`: all is as configured",
  1: "Failed; `check`: something is not as configured; " +
    "`discover`: a file could not be read",
  2: "Wrong usage or wrong configuration",
};

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
