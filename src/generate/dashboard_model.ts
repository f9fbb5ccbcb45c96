/**
 * Grafana's classic dashboard JSON as literals can be written, typed by
 * Grafana's own schema
 * (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/).
 *
 * @module
 */

import type {
  AnnotationQuery,
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BarGaugeSizing,
  BarGaugeValueMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  Dashboard,
  DashboardLink,
  DataSourceRef,
  FieldConfig,
  FieldConfigSource,
  GraphFieldConfig,
  OptionsWithLegend,
  OptionsWithTooltip,
  Panel,
  RowPanel,
  SingleStatBaseOptions,
  TableCellHeight,
  TableFieldOptions,
  TableFooterOptions,
  TableSortByFieldState,
  ThresholdsConfig,
  TimelineValueAlignment,
  ValueMapping,
  VariableModel,
  VisibilityMode,
} from "@grafana/schema";

/** A type of the schema with its enumerations as plain text, and read-only. */
export type Json<Type> = Type extends string ? `${Type}`
  : Type extends object ? { readonly [Key in keyof Type]: Json<Type[Key]> }
  : Type;

/**
 * A dashboard.
 *
 * @internal
 */
export type DashboardJson = Json<Dashboard>;

/**
 * A panel with its place.
 *
 * @internal
 */
export type PanelJson = Json<Panel>;

/**
 * A row with the panels that show when it is opened.
 *
 * @internal
 */
export type RowJson = Json<RowPanel>;

/**
 * A variable; `definition` is what the list of variables shows.
 *
 * @internal
 */
export type VariableJson = Json<VariableModel> & {
  readonly definition?: string;
};

/** Fields of an annotation query that only Prometheus has. */
export interface PrometheusAnnotationFields {
  /** Expression; a point with a value above 0 is an annotation. */
  readonly expr: string;
  /** Title with `{{label}}`. */
  readonly titleFormat: string;
  /** Text with `{{label}}`. */
  readonly textFormat: string;
  /** Labels that become tags, separated by commas. */
  readonly tagKeys: string;
}

/**
 * An annotation query.
 *
 * @internal
 */
export type AnnotationJson =
  & Json<AnnotationQuery>
  & Partial<PrometheusAnnotationFields>;

/**
 * A link of the dashboard or of a panel.
 *
 * @internal
 */
export type LinkJson = Json<DashboardLink>;

/**
 * How fields are shown, and which are shown otherwise.
 *
 * @internal
 */
export type FieldsJson = Json<FieldConfigSource>;

/**
 * How a field is shown.
 *
 * @internal
 */
export type FieldJson = Json<FieldConfig>;

/**
 * Colours by value.
 *
 * @internal
 */
export type ThresholdsJson = Json<ThresholdsConfig>;

/**
 * Texts and colours by value.
 *
 * @internal
 */
export type MappingJson = Json<ValueMapping>;

/**
 * A reference to a data source.
 *
 * @internal
 */
export type DataSourceJson = Json<DataSourceRef>;

/**
 * Options of a stat panel.
 *
 * @internal
 */
export type StatOptionsJson = Json<
  SingleStatBaseOptions & {
    readonly colorMode: BigValueColorMode;
    readonly graphMode: BigValueGraphMode;
    readonly justifyMode: BigValueJustifyMode;
    readonly textMode: BigValueTextMode;
    readonly wideLayout: boolean;
    readonly showPercentChange: boolean;
  }
>;

/**
 * Options of a time series panel.
 *
 * @internal
 */
export type TimeSeriesOptionsJson = Json<
  OptionsWithLegend & OptionsWithTooltip
>;

/**
 * Fields of a time series panel.
 *
 * @internal
 */
export type TimeSeriesFieldJson = Json<GraphFieldConfig>;

/**
 * Options of a state timeline.
 *
 * @internal
 */
export type StateTimelineOptionsJson = Json<
  OptionsWithLegend & OptionsWithTooltip & {
    readonly alignValue: TimelineValueAlignment;
    readonly mergeValues: boolean;
    /** Rows of a page; older Grafana shows all. */
    readonly perPage: number;
    readonly rowHeight: number;
    readonly showValue: VisibilityMode;
  }
>;

/**
 * Options of a table.
 *
 * @internal
 */
export type TableOptionsJson = Json<{
  readonly cellHeight: TableCellHeight;
  readonly footer: TableFooterOptions;
  readonly showHeader: boolean;
  readonly sortBy: TableSortByFieldState[];
}>;

/**
 * Fields of a table.
 *
 * @internal
 */
export type TableFieldJson = Json<Partial<TableFieldOptions>>;

/**
 * Options of a bar gauge.
 *
 * @internal
 */
export type BarGaugeOptionsJson = Json<
  SingleStatBaseOptions & OptionsWithLegend & {
    readonly displayMode: BarGaugeDisplayMode;
    readonly maxVizHeight: number;
    readonly minVizHeight: number;
    readonly minVizWidth: number;
    readonly namePlacement: BarGaugeNamePlacement;
    readonly showUnfilled: boolean;
    readonly sizing: BarGaugeSizing;
    readonly valueMode: BarGaugeValueMode;
  }
>;

/** A query of a panel, as the Prometheus data source reads it. */
export interface TargetJson {
  /** Name of the query, unique in its panel. */
  readonly refId: string;
  /** The data source. */
  readonly datasource: DataSourceJson;
  /** Expression. */
  readonly expr: string;
  /** Whether to ask for the values of now. */
  readonly instant: boolean;
  /** Whether to ask for the values of the shown range. */
  readonly range: boolean;
  /** Shape of the answer. */
  readonly format: "time_series" | "table";
  /** Name of a series with `{{label}}`. */
  readonly legendFormat: string;
  /** How the query is edited. */
  readonly editorMode: "code";
  /** Whether to ask for exemplars; the exporter has none. */
  readonly exemplar: false;
}
