/**
 * Parses Prometheus durations
 * (https://prometheus.io/docs/prometheus/latest/querying/basics/#time-durations).
 *
 * @module
 */

import type { Duration } from "./config.ts";

const SECONDS_BY_UNIT = {
  y: 365 * 86400,
  w: 7 * 86400,
  d: 86400,
  h: 3600,
  m: 60,
  s: 1,
  ms: 0.001,
} as const;

const DURATION =
  /^(?:(?<y>\d{1,3})y)?(?:(?<w>\d{1,5})w)?(?:(?<d>\d{1,6})d)?(?:(?<h>\d{1,7})h)?(?:(?<m>\d{1,9})m)?(?:(?<s>\d{1,9})s)?(?:(?<ms>\d{1,12})ms)?$/;

/**
 * Parses `5m`, `1h30m`, `500ms` or `0`: units from large to small, each once.
 *
 * @throws {SyntaxError} when `text` is not a duration
 */
export function parseDuration(text: string): Duration {
  if (text === "0") return { text, seconds: 0 };
  const groups = DURATION.exec(text)?.groups;
  if (groups === undefined || text === "") {
    throw new SyntaxError(
      `Cannot parse duration "${text}": want a number and a unit, like 90s, 5m or 1h30m`,
    );
  }
  let seconds = 0;
  for (const [unit, factor] of Object.entries(SECONDS_BY_UNIT)) {
    seconds += Number(groups[unit] ?? 0) * factor;
  }
  return { text, seconds };
}
