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
 * Reads `/proc/self`.
 *
 * @param reader Reader of `/proc`, whatever other procfs is scanned
 */
export function readProcessMetrics(reader: ProcfsReader): ProcessMetrics {
  const stat = reader.readText("self/stat");
  // Columns 3 (state) and following of proc_pid_stat(5).
  const columns = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
  const [userTicks = NaN, systemTicks = NaN] = columns.slice(11, 13);
  const status = reader.readText("self/status");
  const bytes = (name: string) => {
    const kilobytes = find(status, new RegExp(`^${name}:\\s+(\\d+) kB$`, "m"));
    return kilobytes === undefined ? undefined : kilobytes * 1024;
  };
  return new Map(
    [
      [
        "process_cpu_seconds_total",
        (userTicks + systemTicks) / CLOCK_TICKS_PER_SECOND,
      ],
      ["process_resident_memory_bytes", bytes("VmRSS")],
      ["process_virtual_memory_bytes", bytes("VmSize")],
      ["process_open_fds", reader.listNames("self/fd").length],
      [
        "process_max_fds",
        find(reader.readText("self/limits"), /^Max open files\s+(\d+)/m),
      ],
      [
        "process_start_time_seconds",
        parseBootTime(reader.readText("stat")) +
        (columns[19] ?? NaN) / CLOCK_TICKS_PER_SECOND,
      ],
    ] as const,
  );
}

function find(text: string, pattern: RegExp): number | undefined {
  const match = pattern.exec(text);
  return match === null ? undefined : Number(match[1]);
}
