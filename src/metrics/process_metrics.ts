/**
 * Reads what the exporter itself uses, as Prometheus client libraries report it
 * (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics).
 *
 * @module
 */

import type { MetricName } from "./catalog.ts";
import { CLOCK_TICKS_PER_SECOND, parseBootTime } from "../procfs/pid_stat.ts";
import type { ProcfsReader } from "../procfs/reader.ts";

/** Values by metric; what cannot be read is undefined. */
export type ProcessMetrics = ReadonlyMap<MetricName, number | undefined>;

/**
 * Reads `/proc/self`. A file that cannot be read, as when too many are open,
 * costs its own values only.
 *
 * @param reader Reader of `/proc`, whatever other procfs is scanned
 */
export function readProcessMetrics(reader: ProcfsReader): ProcessMetrics {
  const stat = tryRead(() => reader.readText("self/stat")) ?? "";
  // Columns 3 (state) and following of proc_pid_stat(5).
  const columns = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = (column: number): number | undefined => {
    const text = columns[column];
    return text === undefined || text === "" ? undefined : Number(text);
  };
  const add = (a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined ? undefined : a + b;
  // Whole ticks are added: the sum of two fractions can fall below the last one.
  const toSeconds = (count: number | undefined) =>
    count === undefined ? undefined : count / CLOCK_TICKS_PER_SECOND;
  const status = tryRead(() => reader.readText("self/status")) ?? "";
  const limits = tryRead(() => reader.readText("self/limits")) ?? "";
  const bytes = (name: string) => {
    const kilobytes = find(status, new RegExp(`^${name}:\\s+(\\d+) kB$`, "m"));
    return kilobytes === undefined ? undefined : kilobytes * 1024;
  };
  return new Map(
    [
      ["process_cpu_seconds_total", toSeconds(add(ticks(11), ticks(12)))],
      ["process_resident_memory_bytes", bytes("VmRSS")],
      ["process_virtual_memory_bytes", bytes("VmSize")],
      ["process_open_fds", tryRead(() => reader.listNames("self/fd").length)],
      ["process_max_fds", find(limits, /^Max open files\s+(\d+)/m)],
      [
        "process_start_time_seconds",
        add(
          tryRead(() => parseBootTime(reader.readText("stat"))),
          toSeconds(ticks(19)),
        ),
      ],
    ] as const,
  );
}

function tryRead<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function find(text: string, pattern: RegExp): number | undefined {
  const match = pattern.exec(text);
  return match === null ? undefined : Number(match[1]);
}
