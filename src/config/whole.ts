/**
 * Finds the mistakes that no single entry of a configuration has. Pure.
 *
 * @module
 */

import type { Config, Target } from "./config.ts";
import type { Diagnostic } from "./document.ts";

/** Most targets of one configuration. */
export const MAX_TARGETS = 10_000;

/** Describes the mistakes of the whole configuration of a host. */
export function checkWhole(
  { targets, listeners }: Config,
): readonly Diagnostic[] {
  if (targets.length > MAX_TARGETS) {
    return [{
      message:
        `Cannot use ports: ${targets.length} targets, want at most ${MAX_TARGETS}`,
    }];
  }
  if (targets.length === 0 && !listeners.enabled) {
    return [{
      message: "Cannot use the file: no ports, want at least one port entry " +
        "or listeners.enabled: true",
    }];
  }
  return findDuplicates(targets);
}

/**
 * Describes targets that stand twice.
 *
 * One port may be watched on several addresses, under several names. The same
 * address twice asks one question twice, the same name twice would make two
 * equal series.
 */
export function findDuplicates(
  targets: readonly Target[],
): readonly Diagnostic[] {
  const placesByIdentity = new Map<string, string>();
  // Two ranges that overlap are one mistake, however many ports they share.
  const duplicatesByPlaces = new Map<string, Duplicate>();
  for (const { protocol, port, name, address, place } of targets) {
    const addressText = "text" in address ? address.text : address.kind;
    const details = [
      `address ${addressText}`,
      `name ${JSON.stringify(name)}`,
    ];
    for (const detail of details) {
      const identity = `${protocol} ${port} ${detail}`;
      const earlier = placesByIdentity.get(identity);
      if (earlier === undefined) {
        placesByIdentity.set(identity, place);
        continue;
      }
      const places = `${place} ${earlier} ${protocol}`;
      const known = duplicatesByPlaces.get(places);
      duplicatesByPlaces.set(
        places,
        known === undefined
          ? { place, earlier, protocol, port, detail, more: 0 }
          : { ...known, more: known.more + 1 },
      );
      break;
    }
  }
  return [...duplicatesByPlaces.values()].map(
    ({ place, earlier, protocol, port, detail, more }) => ({
      message: `Cannot use ${place}: ${protocol} port ${port} with ${detail}` +
        `${more > 0 ? ` and ${more} more` : ""} stands already at ${earlier}` +
        ", want each target once",
    }),
  );
}

interface Duplicate {
  readonly place: string;
  readonly earlier: string;
  readonly protocol: string;
  readonly port: number;
  readonly detail: string;
  /** Further ports of the same two places. */
  readonly more: number;
}
