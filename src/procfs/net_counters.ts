/**
 * Parses the network counters of a host: `/proc/net/snmp` and `netstat`
 * (net/ipv4/proc.c, pairs of a header line and a value line) and `snmp6`
 * (net/ipv6/proc.c, a name and a value a line).
 *
 * @module
 */

/** Counters by name; a name that the file does not have is left out. */
export type NetCounters = ReadonlyMap<string, number>;

/**
 * Finds counters in `snmp` or `netstat`.
 *
 * @param group What the two lines begin with: `Udp`, `TcpExt`
 * @param names Headers of the wanted columns: `NoPorts`
 */
export function parseSnmp(
  text: string,
  group: string,
  names: readonly string[],
): NetCounters {
  // Behind the last newline stands what was cut off.
  const lines = text.split("\n").slice(0, -1);
  const header = lines.findIndex((line) => line.startsWith(`${group}: `));
  const columns = lines[header]?.split(" ") ?? [];
  const values = lines[header + 1]?.split(" ") ?? [];
  const counters = new Map<string, number>();
  if (values[0] !== `${group}:`) return counters;
  for (const name of names) {
    const value = values[columns.indexOf(name)];
    if (value !== undefined && /^\d{1,20}$/.test(value)) {
      counters.set(name, Number(value));
    }
  }
  return counters;
}

/**
 * Finds counters in `snmp6`.
 *
 * @param names Whole names: `Udp6NoPorts`
 */
export function parseSnmp6(
  text: string,
  names: readonly string[],
): NetCounters {
  const counters = new Map<string, number>();
  for (const name of names) {
    const match = new RegExp(`^${name}[ \t]+(\\d{1,20})\n`, "m").exec(text);
    if (match !== null) counters.set(name, Number(match[1]));
  }
  return counters;
}
