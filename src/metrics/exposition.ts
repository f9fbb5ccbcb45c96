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
import type { Breathe } from "../procfs/read_socket_table.ts";
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
  /** Adds a sample that was made before. */
  push(name: MetricName, sample: Sample): void;
  /** What was added. */
  readonly samples: Samples;
}

/** Creates an empty collector. */
export function createSampleCollector(): SampleCollector {
  const samples = new Map<MetricName, Sample[]>();
  function push(name: MetricName, sample: Sample): void {
    const values = samples.get(name);
    if (values === undefined) samples.set(name, [sample]);
    else values.push(sample);
  }

  return {
    samples,
    push,
    add(name, labels, value) {
      if (value !== undefined) push(name, { labels, value });
    },
  };
}

const names = Object.keys(catalog) as MetricName[];

/**
 * What was rendered last, by metric. Most values are the same from one scrape
 * to the next, and comparing is a fraction of the cost of rendering.
 */
export type RenderMemory = Map<
  MetricName,
  { readonly values: readonly Sample[]; readonly text: string }
>;

/** How to render. */
export interface RenderOptions {
  /** Is called now and then, to give the event loop room. */
  readonly breathe?: Breathe;
  /** The memory of the last exposition; is brought up to date. */
  readonly memory?: RenderMemory;
}

/** Renders samples in the order of the catalog. */
export async function renderExposition(
  samples: Samples,
  { breathe = () => undefined, memory = new Map() }: RenderOptions = {},
): Promise<string> {
  const parts: string[] = [];
  for (const name of names) {
    const values = samples.get(name);
    if (values === undefined || values.length === 0) {
      memory.delete(name);
      continue;
    }
    let text = memory.get(name)?.text;
    if (text === undefined || !haveSameValues(memory.get(name), values)) {
      text = await renderMetric(name, values, breathe);
    }
    memory.set(name, { values, text });
    parts.push(text, "\n");
  }
  return parts.join("");
}

/** Series that are rendered in one go; they take 5 ms the first time. */
const SERIES_IN_ONE_GO = 1_000;

async function renderMetric(
  name: MetricName,
  values: readonly Sample[],
  breathe: Breathe,
): Promise<string> {
  const parts: string[] = [];
  for (let first = 0; first < values.length; first += SERIES_IN_ONE_GO) {
    const pause = breathe();
    if (pause !== undefined) await pause;
    const registry = new Registry();
    registry.registerMetric(
      buildMetric(name, values.slice(first, first + SERIES_IN_ONE_GO)),
    );
    const text = await registry.getSingleMetricAsString(name);
    parts.push(first === 0 ? text : text.replace(/^(?:#.*\n)+/, ""));
  }
  return parts.join("\n");
}

function haveSameValues(
  last: { readonly values: readonly Sample[] } | undefined,
  values: readonly Sample[],
): boolean {
  if (last?.values === values) return true;
  if (last?.values.length !== values.length) return false;
  for (let index = 0; index < values.length; index++) {
    const a = last.values[index];
    const b = values[index];
    if (a === b) continue;
    if (
      a?.value !== b?.value || a?.seriesName !== b?.seriesName ||
      a?.labels !== b?.labels && !haveSameLabels(a?.labels, b?.labels)
    ) return false;
  }
  return true;
}

function haveSameLabels(a: Labels = {}, b: Labels = {}): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length &&
    keys.every((key) => a[key] === b[key]);
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
  const rendered = {
    name,
    help,
    type,
    values: values.map(({ labels, value, seriesName = name }) => ({
      metricName: seriesName,
      sharedLabels: labels,
      value,
    })),
  };
  return { name, help, type, get: () => rendered };
}
