/**
 * Judges a soak: what was promised, what was measured, whether it was kept.
 *
 * @module
 */

/** Memory at a moment. */
export interface MemoryPoint {
  /** Seconds since the begin. */
  readonly atSeconds: number;
  readonly residentKib: number;
}

/** A promise, and what became of it. */
export interface Judgement {
  readonly promise: string;
  /** What was measured. */
  readonly measured: string;
  /** What was promised. */
  readonly wanted: string;
  readonly isKept: boolean;
}

/** All that is judged. */
export interface Findings {
  readonly memory: readonly MemoryPoint[];
  readonly scrapes: number;
  /** Scrapes without an answer, or with a wrong one. */
  readonly lostScrapes: number;
  /** Scrapes whose answer came after Prometheus would have left. */
  readonly lateScrapes: number;
  readonly wrongVerdicts: number;
  /** Open files before the first client and after the last one. */
  readonly descriptors: { readonly before: number; readonly after: number };
  /** Time between the first scrape and the last one that was not observed. */
  readonly missedSeconds: number;
  /** Drops of a socket that is there all the time, by the two witnesses. */
  readonly drops: { readonly exporter: number; readonly kernel: number };
}

/** The memory of so many seconds is the least of them: without garbage. */
const WINDOW_SECONDS = 60;
const MIN_WINDOWS = 5;

/**
 * What the fitted line may rise over the second half. Garbage grows by 25 MiB
 * until it is collected, and by 50 MiB on a host with many open files: windows
 * shorter than a minute may see nothing but that.
 * A leak has no bound: the longer the soak, the smaller the slope that this
 * allows.
 */
const MAX_RISE_KIB = { long: 32 * 1024, short: 64 * 1024 };

/** Connections that the soak itself may keep open for its next request. */
const MAX_MORE_DESCRIPTORS = 5;

/** One gap that the exporter itself takes for a stopped program: 5 s. */
const MAX_MISSED_SECONDS = 5;

/** Slope of the least-squares line through the points, in KiB per second. */
export function fitSlope(points: readonly MemoryPoint[]): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanX = mean(points.map(({ atSeconds }) => atSeconds));
  const meanY = mean(points.map(({ residentKib }) => residentKib));
  let covariance = 0;
  let variance = 0;
  for (const { atSeconds, residentKib } of points) {
    covariance += (atSeconds - meanX) * (residentKib - meanY);
    variance += (atSeconds - meanX) ** 2;
  }
  return covariance / variance;
}

/** The points of the second half that are the least of their window. */
export function findFloors(
  points: readonly MemoryPoint[],
): readonly MemoryPoint[] {
  const half = (points.at(-1)?.atSeconds ?? 0) / 2;
  const windowSeconds = Math.min(WINDOW_SECONDS, half / MIN_WINDOWS);
  const secondHalf = points.filter(({ atSeconds }) => atSeconds >= half);
  const windows = Map.groupBy(
    secondHalf,
    ({ atSeconds }) => Math.floor(atSeconds / windowSeconds),
  );
  return Array.from(
    windows.values(),
    (window) =>
      window.reduce((least, point) =>
        point.residentKib < least.residentKib ? point : least
      ),
  );
}

/** Judges what was found. */
export function judge(findings: Findings): readonly Judgement[] {
  const { memory, scrapes, descriptors, missedSeconds, drops } = findings;
  const seconds = memory.at(-1)?.atSeconds ?? 0;
  const slope = fitSlope(findFloors(memory));
  const isLong = seconds / 2 >= MIN_WINDOWS * WINDOW_SECONDS;
  const maxRiseKib = MAX_RISE_KIB[isLong ? "long" : "short"];
  const riseKib = slope * seconds / 2;
  return [
    {
      promise: "resident memory is flat",
      measured: `${count(riseKib)} KiB more in the second half: ` +
        `${count(slope * 3600)} per hour, ` +
        `${count(slope * seconds / scrapes * 1000)} per 1,000 scrapes`,
      wanted: `at most ${count(maxRiseKib)} KiB`,
      isKept: riseKib <= maxRiseKib,
    },
    {
      promise: "no descriptor is left open",
      measured: `${descriptors.before} before the clients, ` +
        `${descriptors.after} after them`,
      wanted: `at most ${MAX_MORE_DESCRIPTORS} more`,
      isKept: descriptors.after <= descriptors.before + MAX_MORE_DESCRIPTORS,
    },
    {
      promise: "no scrape is lost",
      measured: `${findings.lostScrapes} of ${count(scrapes)}, ` +
        `${findings.lateScrapes} came after 10 s`,
      wanted: "0 lost",
      isKept: findings.lostScrapes === 0 && scrapes > 0,
    },
    {
      promise: "no verdict is wrong, no counter falls",
      measured: String(findings.wrongVerdicts),
      wanted: "0",
      isKept: findings.wrongVerdicts === 0,
    },
    {
      promise: "no time is missed between samples",
      measured: `${missedSeconds.toFixed(1)} s of ${count(seconds)} s`,
      wanted: `at most ${MAX_MISSED_SECONDS} s`,
      isKept: missedSeconds <= MAX_MISSED_SECONDS,
    },
    {
      promise: "drops are the kernel's",
      measured: `${count(drops.exporter)}, ` +
        `in the kernel's table ${count(drops.kernel)}`,
      wanted: "the same",
      isKept: drops.exporter === drops.kernel && drops.kernel > 0,
    },
  ];
}

/** A whole number for people. */
export function count(value: number): string {
  // -0 would be printed as such.
  return (Math.round(value) || 0).toLocaleString("en-US");
}
