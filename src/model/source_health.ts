/**
 * How the sources of a scan have been doing.
 *
 * @module
 */

/** How one source has been doing. */
export interface SourceHealth {
  /** Labels of the source's series, `source` alone; the same object for every scan. */
  readonly labels: { readonly source: string };
  /** Whether the last scan could read it. */
  readonly success: boolean;
  /** Failed reads and bad rows since the start. */
  readonly errors: number;
  /** What was wrong at the last scan, as a sentence; absent when nothing was. */
  readonly lastError?: string;
}
