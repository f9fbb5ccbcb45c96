/**
 * Remembers how each source of the scan has been doing, and tells the log when
 * that changes: a source that fails every second is one line, not one a second.
 *
 * @module
 */

import type { Logger } from "../log.ts";
import type { SourceHealth } from "../model/source_health.ts";

/** What one scan says of one source. */
export interface SourceReport {
  /** Whether the source could be read. */
  readonly success: boolean;
  /** Failures and bad rows, as sentences. */
  readonly errors: readonly string[];
}

/** Health of the sources since the start. */
export interface SourceHealthBook {
  /** Takes what a scan says of a source. */
  report(source: string, report: SourceReport): void;
  /** Health of the sources, in the order in which they were first reported. */
  list(): readonly SourceHealth[];
}

/** Creates a book without sources. */
export function createSourceHealthBook(log: Logger): SourceHealthBook {
  const healthBySource = new Map<string, SourceHealth>();
  return {
    list: () => [...healthBySource.values()],
    report(source, { success, errors }) {
      const previous = healthBySource.get(source);
      const error = errors[0];
      healthBySource.set(source, {
        labels: previous?.labels ?? { source },
        success,
        errors: (previous?.errors ?? 0) + errors.length,
        ...(error !== undefined && { lastError: error }),
      });
      const lastError = previous?.lastError;
      if (error === undefined) {
        if (lastError !== undefined) {
          log.info("source is well again", { source });
        }
        return;
      }
      // Bad rows differ in their text: only the first of a row of them is told,
      // and when rows that were bad become a source that is.
      if (lastError === undefined || previous?.success && !success) {
        log.warn(error, { source, success, errors: errors.length });
      }
    },
  };
}
