/**
 * Says what matters most in a status report: counts, one sentence, and which
 * targets need attention.
 *
 * @module
 */

import type { StatusReport, TargetReport } from "../report/status_report.ts";
import { secondsBetween } from "./page_formats.ts";

/** How many targets are in which condition. */
export interface StatusCounts {
  /** As configured. */
  readonly up: number;
  /** Nobody listens there. */
  readonly down: number;
  /** Bound, but with a wrong address, owner or number of sockets. */
  readonly wrong: number;
  /** Cannot be told. */
  readonly unknown: number;
  /** Lost data lately, whatever their state. */
  readonly losing: number;
}

/** How long after a drop a target counts as losing data. */
export const LOSING_SECONDS = 300;

/** Counts the targets of a report. */
export function countTargets({ targets, time }: StatusReport): StatusCounts {
  const counts = { up: 0, down: 0, wrong: 0, unknown: 0, losing: 0 };
  for (const target of targets) {
    counts[groupOf(target)]++;
    if (isLosing(target, time)) counts.losing++;
  }
  return counts;
}

function groupOf(
  { state }: TargetReport,
): Exclude<keyof StatusCounts, "losing"> {
  switch (state) {
    case "up":
    case "down":
    case "unknown":
      return state;
    case "wrong_address":
    case "wrong_owner":
    case "wrong_count":
      return "wrong";
    default:
      return state satisfies never;
  }
}

/** Whether datagrams were dropped lately. */
export function isLosing(
  { lastReceiveDrop }: TargetReport,
  now: string,
): boolean {
  return lastReceiveDrop !== undefined &&
    secondsBetween(lastReceiveDrop, now) < LOSING_SECONDS;
}

/** Says the worst in one sentence. */
export function describeStatus(
  report: StatusReport,
  counts: StatusCounts,
): string {
  const total = report.targets.length;
  if (total === 0) {
    const { listeners } = report;
    return listeners === undefined
      ? "No ports are configured"
      : `${listeners.length} ${
        listeners.length === 1 ? "listener" : "listeners"
      }`;
  }
  const ports = total === 1 ? "port" : "ports";
  const are = (count: number) => count === 1 ? "is" : "are";
  const { up, down, wrong, unknown, losing } = counts;
  if (down > 0) return `${down} of ${total} ${ports} ${are(down)} down`;
  if (wrong > 0) {
    return `${wrong} of ${total} ${ports} ${are(wrong)} not as configured`;
  }
  if (losing > 0) {
    return `${losing} of ${total} ${ports} ${are(losing)} losing data`;
  }
  if (unknown > 0) {
    return `${unknown} of ${total} ${ports} cannot be told`;
  }
  return total === 1 ? "The port is up" : `All ${up} ports are up`;
}

/** The targets, those that need attention first and the worst of them ahead. */
export interface SortedTargets {
  /** Targets that are not up, or that lose data. */
  readonly problems: readonly TargetReport[];
  /** The others, in the order of the configuration. */
  readonly others: readonly TargetReport[];
}

const STATES_BY_URGENCY: readonly TargetReport["state"][] = [
  "down",
  "wrong_address",
  "wrong_owner",
  "wrong_count",
  "up", // losing data
  "unknown",
];

const SEVERITIES_BY_URGENCY: readonly TargetReport["severity"][] = [
  "critical",
  "warning",
  "info",
];

/** Sorts the targets of a report. */
export function sortTargets({ targets, time }: StatusReport): SortedTargets {
  const isProblem = (target: TargetReport) =>
    target.state !== "up" || isLosing(target, time);
  const urgency = ({ state, severity }: TargetReport) =>
    STATES_BY_URGENCY.indexOf(state) * SEVERITIES_BY_URGENCY.length +
    SEVERITIES_BY_URGENCY.indexOf(severity);
  return {
    problems: targets.filter(isProblem)
      .sort((a, b) => urgency(a) - urgency(b)),
    others: targets.filter((target) => !isProblem(target)),
  };
}
