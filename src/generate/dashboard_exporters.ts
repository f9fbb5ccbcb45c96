/**
 * The dashboard's row about the exporters themselves.
 *
 * @module
 */

import type { DashboardContents } from "./dashboard_contents.ts";
import { buildTimeSeries, type UnplacedPanel } from "./dashboard_panel.ts";
import {
  EXPORTER_LABELS,
  exporterSeries,
  exportersUp,
  largestRates,
  MOST_SERIES,
  pickLargest,
  RATE_RANGE,
} from "./dashboard_queries.ts";
import { buildTable, yesOrNo } from "./dashboard_table.ts";
import {
  aggregate,
  combine,
  type Expression,
  histogramQuantile,
  type LabelName,
  overTime,
} from "./promql.ts";

const SOURCE_LABELS = [
  ...EXPORTER_LABELS,
  "source",
] as const satisfies readonly LabelName[];

/** Builds the row. */
export function buildExporters(
  contents: DashboardContents,
): readonly UnplacedPanel[] {
  return [
    buildExporterTable(contents),
    buildErrors(contents),
    buildTimeSeries({
      id: 83,
      title: "Scan duration",
      description: "How long scans took, all exporters together, samples " +
        "between scrapes included.",
      unit: "s",
      width: 8,
      height: 8,
      queries: [0.5, 0.99].map((quantile) => ({
        expr: histogramQuantile(
          quantile,
          aggregate(
            "sum",
            ["le"],
            rate("port_exporter_scan_duration_seconds", "_bucket"),
          ),
        ),
        legend: `${quantile * 100} % took less`,
      })),
    }),
    buildTimeSeries({
      id: 84,
      title: "Scrape duration",
      description: "How long answers to scrapes took until the text was " +
        "ready: the mean of all exporters, and of the slowest.",
      unit: "s",
      width: 8,
      height: 8,
      queries: [
        { expr: scrapeDuration([]), legend: "all exporters" },
        {
          expr: aggregate("max", [], scrapeDuration(EXPORTER_LABELS)),
          legend: "slowest exporter",
        },
      ],
    }),
    buildWalks(),
  ];
}

function buildExporterTable(
  { runbookLinks }: DashboardContents,
): UnplacedPanel {
  return buildTable({
    id: 81,
    title: "Exporters",
    description:
      "Every exporter, silent ones first: whether it answers, reads what it needs and " +
      "runs with the configuration that stands in its file.",
    unit: "none",
    width: 24,
    height: 7,
    links: runbookLinks([
      "PortExporterScanFailed",
      "PortExporterConfigReloadFailed",
    ]),
    rows: aggregate(
      "max",
      [...EXPORTER_LABELS, "version"],
      exporterSeries("port_exporter_build_info"),
    ),
    columns: [
      { source: { label: "instance" }, title: "Instance" },
      {
        source: { expr: aggregate("max", EXPORTER_LABELS, exportersUp()) },
        title: "Answers",
        field: yesOrNo("red"),
      },
      {
        source: {
          expr: aggregate(
            "min",
            EXPORTER_LABELS,
            exporterSeries("port_exporter_scan_success"),
          ),
        },
        title: "Reads every source",
        field: yesOrNo("red"),
      },
      {
        source: {
          expr: aggregate(
            "min",
            EXPORTER_LABELS,
            exporterSeries("port_exporter_config_last_reload_successful"),
          ),
        },
        title: "Configuration loaded",
        field: yesOrNo("red"),
      },
      {
        source: {
          expr: combine(
            "1000",
            "*",
            aggregate(
              "max",
              EXPORTER_LABELS,
              exporterSeries(
                "port_exporter_config_last_reload_success_timestamp_seconds",
              ),
            ),
          ),
        },
        title: "Configuration since",
        field: { unit: "dateTimeFromNow" },
      },
      {
        source: {
          expr: aggregate(
            "max",
            EXPORTER_LABELS,
            exporterSeries("port_exporter_configured_ports"),
          ),
        },
        title: "Targets",
        field: { decimals: 0 },
      },
      { source: { label: "version" }, title: "Version" },
    ],
    sortBy: { title: "Answers", descending: false },
  });
}

function buildErrors({ runbookLinks }: DashboardContents): UnplacedPanel {
  const of = exporterSeries("port_exporter_scan_errors_total");
  return buildTimeSeries({
    id: 82,
    title: "Read errors",
    description: "Failed reads a second, and rows that were not understood, " +
      `by source. Shows the ${MOST_SERIES} sources with the most of them.`,
    unit: "cps",
    noValue: "There were none",
    width: 8,
    height: 8,
    links: runbookLinks(["PortExporterScanFailed"]),
    queries: [{
      expr: pickLargest(
        aggregate("sum", SOURCE_LABELS, overTime("rate", of, RATE_RANGE)),
        { labels: SOURCE_LABELS, function: "increase", of },
      ),
      legend: "{{source}} on {{instance}}",
    }],
  });
}

function buildWalks(): UnplacedPanel {
  const of = exporterSeries("port_exporter_owner_walks_total");
  return buildTimeSeries({
    id: 85,
    title: "Owner walks",
    description:
      "Walks a second over all processes, to find the owners of new sockets: " +
      "the costly part of a scan. " +
      `Shows the ${MOST_SERIES} exporters with the most of them.`,
    unit: "cps",
    noValue: "There were none",
    width: 24,
    height: 6,
    queries: [{
      expr: largestRates(of),
      legend: "{{instance}}",
    }],
  });
}

function rate(
  name:
    | "port_exporter_scan_duration_seconds"
    | "port_exporter_scrape_duration_seconds",
  suffix: "_bucket" | "_sum" | "_count",
): Expression {
  return overTime("rate", exporterSeries(name, suffix), RATE_RANGE);
}

function scrapeDuration(labels: readonly LabelName[]): Expression {
  const total = (suffix: "_sum" | "_count") =>
    aggregate(
      "sum",
      labels,
      rate("port_exporter_scrape_duration_seconds", suffix),
    );
  return combine(total("_sum"), "/", total("_count"));
}
