/**
 * The table of listeners that `check` and `discover` print.
 *
 * @module
 */

import type { Listener } from "../model/listeners.ts";
import { renderTable } from "./table.ts";

/** Renders listeners, one a line. */
export function renderListeners(listeners: readonly Listener[]): string {
  return renderTable(
    ["PROTOCOL", "PORT", "ADDRESS", "PROCESS", "UNIT", "USER"],
    listeners.map(({ protocol, port, address, process, unit, user }) => [
      protocol,
      String(port),
      address,
      process ?? "-",
      unit ?? "-",
      user,
    ]),
  );
}
