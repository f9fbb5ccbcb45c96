/**
 * Reads the Prometheus text format, written from its description and not from
 * the exporter
 * (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
 *
 * @module
 */

/** The series of one exposition. */
export interface Series {
  /**
   * The value of the one series of this name whose labels include `labels`;
   * undefined when there is none.
   *
   * @throws {Error} when there are several
   */
  value(name: string, labels?: Readonly<Record<string, string>>):
    | number
    | undefined;
  /** The labels of every series of this name. */
  labels(name: string): readonly Readonly<Record<string, string>>[];
  /** Names of all series. */
  readonly names: ReadonlySet<string>;
}

interface Line {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Parses an exposition; a series that stands twice is an error. */
export function parseExposition(text: string): Series {
  const lines = text.split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(parseLine);
  const identities = lines.map(({ name, labels }) =>
    JSON.stringify([name, Object.entries(labels).sort()])
  );
  if (new Set(identities).size !== identities.length) {
    throw new Error("the exposition repeats a series");
  }
  return {
    names: new Set(lines.map(({ name }) => name)),
    labels: (name) =>
      lines.filter((line) => line.name === name).map(({ labels }) => labels),
    value(name, wanted = {}) {
      const found = lines.filter((line) =>
        line.name === name &&
        Object.entries(wanted).every(([key, value]) =>
          line.labels[key] === value
        )
      );
      if (found.length > 1) throw new Error(`${name} has several series`);
      return found[0]?.value;
    },
  };
}

/** The one state of the one target; undefined when it is unknown. */
export function findState(series: Series): string | undefined {
  const states = series.labels("port_state")
    .map(({ state = "" }) => state)
    .filter((state) => series.value("port_state", { state }) === 1);
  if (states.length > 1) throw new Error(`several states: ${states}`);
  return states[0];
}

function parseLine(line: string): Line {
  const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s.exec(line);
  if (match === null) throw new Error(`no line of an exposition: ${line}`);
  const [, name = "", inner = "", value = ""] = match;
  const labels: Record<string, string> = {};
  const rest = inner.replace(
    /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)",?/gs,
    (_, key: string, raw: string) => {
      labels[key] = raw.replace(
        /\\(.)/g,
        (_, escaped: string) => escaped === "n" ? "\n" : escaped,
      );
      return "";
    },
  );
  if (rest !== "") throw new Error(`no labels: ${inner}`);
  return { name, labels, value: value === "+Inf" ? Infinity : Number(value) };
}
