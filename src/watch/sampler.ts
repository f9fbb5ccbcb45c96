/**
 * Looks at the ports between scrapes, so that what falls between two of them is
 * seen, and at a bounded cost.
 *
 * @module
 */

/** A running sampler. */
export interface Sampler {
  /** Stops after the sample that is under way. */
  stop(): void;
  /** Seconds from the last sample to the next one. */
  readonly intervalSeconds: number;
}

/** What a sampler needs. */
export interface SamplerOptions {
  /** Takes one sample. */
  readonly sample: () => Promise<void>;
  /** Shortest time between two samples. */
  readonly intervalSeconds: number;
  /** Is told of a sample that failed, which none should. */
  readonly onError: (error: unknown) => void;
  /** A monotonic clock in milliseconds; `performance.now` when not given. */
  readonly now?: () => number;
}

/** Part of one core that sampling may take. */
const MAX_CORE_SHARE = 0.01;

/**
 * Longest time that an interval stretches to: the cost is measured by the
 * clock, and a host that stood still for minutes must not be blind for hours.
 */
const MAX_STRETCHED_SECONDS = 60;

/**
 * Starts to sample. When a sample costs more than 1 % of the interval, the
 * interval stretches.
 */
export function startSampler(
  { sample, intervalSeconds, onError, now = () => performance.now() }:
    SamplerOptions,
): Sampler {
  let current = intervalSeconds;
  let timer: number | undefined;
  let isStopped = false;

  async function run(): Promise<void> {
    const start = now();
    try {
      await sample();
    } catch (error) {
      onError(error);
    }
    const costSeconds = (now() - start) / 1000;
    current = Math.max(
      intervalSeconds,
      Math.min(costSeconds / MAX_CORE_SHARE, MAX_STRETCHED_SECONDS),
    );
    if (!isStopped) timer = setTimeout(run, current * 1000);
  }

  timer = setTimeout(run, intervalSeconds * 1000);
  return {
    get intervalSeconds() {
      return current;
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
