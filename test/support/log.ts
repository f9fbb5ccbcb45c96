/**
 * A log that remembers what it was told.
 *
 * @module
 */

import type { LogFields, Logger, LogLevel } from "../../src/log.ts";

/** What was told. */
export interface LogLine extends LogFields {
  readonly level: LogLevel;
  readonly message: string;
}

/** Creates a log and the list of its lines. */
export function createMemoryLog(): {
  readonly log: Logger;
  readonly lines: LogLine[];
} {
  const lines: LogLine[] = [];
  const logAt = (level: LogLevel) => (message: string, fields?: LogFields) => {
    lines.push({ level, message, ...fields });
  };
  return {
    lines,
    log: {
      debug: logAt("debug"),
      info: logAt("info"),
      warn: logAt("warn"),
      error: logAt("error"),
    },
  };
}
