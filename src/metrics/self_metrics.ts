/**
 * How long scans and scrapes take: the metrics that live as long as the
 * program.
 *
 * @module
 */

// @ts-types="../declarations/prom_client_histogram.d.ts"
import Histogram from "prom-client/histogram";
import { catalog, type MetricName } from "./catalog.ts";
import type { Labels, Sample } from "./exposition.ts";

/** Metrics of the exporter's own work. */
export interface SelfMetrics {
  /** Takes the duration of a scan or a sample. */
  observeScan(seconds: number): void;
  /** Takes the duration of a scrape. */
  observeScrape(seconds: number): void;
  /** The samples of all, by metric. */
  collect(): Promise<ReadonlyMap<MetricName, readonly Sample[]>>;
}

/** From half a millisecond, a quiet host, to ten seconds, a scrape timeout. */
const BUCKETS_SECONDS = [
  0.0005,
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
];

const SCAN = "port_exporter_scan_duration_seconds";
const SCRAPE = "port_exporter_scrape_duration_seconds";

/** Creates the metrics. */
export function createSelfMetrics(): SelfMetrics {
  const scans = new Histogram({
    name: SCAN,
    help: catalog[SCAN].help,
    registers: [],
    buckets: BUCKETS_SECONDS,
  });
  // The same objects for every exposition: see Sample.labels.
  const bucketLabels = new Map<string, Labels>();
  const noLabels: Labels = {};
  // A summary without quantiles is a sum and a count. prom-client's own keeps
  // every value in a digest: with a thousand of them each scrape took 10 ms.
  let scrapeSum = 0;
  let scrapeCount = 0;

  function findLabels(le: string | number | undefined): Labels {
    if (le === undefined) return noLabels;
    let labels = bucketLabels.get(String(le));
    if (labels === undefined) {
      labels = { le: String(le) };
      bucketLabels.set(String(le), labels);
    }
    return labels;
  }

  return {
    observeScan: (seconds) => scans.observe(seconds),
    observeScrape(seconds) {
      scrapeSum += seconds;
      scrapeCount++;
    },
    async collect() {
      const { values } = await scans.get();
      return new Map<MetricName, readonly Sample[]>([
        [
          SCAN,
          values.map(({ labels, value, metricName }) => ({
            labels: findLabels(labels["le"]),
            value,
            ...(metricName !== undefined && { seriesName: metricName }),
          })),
        ],
        [SCRAPE, [
          { labels: noLabels, value: scrapeSum, seriesName: `${SCRAPE}_sum` },
          {
            labels: noLabels,
            value: scrapeCount,
            seriesName: `${SCRAPE}_count`,
          },
        ]],
      ]);
    },
  };
}
