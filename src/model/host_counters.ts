/**
 * The host's own counters of datagrams and connections that were lost.
 *
 * @module
 */

import type { NetCounters } from "../procfs/net_counters.ts";

/** Counters of the whole host, IPv4 and IPv6 together, since boot. */
export interface HostCounters {
  /** Datagrams to ports that nobody listens on. */
  readonly udpNoPort?: number;
  /** Datagrams dropped because a socket's buffer was full. */
  readonly udpReceiveBufferErrors?: number;
  /** Connections dropped because an accept queue was full. */
  readonly tcpListenOverflows?: number;
  /** Connections dropped by listeners for any reason. */
  readonly tcpListenDrops?: number;
}

/** Counters of each file; a file that could not be read is absent. */
export interface CounterFiles {
  /** Of `net/snmp`. */
  readonly snmp?: NetCounters;
  /** Of `net/snmp6`. */
  readonly snmp6?: NetCounters | "off";
  /** Of `net/netstat`. */
  readonly netstat?: NetCounters;
}

/** Adds the counters of IPv4 and IPv6; a sum with an unknown part is unknown. */
export function buildHostCounters(files: CounterFiles): HostCounters {
  const { snmp, snmp6, netstat } = files;
  const sum = (name4: string, name6: string): number | undefined => {
    const value4 = snmp?.get(name4);
    const value6 = snmp6 === "off" ? 0 : snmp6?.get(name6);
    return value4 === undefined || value6 === undefined
      ? undefined
      : value4 + value6;
  };
  const counters = {
    udpNoPort: sum("NoPorts", "Udp6NoPorts"),
    udpReceiveBufferErrors: sum("RcvbufErrors", "Udp6RcvbufErrors"),
    tcpListenOverflows: netstat?.get("ListenOverflows"),
    tcpListenDrops: netstat?.get("ListenDrops"),
  };
  return Object.fromEntries(
    Object.entries(counters).filter(([, value]) => value !== undefined),
  );
}
