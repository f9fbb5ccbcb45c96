/**
 * Listeners mode: what listens here that the configuration does not name.
 *
 * @module
 */

import type { Config, IgnoreRule, Protocol } from "../config/config.ts";
import { buildAddressMatcher } from "./address_match.ts";
import type { ListeningSocket } from "./listening_socket.ts";

/** One thing that listens: sockets that differ in nothing are one listener. */
export interface Listener {
  /** Transport protocol. */
  readonly protocol: Protocol;
  /** Local address as text. */
  readonly address: string;
  /** Local port. */
  readonly port: number;
}

/** What the listeners are picked from. */
export interface ListenersInput {
  /** All listening sockets. */
  readonly sockets: readonly ListeningSocket[];
  /** The configuration: its targets and `listeners.ignore`. */
  readonly config: Config;
  /** The kernel's range of ephemeral ports. */
  readonly ephemeralPorts: { readonly first: number; readonly last: number };
}

/**
 * Picks the listeners that are neither configured nor ignored, in the order
 * protocol, port, address.
 *
 * UDP sockets in the ephemeral range are left out: an unconnected client
 * socket looks exactly like a server.
 */
export function buildListeners(
  { sockets, config, ephemeralPorts }: ListenersInput,
): readonly Listener[] {
  const configured = new Set(
    config.targets.map(({ protocol, port }) => `${protocol} ${port}`),
  );
  const isIgnored = buildIgnoreMatcher(config.listeners.ignore);
  const listeners = new Map<string, Listener>();
  for (const { protocol, address, port } of sockets) {
    if (configured.has(`${protocol} ${port}`)) continue;
    const isEphemeral = port >= ephemeralPorts.first &&
      port <= ephemeralPorts.last;
    if (protocol === "udp" && isEphemeral) continue;
    const listener = { protocol, address, port };
    if (isIgnored(listener)) continue;
    listeners.set(`${protocol} ${address} ${port}`, listener);
  }
  return [...listeners.values()].sort((a, b) =>
    compare(a.protocol, b.protocol) || a.port - b.port ||
    compare(a.address, b.address)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A rule matches when everything that it names matches. */
function buildIgnoreMatcher(
  rules: readonly IgnoreRule[],
): (listener: Listener) => boolean {
  const matchers = rules.map((rule) => {
    const matchesAddress = buildAddressMatcher(rule.address ?? { kind: "any" });
    return ({ protocol, address, port }: Listener) =>
      (rule.protocol === undefined || rule.protocol === protocol) &&
      (rule.ports === undefined ||
        rule.ports.some(({ first, last }) => first <= port && port <= last)) &&
      matchesAddress(address) &&
      // Owners are not known yet: a rule that names one matches nothing.
      rule.processes === undefined && rule.users === undefined;
  });
  return (listener) => matchers.some((matches) => matches(listener));
}
