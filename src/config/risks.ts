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
  return [
    ...findClientPorts(config, ephemeralPorts),
    ...findProcessPaths(config),
  ];
}

function findClientPorts(
  { targets }: Config,
  { first, last }: { readonly first: number; readonly last: number },
): readonly string[] {
  return targets
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

/** The kernel calls a process by the last part of its path. */
function findProcessPaths({ targets }: Config): readonly string[] {
  const messages = targets.flatMap(({ place, processes = [] }) =>
    processes.filter((process) => process.includes("/")).map((process) =>
      `Watch out for ${place.replace(/\.port(?:\[\d+\])?$/, ".process")}: ` +
      `${JSON.stringify(process)} is a path, and processes go by their name; ` +
      `${JSON.stringify(process.replace(/^.*\//s, ""))} would match it`
    )
  );
  // One entry makes many targets.
  return [...new Set(messages)];
}
