/**
 * Makes panels of each kind from what they ask, with the settings that all
 * panels of the kind share.
 *
 * @module
 */

import type {
  BarGaugeOptionsJson,
  FieldJson,
  FieldsJson,
  LinkJson,
  MappingJson,
  PanelJson,
  StateTimelineOptionsJson,
  StatOptionsJson,
  TargetJson,
  ThresholdsJson,
  TimeSeriesFieldJson,
  TimeSeriesOptionsJson,
} from "./dashboard_model.ts";
import { dataSource } from "./dashboard_variables.ts";
import type { Expression } from "./promql.ts";

/** A panel that has no place yet. */
export interface UnplacedPanel {
  /** The panel without its place. */
  readonly panel: PanelJson;
  /** Width in columns, 1-24. */
  readonly width: number;
  /** Height in units of 30 pixels. */
  readonly height: number;
}

/** A question to Prometheus. */
export interface Query {
  /** Expression. */
  readonly expr: Expression;
  /** Name of a series with `{{label}}`; absent: made from its labels. */
  readonly legend?: string;
}

/** What every panel needs. */
export interface PanelOptions {
  /**
   * Number of the panel, unique in the dashboard. It is fixed, so that a link
   * to a panel stays right when a configuration leaves others out.
   */
  readonly id: number;
  /** Title. */
  readonly title: string;
  /** What it shows and how to read it, for people. */
  readonly description: string;
  /** Unit by the name that Grafana gives it. */
  readonly unit: string;
  /** Width in columns, 1-24. */
  readonly width: number;
  /** Height in units of 30 pixels. */
  readonly height: number;
  /** Questions to Prometheus. */
  readonly queries: readonly Query[];
  /** Where to read more. */
  readonly links?: readonly LinkJson[];
  /** What stands there when there is no value. */
  readonly noValue?: string;
  /** Number of decimals. */
  readonly decimals?: number;
  /** Colours by value; absent: none. */
  readonly thresholds?: ThresholdsJson;
  /** Texts and colours by value. */
  readonly mappings?: readonly MappingJson[];
  /** Fields that are shown otherwise. */
  readonly overrides?: FieldsJson["overrides"];
}

/** Green, and another colour from 1 on: for counts that should be 0. */
export function colorFromOne(color: string): ThresholdsJson {
  return buildThresholds("green", [[1, color]]);
}

/** A colour for all values, and others from some value on. */
export function buildThresholds(
  base: string,
  steps: readonly (readonly [from: number, color: string])[] = [],
): ThresholdsJson {
  return {
    mode: "absolute",
    steps: [
      { color: base, value: null },
      ...steps.map(([value, color]) => ({ color, value })),
    ],
  };
}

/** A number of now. */
export function buildStat(options: PanelOptions): UnplacedPanel {
  const stat: StatOptionsJson = {
    colorMode: "background",
    graphMode: "none",
    justifyMode: "auto",
    orientation: "auto",
    reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
    showPercentChange: false,
    textMode: "auto",
    wideLayout: true,
  };
  return buildPanel(options, { type: "stat", shape: "now", options: stat });
}

/** What a graph can be told beside the rest. */
export interface TimeSeriesOptions extends PanelOptions {
  /** Whether the values are stacked steps; absent: lines. */
  readonly form?: "lines" | "stacked" | "bars";
}

/** A graph. */
export function buildTimeSeries(options: TimeSeriesOptions): UnplacedPanel {
  const { form = "lines" } = options;
  const field: TimeSeriesFieldJson = {
    drawStyle: form === "bars" ? "bars" : "line",
    lineInterpolation: form === "stacked" ? "stepAfter" : "linear",
    lineWidth: 1,
    fillOpacity: { lines: 10, stacked: 60, bars: 80 }[form],
    showPoints: "auto",
    // A gap is a time without knowledge and must be seen.
    spanNulls: false,
    stacking: { group: "A", mode: form === "stacked" ? "normal" : "none" },
    axisSoftMin: 0,
  };
  const graph: TimeSeriesOptionsJson = {
    legend: {
      calcs: ["lastNotNull", "max"],
      displayMode: form === "stacked" ? "list" : "table",
      placement: "bottom",
      showLegend: true,
      sortBy: "Max",
      sortDesc: true,
    },
    tooltip: { mode: "multi", sort: "desc" },
  };
  return buildPanel(options, {
    type: "timeseries",
    shape: "range",
    options: graph,
    defaults: { color: { mode: "palette-classic" }, custom: field },
  });
}

/** States over time, a line for each series. */
export function buildStateTimeline(options: PanelOptions): UnplacedPanel {
  const timeline: StateTimelineOptionsJson = {
    alignValue: "left",
    legend: {
      calcs: [],
      displayMode: "list",
      placement: "bottom",
      showLegend: true,
    },
    mergeValues: true,
    perPage: 25,
    rowHeight: 0.8,
    showValue: "never",
    tooltip: { mode: "single", sort: "none" },
  };
  return buildPanel(options, {
    type: "state-timeline",
    shape: "range",
    options: timeline,
    defaults: {
      color: { mode: "thresholds" },
      custom: { fillOpacity: 80, lineWidth: 0, spanNulls: false },
    },
  });
}

/** Bars of now, the longest first. */
export function buildBarGauge(options: PanelOptions): UnplacedPanel {
  const bars: BarGaugeOptionsJson = {
    displayMode: "basic",
    legend: {
      calcs: [],
      displayMode: "list",
      placement: "bottom",
      showLegend: false,
    },
    maxVizHeight: 40,
    minVizHeight: 16,
    minVizWidth: 8,
    namePlacement: "left",
    orientation: "horizontal",
    reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
    showUnfilled: true,
    sizing: "auto",
    valueMode: "color",
  };
  return buildPanel(options, {
    type: "bargauge",
    shape: "now",
    options: bars,
    defaults: { color: { mode: "thresholds" }, min: 0 },
  });
}

/**
 * Version of Grafana whose settings these are; without one, Grafana would read
 * them as those of a version long gone.
 */
const PLUGIN_VERSION = "10.4.0";

/** What a kind of panel adds. */
export interface PanelKind {
  /** Name of the kind in Grafana. */
  readonly type: string;
  /** Values of the range, of now, or a table of now. */
  readonly shape: "range" | "now" | "table";
  /** Options of the kind. */
  readonly options: object;
  /** How fields are shown. */
  readonly defaults?: FieldJson;
  /** Fields that are shown otherwise. */
  readonly overrides?: FieldsJson["overrides"];
}

/** Makes a panel of any kind. */
export function buildPanel(
  {
    id,
    title,
    description,
    unit,
    width,
    height,
    queries,
    links,
    noValue,
    decimals,
    thresholds = buildThresholds("green"),
    mappings = [],
    overrides = [],
  }: PanelOptions,
  kind: PanelKind,
): UnplacedPanel {
  const panel: PanelJson = {
    id,
    type: kind.type,
    pluginVersion: PLUGIN_VERSION,
    title,
    description,
    datasource: dataSource,
    ...(links !== undefined && { links }),
    fieldConfig: {
      defaults: {
        unit,
        mappings,
        thresholds,
        ...(noValue !== undefined && { noValue }),
        ...(decimals !== undefined && { decimals }),
        ...kind.defaults,
      },
      overrides: [...overrides, ...kind.overrides ?? []],
    },
    options: { ...kind.options },
    targets: queries.map(({ expr, legend = "__auto" }, index) => {
      const target: TargetJson = {
        refId: nameQuery(index),
        datasource: dataSource,
        expr,
        instant: kind.shape !== "range",
        range: kind.shape === "range",
        format: kind.shape === "table" ? "table" : "time_series",
        legendFormat: legend,
        editorMode: "code",
        exemplar: false,
      };
      return { ...target };
    }),
  };
  return { panel, width, height };
}

/** A, B, C … as Grafana names queries. */
export function nameQuery(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}
