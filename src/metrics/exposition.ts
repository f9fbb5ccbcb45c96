/**
 * Renders samples as Prometheus text format 0.0.4, through prom-client.
 *
 * A fresh registry per exposition: nothing leaks from one scrape to the next.
 *
 * @module
 */

// The package's main module also loads its cluster and push gateway parts,
// whose Node modules cost a megabyte of memory.
// @ts-types="../declarations/prom_client_registry.d.ts"
import Registry, { type RegistryMetric } from "prom-client/registry";
import { catalog, type MetricName } from "./catalog.ts";

/** Content type of the exposition. */
export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Labels of one series. */
export type Labels = Readonly<Record<string, string>>;

/** One value of a metric. */
export interface Sample {
  /**
   * Labels of the series. prom-client renders an object of labels once and
   * remembers the text: who passes the same object again pays nothing for it.
   */
  readonly labels: Labels;
  /** The value. */
  readonly value: number;
  /** Name of the series when it is not the metric's: `…_bucket`, `…_sum`. */
  readonly seriesName?: string;
}

/** Values by metric; metrics without values are left out. */
export type Samples = ReadonlyMap<MetricName, readonly Sample[]>;

/** Collects samples, keeping names to the catalog. */
export interface SampleCollector {
  /** Adds a value; what is undefined is unknown and adds nothing. */
  add(name: MetricName, labels: Labels, value: number | undefined): void;
  /** What was added. */
  readonly samples: Samples;
}

/** Creates a collector that begins with `initial`. */
export function createSampleCollector(initial?: Samples): SampleCollector {
  const samples = new Map<MetricName, Sample[]>();
  for (const [name, values] of initial ?? []) samples.set(name, [...values]);
  return {
    samples,
    add(name, labels, value) {
      if (value === undefined) return;
      const values = samples.get(name);
      if (values === undefined) samples.set(name, [{ labels, value }]);
      else values.push({ labels, value });
    },
  };
}

const names = Object.keys(catalog) as MetricName[];

/**
 * Renders samples in the order of the catalog.
 *
 * @param breathe Called between metrics, to give the event loop room
 */
export async function renderExposition(
  samples: Samples,
  breathe: () => Promise<void> | undefined = () => undefined,
): Promise<string> {
  const registry = new Registry();
  const parts: string[] = [];
  for (const name of names) {
    const values = samples.get(name);
    if (values === undefined || values.length === 0) continue;
    registry.registerMetric(buildMetric(name, values));
    parts.push(await registry.getSingleMetricAsString(name), "\n");
    const pause = breathe();
    if (pause !== undefined) await pause;
  }
  return parts.join("");
}

/**
 * A metric as the registry sees it: a name and a `get()`. prom-client's own
 * classes look each series up by its labels on every change, which costs five
 * times as much; nothing of that is needed for values that are all new.
 */
function buildMetric(
  name: MetricName,
  values: readonly Sample[],
): RegistryMetric {
  const { help, type } = catalog[name];
  return {
    name,
    help,
    type,
    get: () => ({
      name,
      help,
      type,
      values: values.map(({ labels, value, seriesName }) => ({
        sharedLabels: labels,
        value,
        ...(seriesName !== undefined && { metricName: seriesName }),
      })),
    }),
  };
}
