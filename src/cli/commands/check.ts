/**
 * `check`: one scan, a table for people or JSON for programs.
 *
 * @module
 */

import type { Config } from "../../config/config.ts";
import { readHostname } from "../../procfs/hostname.ts";
import { buildStatusReport } from "../../report/build_status_report.ts";
import type { OwnerReport, StatusReport } from "../../report/status_report.ts";
import { buildInfo } from "../../version.ts";
import { createScanner } from "../../watch/scanner.ts";
import type { Command } from "../args.ts";
import { type ExitCode, exitCodes } from "../errors.ts";
import { openHost } from "../open_host.ts";
import { renderListeners } from "../listener_table.ts";
import { renderTable, type TableColor } from "../table.ts";

/** What `check` prints and exits with. */
export interface CheckResult {
  /** Text for stdout. */
  readonly output: string;
  /** 0 when all is as configured, else 1. */
  readonly exitCode: ExitCode;
}

/**
 * Scans once.
 *
 * @param color Whether the table may be coloured
 * @throws {CommandError} when the scan cannot start
 */
export async function runCheck(
  command: Command & { readonly name: "check" },
  { color }: { readonly color: boolean },
): Promise<CheckResult> {
  const host = openHost(command);
  const { config, reader } = host;
  const scanner = createScanner(host);
  const report = await buildStatusReport({
    snapshot: await scanner.scan(),
    unixSeconds: Date.now() / 1000,
    sources: scanner.sources(),
    build: buildInfo,
    hostname: readHostname(reader),
  });
  return {
    output: command.format === "json"
      ? `${JSON.stringify(report, undefined, 2)}\n`
      : renderReport(report, { color }),
    exitCode: isWell(config, report) ? exitCodes.done : exitCodes.failed,
  };
}

/** Whether everything is known and as configured. */
function isWell(
  { listeners: { enabled } }: Config,
  { targets, listeners }: StatusReport,
): boolean {
  return targets.every(({ state }) => state === "up") &&
    (!enabled || listeners !== undefined);
}

function renderReport(
  { targets, listeners = [] }: StatusReport,
  { color }: { readonly color: boolean },
): string {
  const column = (
    owners: readonly OwnerReport[],
    key: "address" | "process" | "unit" | "user",
  ) => [...new Set(owners.map((owner) => owner[key] ?? "-"))].join(", ") || "-";
  const tables: string[] = [];
  if (targets.length > 0) {
    tables.push(renderTable(
      [
        "PROTOCOL",
        "PORT",
        "NAME",
        "STATE",
        "SOCKETS",
        "ADDRESS",
        "PROCESS",
        "UNIT",
        "USER",
      ],
      targets.map(({ protocol, port, name, state, sockets, owners }) => [
        protocol,
        String(port),
        name,
        state,
        String(sockets ?? "-"),
        column(owners, "address"),
        column(owners, "process"),
        column(owners, "unit"),
        column(owners, "user"),
      ]),
      {
        colorOf: (cell, column) =>
          color && column === STATE_COLUMN ? colorsByState[cell] : undefined,
      },
    ));
  }
  if (listeners.length > 0) {
    const heading = targets.length > 0
      ? "Listeners beside these:"
      : "Listeners:";
    tables.push(`${heading}\n${renderListeners(listeners)}`);
  }
  return tables.join("\n");
}

const STATE_COLUMN = 3;

const colorsByState: Readonly<Record<string, TableColor>> = {
  up: "green",
  down: "red",
  wrong_address: "yellow",
  wrong_owner: "yellow",
  wrong_count: "yellow",
  unknown: "yellow",
};
