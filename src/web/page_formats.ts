/**
 * Writes times and amounts for people. Times are UTC: a page does not know the
 * zone of its reader, and those of a fleet shall be comparable.
 *
 * @module
 */

import { type Markup, markup } from "./markup.ts";

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/**
 * Writes a length of time in its two largest units, `3 h 12 min`, and from ten
 * days on in days.
 *
 * @param seconds 0 or more
 */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joinUnits([hours, "h"], [minutes % 60, "min"]);
  const days = Math.floor(hours / 24);
  return days < 10 ? joinUnits([days, "d"], [hours % 24, "h"]) : `${days} d`;
}

function joinUnits(...units: readonly (readonly [number, string])[]): string {
  return units.filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`).join(" ");
}

/**
 * Writes a time as `13:05`, with its date when that is not the one of `now`.
 *
 * @param time RFC 3339, in UTC
 */
export function formatClock(time: string, now: string): string {
  const clock = time.slice(11, 16);
  const [date, today] = [time.slice(0, 10), now.slice(0, 10)];
  if (date === today) return clock;
  const [year, month, day] = date.split("-").map(Number);
  const monthName = MONTHS[(month ?? 1) - 1];
  return today.startsWith(String(year))
    ? `${day} ${monthName} ${clock}`
    : `${day} ${monthName} ${year} ${clock}`;
}

/** Writes a time in full: `2026-11-21 13:05:09 UTC`. */
export function formatInstant(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
}

/** A time that programs can read too. */
export function renderClock(time: string, now: string): Markup {
  return markup`<time datetime="${time}" title="${formatInstant(time)}">${
    formatClock(time, now)
  }</time>`;
}

/** Seconds from one time to another, never negative. */
export function secondsBetween(time: string, now: string): number {
  return Math.max(0, (Date.parse(now) - Date.parse(time)) / 1000);
}

/** Writes an amount of memory: `212 KiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kibibytes = bytes / 1024;
  return kibibytes < 1024
    ? `${Math.round(kibibytes)} KiB`
    : `${(kibibytes / 1024).toFixed(1)} MiB`;
}

/** Writes a count with its thousands apart: `12,345`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
