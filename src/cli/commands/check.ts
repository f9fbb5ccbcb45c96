/**
 * `check`: one scan, a table for people or JSON for programs.
 *
 * @module
 */

import type { TargetStatus } from "../../model/snapshot.ts";
import type { Command } from "../args.ts";
import { type ExitCode, exitCodes } from "../errors.ts";
import { openHost } from "../open_host.ts";
import { createScanner } from "../../watch/scanner.ts";
import { renderTable } from "../table.ts";

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
 * @throws {CommandError} when the scan cannot start
 */
export async function runCheck(
  command: Command & { readonly name: "check" },
): Promise<CheckResult> {
  const snapshot = await createScanner(openHost(command)).scan();
  const isWell = snapshot.targets.every(({ state }) => state === "up");
  const listeners = snapshot.listeners ?? [];
  const report = {
    targets: snapshot.targets.map(describeTarget),
    ...(snapshot.listeners !== undefined && { listeners }),
  };
  return {
    output: command.format === "json"
      ? `${JSON.stringify(report, undefined, 2)}\n`
      : [
        ...(report.targets.length === 0 ? [] : [renderTable(
          ["PROTOCOL", "PORT", "NAME", "STATE", "SOCKETS", "ADDRESS"],
          report.targets.map((target) => [
            target.protocol,
            String(target.port),
            target.name,
            target.state,
            String(target.sockets ?? "-"),
            target.addresses.join(", ") || "-",
          ]),
        )]),
        ...(listeners.length === 0 ? [] : [renderTable(
          ["PROTOCOL", "PORT", "UNEXPECTED LISTENER"],
          listeners.map(({ protocol, port, address }) => [
            protocol,
            String(port),
            address,
          ]),
        )]),
      ].join("\n"),
    exitCode: isWell ? exitCodes.done : exitCodes.failed,
  };
}

function describeTarget({ watched, state, sockets }: TargetStatus) {
  const { protocol, port, name, labels } = watched.target;
  return {
    protocol,
    port,
    name,
    labels,
    state: state ?? "unknown",
    ...(sockets !== undefined && { sockets: sockets.length }),
    addresses: [...new Set(sockets?.map(({ address }) => address))],
  };
}
