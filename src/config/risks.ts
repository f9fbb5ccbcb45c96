/**
 * Finds settings that are allowed but can surprise.
 *
 * @module
 */

import type { Config } from "./config.ts";

/**
 * Describes the risks of a configuration, each as one sentence.
 *
 * @param ephemeralPorts The range from which the kernel takes the ports of
 *   client sockets
 */
export function findRisks(
  config: Config,
  ephemeralPorts: { readonly first: number; readonly last: number },
): readonly string[] {
  const { first, last } = ephemeralPorts;
  return config.targets
    .filter(({ protocol, port, processes, units, users }) =>
      protocol === "udp" && first <= port && port <= last &&
      (processes ?? units ?? users) === undefined
    )
    .map(({ place, port }) =>
      `Watch out for ${place}: UDP port ${port} is in the range of client ` +
      `sockets (${first}-${last}) and can be "up" through any program; ` +
      "set process, unit or user to settle it"
    );
}
