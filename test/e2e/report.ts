/**
 * A line for each check.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- the output is the report

/** Collects what the checks gave. */
export interface Report {
  /**
   * Runs a check and prints its line: `ok …`, with what `body` measured if it
   * returns something, or `FAILED …` with the reason.
   */
  check(title: string, body: () => Promise<string | void>): Promise<void>;
  /** Prints the closing line and tells whether all went well. */
  close(): boolean;
}

/** Creates an empty report. */
export function createReport(): Report {
  let passed = 0;
  let failed = 0;
  return {
    async check(title, body) {
      try {
        const measured = await body();
        console.log(
          measured === undefined ? `ok ${title}` : `ok ${title}: ${measured}`,
        );
        passed++;
      } catch (error) {
        console.log(
          `FAILED ${title}: ${error instanceof Error ? error.message : error}`,
        );
        failed++;
      }
    },
    close() {
      console.log(`${passed} passed, ${failed} failed`);
      return failed === 0 && passed > 0;
    },
  };
}
