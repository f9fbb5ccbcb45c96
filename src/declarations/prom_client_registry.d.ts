/**
 * What this program uses of prom-client's registry, as a module of its own.
 *
 * @module
 */

/** A value as the registry renders it. */
export interface MetricValue {
  /** Labels, rendered once for an object and remembered. */
  readonly sharedLabels: Readonly<Record<string, string>>;
  /** The value. */
  readonly value: number;
  /** Name of the series when it is not the metric's. */
  readonly metricName?: string;
}

/** A metric as the registry sees it. */
export interface RegistryMetric {
  /** Name. */
  readonly name: string;
  /** Help text. */
  readonly help: string;
  /** Prometheus type. */
  readonly type: "gauge" | "counter" | "histogram" | "summary";
  /** Gives the values when the metric is rendered. */
  get():
    & { readonly values: readonly MetricValue[] }
    & Omit<
      RegistryMetric,
      "get"
    >;
}

/** Holds metrics and renders them. */
export default class Registry {
  /** Adds a metric; its name must be new. */
  registerMetric(metric: RegistryMetric): void;
  /** Renders one metric with its HELP and TYPE lines. */
  getSingleMetricAsString(name: string): Promise<string>;
}
