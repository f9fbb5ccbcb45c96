/**
 * Structured logs in logfmt or JSON, one line an event.
 *
 * @module
 */

/** Levels, from the most to the least talkative. */
export const logLevels = ["debug", "info", "warn", "error"] as const;

/** Level of a log line. */
export type LogLevel = typeof logLevels[number];

/** Formats of log lines. */
export const logFormats = ["logfmt", "json"] as const;

/** Format of log lines. */
export type LogFormat = typeof logFormats[number];

/** Values beside the message. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** Writes log lines; a method a level. */
export type Logger = Readonly<
  Record<LogLevel, (message: string, fields?: LogFields) => void>
>;

/** What a logger needs. */
export interface LoggerOptions {
  /** Lines below this level are left out. */
  readonly level: LogLevel;
  /** Format of the lines. */
  readonly format: LogFormat;
  /** Takes a finished line with its newline. */
  readonly write: (line: string) => void;
  /** Tells the time. */
  readonly now: () => Date;
}

/** Creates a logger. */
export function createLogger(options: LoggerOptions): Logger {
  const { level, format, write, now } = options;
  const render = format === "json" ? JSON.stringify : renderLogfmt;
  const logAt = (lineLevel: LogLevel) => {
    if (logLevels.indexOf(lineLevel) < logLevels.indexOf(level)) {
      return () => {};
    }
    return (msg: string, fields: LogFields = {}) => {
      const line = {
        ts: now().toISOString(),
        level: lineLevel,
        msg,
        ...fields,
      };
      write(`${render(line)}\n`);
    };
  };
  return {
    debug: logAt("debug"),
    info: logAt("info"),
    warn: logAt("warn"),
    error: logAt("error"),
  };
}

/** `key=value`, quoted when a reader could take the value for more than one. */
function renderLogfmt(fields: LogFields): string {
  return Object.entries(fields).map(([key, value]) => {
    const text = String(value);
    return `${key}=${
      /^[\w.:\/+@%,-]+$/.test(text) ? text : JSON.stringify(text)
    }`;
  }).join(" ");
}

/**
 * Writes to stderr. A full disk or a closed pipe behind it must not end the
 * program: what cannot be written is lost.
 */
export function writeToStderr(line: string): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(line));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}
