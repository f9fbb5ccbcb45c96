/**
 * Makes tables: each query adds a column, each row is a set of labels.
 *
 * @module
 */

import type {
  FieldJson,
  FieldsJson,
  TableFieldJson,
  TableOptionsJson,
} from "./dashboard_model.ts";
import {
  buildPanel,
  nameQuery,
  type PanelOptions,
  type Query,
  type UnplacedPanel,
} from "./dashboard_panel.ts";
import type { Expression } from "./promql.ts";

/** A column of a table. */
export interface Column {
  /** Label or, for the value of a query, its expression. */
  readonly source: { readonly label: string } | { readonly expr: Expression };
  /** Heading. */
  readonly title: string;
  /** How the column's values are shown. */
  readonly field?: FieldJson;
  /** Width in pixels; absent: what is left. */
  readonly width?: number;
}

/** Which port of which host is held by whom. */
export const OWNER_COLUMNS: readonly Column[] = [
  { source: { label: "instance" }, title: "Instance" },
  { source: { label: "protocol" }, title: "Protocol", width: 80 },
  { source: { label: "port" }, title: "Port", width: 70 },
  { source: { label: "address" }, title: "Address" },
  { source: { label: "process" }, title: "Process" },
  { source: { label: "unit" }, title: "Unit" },
  { source: { label: "user" }, title: "User" },
];

/** Shows 1 as yes, in green, and 0 as no. */
export function yesOrNo(colorOfNo: "orange" | "red"): FieldJson {
  return {
    mappings: [{
      type: "value",
      options: {
        "0": { text: "no", color: colorOfNo, index: 0 },
        "1": { text: "yes", color: "green", index: 1 },
      },
    }],
    custom: { cellOptions: { type: "color-text" } },
  };
}

/** What a table needs. */
export interface TableOptions extends Omit<PanelOptions, "queries"> {
  /** Expression whose labels make the rows; others add values to them. */
  readonly rows: Expression;
  /** Columns from left to right. */
  readonly columns: readonly Column[];
  /** Heading of the column to sort by, and whether the largest comes first. */
  readonly sortBy: { readonly title: string; readonly descending: boolean };
}

/** A table of now: the labels of the series, and a value of each query. */
export function buildTable(options: TableOptions): UnplacedPanel {
  const { rows, columns, sortBy } = options;
  const valueColumns = columns.flatMap((column) =>
    "expr" in column.source ? [{ ...column, expr: column.source.expr }] : []
  );
  const queries: readonly Query[] = [{ expr: rows }, ...valueColumns];
  const fieldNames = columns.map(({ source }) =>
    "label" in source ? source.label : `Value #${
      nameQuery(
        1 + valueColumns.findIndex(({ expr }) => expr === source.expr),
      )
    }`
  );
  const shown: TableOptionsJson = {
    cellHeight: "sm",
    footer: {
      countRows: false,
      enablePagination: true,
      fields: [],
      reducer: ["sum"],
      show: false,
    },
    showHeader: true,
    sortBy: [{ displayName: sortBy.title, desc: sortBy.descending }],
  };
  const cells: TableFieldJson = {
    align: "auto",
    cellOptions: { type: "auto" },
    filterable: true,
    inspect: false,
  };
  const built = buildPanel({ ...options, queries }, {
    type: "table",
    shape: "table",
    options: shown,
    defaults: { custom: cells },
    overrides: columns.flatMap(buildOverride),
  });
  return {
    ...built,
    panel: {
      ...built.panel,
      transformations: [
        // Puts the answers side by side where all their labels agree.
        { id: "merge", options: {} },
        {
          id: "filterFieldsByName",
          options: { include: { names: fieldNames } },
        },
        {
          id: "organize",
          options: {
            excludeByName: {},
            indexByName: Object.fromEntries(
              fieldNames.map((name, index) => [name, index]),
            ),
            renameByName: Object.fromEntries(
              fieldNames.map((name, index) => [name, columns[index]?.title]),
            ),
          },
        },
      ],
    },
  };
}

function buildOverride(
  { title, field = {}, width }: Column,
): FieldsJson["overrides"] {
  const properties = [
    ...Object.entries(field).filter(([id]) => id !== "custom"),
    ...Object.entries(field.custom ?? {}).map(([id, value]) =>
      [`custom.${id}`, value] as const
    ),
    ...(width === undefined ? [] : [["custom.width", width] as const]),
  ].map(([id, value]) => ({ id, value }));
  return properties.length === 0
    ? []
    : [{ matcher: { id: "byName", options: title }, properties }];
}
