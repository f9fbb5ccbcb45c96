/**
 * Reads the host's network counters.
 *
 * @module
 */

import type { CounterFiles } from "../model/host_counters.ts";
import {
  type NetCounters,
  parseSnmp,
  parseSnmp6,
} from "../procfs/net_counters.ts";
import type { ProcfsReader } from "../procfs/reader.ts";
import { isIpv6Off } from "./ipv6_off.ts";
import { describeReadError } from "./read_error.ts";
import type { SourceReport } from "./source_health.ts";

const parsersByFile: Readonly<
  Record<keyof CounterFiles, (text: string) => NetCounters>
> = {
  snmp: (text) => parseSnmp(text, "Udp", ["NoPorts", "RcvbufErrors"]),
  snmp6: (text) => parseSnmp6(text, ["Udp6NoPorts", "Udp6RcvbufErrors"]),
  netstat: (text) =>
    parseSnmp(text, "TcpExt", ["ListenOverflows", "ListenDrops"]),
};

/**
 * Reads `net/snmp`, `snmp6` and `netstat`. Without IPv6 there is no snmp6:
 * nothing to count is no failure.
 */
export function readCounterFiles(
  reader: ProcfsReader,
  report: (source: string, report: SourceReport) => void,
): CounterFiles {
  const files: { -readonly [File in keyof CounterFiles]: CounterFiles[File] } =
    {};
  for (const file of ["snmp", "snmp6", "netstat"] as const) {
    const path = `${reader.netDirectory}/net/${file}`;
    const errors: string[] = [];
    try {
      files[file] = parsersByFile[file](reader.readText(path));
    } catch (error) {
      if (
        file === "snmp6" && error instanceof Deno.errors.NotFound &&
        isIpv6Off(reader)
      ) {
        files.snmp6 = "off";
      } else {
        errors.push(describeReadError(`${reader.root}/${path}`, error));
      }
    }
    report(file, { success: errors.length === 0, errors });
  }
  return files;
}
