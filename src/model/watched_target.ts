/**
 * A target together with what is worked out once per configuration, so that a
 * scan does not work it out again.
 *
 * @module
 */

import type { Config, Target } from "../config/config.ts";
import { type AddressMatcher, buildAddressMatcher } from "./address_match.ts";

/** A target as scans and expositions see it. */
export interface WatchedTarget {
  /** The target of the configuration. */
  readonly target: Target;
  /**
   * Identifies the target across reloads: `udp 6984 any cisco-asa`. Another
   * address is another question, to which the old history is no answer.
   */
  readonly key: string;
  /** Labels of the target's series; the same object for every scan. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether a local address satisfies the target's `address`. */
  readonly matchesAddress: AddressMatcher;
}

/** Builds the watched targets of a configuration, in its order. */
export function buildWatchedTargets(config: Config): readonly WatchedTarget[] {
  return config.targets.map((target) => ({
    target,
    key: [
      target.protocol,
      target.port,
      "text" in target.address ? target.address.text : target.address.kind,
      target.name,
    ].join(" "),
    labels: {
      protocol: target.protocol,
      port: String(target.port),
      name: target.name,
      ...target.labels,
    },
    matchesAddress: buildAddressMatcher(target.address),
  }));
}
