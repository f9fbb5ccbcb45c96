/**
 * Renders the list of alerts that the README shows. Pure.
 *
 * @module
 */

import { alerts } from "./alerts.ts";
import { renderTable } from "./markdown_table.ts";

/** Renders the table of all alerts, without a newline at its end. */
export function renderAlertTable(): string {
  return renderTable(
    ["Alert", "Severity", "Says"],
    Object.entries(alerts).map(([name, { severity, summary }]) => [
      `\`${name}\``,
      severity,
      summary,
    ]),
  );
}
