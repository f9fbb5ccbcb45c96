/**
 * Parses `/proc/sys/net/ipv4/ip_local_port_range`, from which the kernel takes
 * the ports of client sockets, IPv4 and IPv6 alike
 * (Documentation/networking/ip-sysctl.rst).
 *
 * @module
 */

import type { ProcfsReader } from "./reader.ts";

/** A range of ports, both ends included. */
export interface LocalPortRange {
  /** First port. */
  readonly first: number;
  /** Last port. */
  readonly last: number;
}

/** The kernel's default, for hosts that do not show theirs. */
export const defaultLocalPortRange: LocalPortRange = {
  first: 32768,
  last: 60999,
};

/**
 * Parses `32768	60999`.
 *
 * @throws {SyntaxError} when the text is not two ports in order
 */
export function parseLocalPortRange(text: string): LocalPortRange {
  const match = /^(\d{1,5})\s+(\d{1,5})\n$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2]);
  // Not a number is not in order either.
  if (!(first <= last && last <= 65535)) {
    throw new SyntaxError(
      `Cannot parse ip_local_port_range: ${
        JSON.stringify(text.slice(0, 80))
      }, want two ports`,
    );
  }
  return { first, last };
}

/**
 * Reads the range. It is a hint: where it cannot be read, what it was last
 * serves, and before that the kernel's default.
 */
export function readLocalPortRange(
  reader: ProcfsReader,
  lastRange: LocalPortRange = defaultLocalPortRange,
): LocalPortRange {
  try {
    return parseLocalPortRange(
      reader.readText("sys/net/ipv4/ip_local_port_range"),
    );
  } catch {
    return lastRange;
  }
}
