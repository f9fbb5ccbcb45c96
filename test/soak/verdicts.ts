/**
 * What must hold in every scrape: the verdict on ports whose truth is known,
 * and counters that never fall.
 *
 * @module
 */

/** A parsed exposition: values by series, as the text names them. */
export interface Scrape {
  readonly values: ReadonlyMap<string, number>;
  /** Names of the metrics that only rise. */
  readonly counters: ReadonlySet<string>;
}

/**
 * Parses an exposition.
 *
 * @throws {SyntaxError} when it is cut off or repeats a series
 */
export function parseScrape(text: string): Scrape {
  if (!text.endsWith("\n")) throw new SyntaxError("the exposition is cut off");
  const values = new Map<string, number>();
  const counters = new Set<string>();
  for (const line of text.split("\n")) {
    if (line.startsWith("# TYPE ")) {
      const [, , name = "", type] = line.split(" ");
      if (type === "counter") counters.add(name);
      if (type === "histogram" || type === "summary") {
        for (const part of ["bucket", "count", "sum"]) {
          counters.add(`${name}_${part}`);
        }
      }
    }
    if (line === "" || line.startsWith("#")) continue;
    const end = line.lastIndexOf(" ");
    const series = line.slice(0, end);
    if (values.has(series)) throw new SyntaxError(`${series} stands twice`);
    values.set(series, Number(line.slice(end + 1)));
  }
  return { values, counters };
}

/** What is known beforehand. */
export interface Truth {
  /** The value that each of these series has in every scrape. */
  readonly values: ReadonlyMap<string, number>;
  /** Series whose counters may begin again: of targets that come and go. */
  readonly mayRestart: RegExp;
}

/**
 * Compares a scrape with the truth and with the scrape before it.
 *
 * @returns A sentence for each thing that is wrong
 */
export function findWrong(
  { values, counters }: Scrape,
  { truth, before }: { readonly truth: Truth; readonly before?: Scrape },
): readonly string[] {
  const wrong: string[] = [];
  for (const [series, wanted] of truth.values) {
    const value = values.get(series);
    if (value !== wanted) {
      wrong.push(`${series} is ${value ?? "absent"}, want ${wanted}`);
    }
  }
  for (const [series, last] of before?.values ?? []) {
    const value = values.get(series);
    if (
      value !== undefined && value < last &&
      counters.has(series.replace(/\{.*/, "")) &&
      !truth.mayRestart.test(series)
    ) wrong.push(`${series} fell from ${last} to ${value}`);
  }
  return wrong;
}
