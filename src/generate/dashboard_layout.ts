/**
 * Gives panels their places in Grafana's grid of 24 columns.
 *
 * @module
 */

import type { PanelJson, RowJson } from "./dashboard_model.ts";
import type { UnplacedPanel } from "./dashboard_panel.ts";

/** Columns of the grid. */
export const GRID_COLUMNS = 24;

/** A row of the dashboard: a heading, and panels below it. */
export interface UnplacedRow {
  /** Number, unique among rows and panels. */
  readonly id: number;
  /** Heading. */
  readonly title: string;
  /** Whether its panels are shown only when somebody opens it. */
  readonly collapsed?: true;
  /** Panels in reading order; without any, the row is left out. */
  readonly panels: readonly UnplacedPanel[];
}

/**
 * Places rows one below the other, and their panels from left to right, in a
 * new line where the width does not suffice.
 */
export function placeRows(
  rows: readonly UnplacedRow[],
): readonly (PanelJson | RowJson)[] {
  const placed: (PanelJson | RowJson)[] = [];
  let top = 0;
  for (const { id, title, collapsed = false, panels } of rows) {
    if (panels.length === 0) continue;
    const { placedPanels, bottom } = placePanels(panels, top + 1);
    placed.push({
      id,
      type: "row",
      title,
      collapsed,
      gridPos: { x: 0, y: top, w: GRID_COLUMNS, h: 1 },
      // Grafana looks for the panels of an open row behind it.
      panels: collapsed ? placedPanels : [],
    });
    if (!collapsed) placed.push(...placedPanels);
    top = collapsed ? top + 1 : bottom;
  }
  return placed;
}

function placePanels(
  panels: readonly UnplacedPanel[],
  top: number,
): { readonly placedPanels: PanelJson[]; readonly bottom: number } {
  let x = 0;
  let y = top;
  let bottom = top;
  const placedPanels = panels.map(({ panel, width, height }) => {
    if (x + width > GRID_COLUMNS) {
      x = 0;
      y = bottom;
    }
    const gridPos = { x, y, w: width, h: height };
    x += width;
    bottom = Math.max(bottom, y + height);
    return { ...panel, gridPos };
  });
  return { placedPanels, bottom };
}
