/**
 * What this program uses of prom-client's histogram, as a module of its own.
 *
 * @module
 */

/** How to create a histogram. */
export interface HistogramOptions {
  /** Name. */
  readonly name: string;
  /** Help text. */
  readonly help: string;
  /** Registries to add it to; none. */
  readonly registers: readonly [];
  /** Upper bounds of the buckets. */
  readonly buckets: readonly number[];
}

/** A histogram. */
export default class Histogram {
  /** Creates the histogram. */
  constructor(options: HistogramOptions);
  /** Takes a value. */
  observe(value: number): void;
  /** Gives the values of all series. */
  get(): Promise<{
    readonly values: readonly {
      readonly labels: Readonly<Record<string, string | number>>;
      readonly value: number;
      readonly metricName?: string;
    }[];
  }>;
}
