/**
 * The dashboard's variables and annotations.
 *
 * @module
 */

import {
  exporterMatchers,
  jobMatcher,
  RATE_RANGE,
  TARGET_LABELS,
  targetSeries,
} from "./dashboard_queries.ts";
import type {
  AnnotationJson,
  DataSourceJson,
  VariableJson,
} from "./dashboard_model.ts";
import {
  aggregate,
  combine,
  type Expression,
  type LabelName,
  overTime,
  series,
} from "./promql.ts";

/** The data source that the user chooses. */
export const dataSource: DataSourceJson = {
  type: "prometheus",
  uid: "${datasource}",
};

/** What the variables depend on. */
export interface VariableOptions {
  /** Value of `job` when the dashboard is opened. */
  readonly job: string;
  /** Whether there are targets to choose by name. */
  readonly targets: boolean;
}

/** Builds the variables, each after those it depends on. */
export function buildVariables(
  { job, targets }: VariableOptions,
): readonly VariableJson[] {
  return [
    {
      type: "datasource",
      name: "datasource",
      label: "Data source",
      description: "Prometheus that scrapes the exporters",
      query: "prometheus",
      refresh: 1,
      regex: "",
      hide: 0,
      includeAll: false,
      multi: false,
      options: [],
      skipUrlSync: false,
    },
    {
      ...buildQueryVariable({
        label: "job",
        title: "Job",
        description: "Job label of the exporters",
        of: series("port_exporter_build_info"),
      }),
      current: { selected: true, text: [job], value: [job] },
    },
    buildQueryVariable({
      label: "instance",
      title: "Instance",
      description: "Exporter",
      of: series("port_exporter_build_info", [jobMatcher]),
    }),
    ...(targets
      ? [buildQueryVariable({
        label: "name",
        title: "Name",
        description: "Name of the target",
        of: series("port_up", exporterMatchers),
      })]
      : []),
  ];
}

interface QueryVariable {
  readonly label: LabelName;
  readonly title: string;
  readonly description: string;
  readonly of: Expression;
}

function buildQueryVariable(
  { label, title, description, of }: QueryVariable,
): VariableJson {
  // A function of Grafana's data source, not of PromQL.
  const query = `label_values(${of}, ${label})`;
  return {
    type: "query",
    name: label,
    label: title,
    description,
    datasource: dataSource,
    definition: query,
    query,
    // On every change of the time range.
    refresh: 2,
    // Alphabetical.
    sort: 1,
    regex: "",
    hide: 0,
    includeAll: true,
    allValue: ".+",
    multi: true,
    current: { selected: true, text: ["All"], value: ["$__all"] },
    options: [],
    skipUrlSync: false,
  };
}

/** Builds the annotations: rebinds, which fall between two points of a graph. */
export function buildAnnotations(
  { targets }: Pick<VariableOptions, "targets">,
): readonly AnnotationJson[] {
  const builtIn: AnnotationJson = {
    builtIn: 1,
    datasource: { type: "grafana", uid: "-- Grafana --" },
    enable: true,
    hide: true,
    iconColor: "rgba(0, 211, 255, 1)",
    name: "Annotations & Alerts",
    type: "dashboard",
  };
  if (!targets) return [builtIn];
  return [builtIn, {
    name: "Rebinds",
    datasource: dataSource,
    enable: true,
    hide: false,
    iconColor: "orange",
    expr: combine(
      aggregate(
        "sum",
        TARGET_LABELS,
        overTime("increase", targetSeries("port_rebinds_total"), RATE_RANGE),
      ),
      ">",
      "0",
    ),
    titleFormat: "{{name}} {{protocol}}/{{port}} was rebound",
    textFormat: "on {{instance}}",
    tagKeys: TARGET_LABELS.join(","),
  }];
}
