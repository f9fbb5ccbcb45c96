/**
 * Draws the last 24 hours of a target, and says them in words.
 *
 * @module
 */

import { HISTORY_MINUTES, minuteStates } from "../watch/history.ts";
import { type Markup, markup } from "./markup.ts";
import { formatClock, formatDuration, secondsBetween } from "./page_formats.ts";

/** What is known beside the minutes; times are RFC 3339, in UTC. */
export interface HistoryFrame {
  /** First minute. */
  readonly start: string;
  /** Time of the scan. */
  readonly now: string;
  /** When the target was looked at first. */
  readonly observedSince: string;
  /** Seconds for which it was down. */
  readonly downSeconds: number;
}

/** What a history says in words. */
export interface HistoryWords {
  /** How much of the observed time the target was up, a percentage. */
  readonly share: string;
  /** What else there is to say, most important first; may be empty. */
  readonly remarks: readonly string[];
}

const { up: UP, down: DOWN } = minuteStates;

/** Describes a history: `99.93 %`, `down 1 min at 13:05`. */
export function describeHistory(
  history: string,
  { start, now, observedSince, downSeconds }: HistoryFrame,
): HistoryWords {
  const downMinutes = countOf(history, DOWN);
  const observedMinutes = countOf(history, UP) + downMinutes;
  if (observedMinutes === 0) return { share: "", remarks: ["not observed"] };
  // The first and the last of these minutes are not whole.
  const observedSeconds = Math.max(
    Math.min(observedMinutes * 60, secondsBetween(observedSince, now)),
    downSeconds,
    1,
  );
  // What is shorter than a second was seen nevertheless.
  const down = downMinutes > 0 ? Math.max(downSeconds, 1) : 0;
  // Cut, not rounded: a day with a second of downtime is not 100 %.
  const hundredths = Math.floor(
    Math.max(observedSeconds - down, 0) * 10_000 / observedSeconds,
  );
  const remarks: string[] = [];
  if (downMinutes > 0) {
    const lastRun = history.slice(0, history.lastIndexOf(DOWN) + 1)
      .search(/d+$/);
    const time = new Date(Date.parse(start) + lastRun * 60_000).toISOString();
    const isOneRun = history.indexOf(DOWN) === lastRun;
    remarks.push(
      `down ${formatDuration(down)}${isOneRun ? "" : ", last"} ` +
        `at ${formatClock(time, now)}`,
    );
  }
  const unobserved = HISTORY_MINUTES - observedMinutes;
  if (unobserved > UNOBSERVED_UNSAID) {
    remarks.push(`${formatDuration(observedSeconds)} observed`);
  }
  return {
    share: `${(hundredths / 100).toFixed(hundredths === 10_000 ? 0 : 2)} %`,
    remarks,
  };
}

/** A restart of the exporter is not worth a word. */
const UNOBSERVED_UNSAID = 10;

function countOf(history: string, state: string): number {
  return history.split(state).length - 1;
}

/** Minutes that are drawn as one. */
const BIN_MINUTES = 5;
const BINS = HISTORY_MINUTES / BIN_MINUTES;

/** A minute must be seen: it takes the place of ten. */
const MIN_DOWN_BINS = 2;

/**
 * Draws a history. Up is a band, down a bar of the full height, not observed a
 * line: none is told by its colour alone.
 */
export function renderHistoryStrip(history: string, label: string): Markup {
  const band = drawSpans(findSpans(history, UP), { top: 5, height: 10 });
  const bars = drawSpans(findSpans(history, DOWN), { top: 0, height: 20 });
  return markup`<svg class="strip" role="img" viewBox="0 0 ${BINS} 20" preserveAspectRatio="none"><title>${label}</title><path class="line" d="M0 9.5h${BINS}v1H0z"/><path class="band" d="${band}"/><path class="bar" d="${bars}"/></svg>`;
}

interface Span {
  readonly first: number;
  readonly end: number;
}

/** Runs of bins that hold a minute of this state. */
function findSpans(history: string, state: "u" | "d"): readonly Span[] {
  const minBins = state === DOWN ? MIN_DOWN_BINS : 1;
  const spans: Span[] = [];
  for (const { index, 0: run } of history.matchAll(RUNS[state])) {
    const runEnd = Math.ceil((index + run.length) / BIN_MINUTES);
    const first = Math.max(
      0,
      Math.min(Math.floor(index / BIN_MINUTES), runEnd - minBins),
    );
    const end = Math.max(runEnd, first + minBins);
    const last = spans.at(-1);
    if (last !== undefined && first <= last.end) {
      spans[spans.length - 1] = { first: last.first, end };
    } else spans.push({ first, end });
  }
  return spans;
}

const RUNS = { u: /u+/g, d: /d+/g } as const;

/** Draws spans as boxes, in SVG's path language. */
function drawSpans(
  spans: readonly Span[],
  { top, height }: { readonly top: number; readonly height: number },
): Markup {
  // No text to read, which would be cut.
  return {
    html: spans.map(({ first, end }) =>
      `M${first} ${top}h${end - first}v${height}H${first}z`
    ).join(""),
  };
}
