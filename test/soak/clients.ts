/**
 * Clients of the exporter: those that scrape, those that look, and those that
 * nobody wishes for.
 *
 * @module
 */

import { findWrong, parseScrape, type Scrape, type Truth } from "./verdicts.ts";

/** As a Prometheus with its default timeout says. */
const TIMEOUT_SECONDS = 10;

/**
 * When a request counts as lost. On a machine that has no CPU to spare an
 * answer may be late; that is counted, and no broken promise.
 */
const PATIENCE_MILLISECONDS = 120_000;

/** One client that scrapes in a rhythm of its own. */
export interface Rhythm {
  readonly everyMilliseconds: number;
  /** Scrapes at the same moment. */
  readonly atOnce: number;
  /** The header Accept-Encoding. */
  readonly encoding: "gzip" | "identity";
  /** Whether each scrape makes a connection of its own. */
  readonly reconnects: boolean;
}

/** A scrape and the time it fell into, on a monotonic clock in seconds. */
export interface TimedScrape {
  readonly scrape: Scrape;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** What all clients saw. */
export interface Sightings {
  /** Scrapes that were answered. */
  scrapes: number;
  /** Those of them that Prometheus would not have waited for. */
  late: number;
  /** Why scrapes were not answered as they should have been. */
  readonly lost: string[];
  /** What was wrong in scrapes. */
  readonly wrong: string[];
  /** Requests of other pages that were answered as they should have been. */
  pages: number;
  /** Requests that were broken on purpose. */
  broken: number;
  first?: TimedScrape;
  last?: TimedScrape;
}

/** What a client needs. */
export interface ClientOptions {
  /** `http://127.0.0.1:12345` */
  readonly url: string;
  readonly sightings: Sightings;
  /** Ends the client. */
  readonly signal: AbortSignal;
}

/** Scrapes in a rhythm and looks at every answer. */
export async function scrapeOnAndOn(
  { everyMilliseconds, atOnce, encoding, reconnects }: Rhythm,
  { url, sightings, signal, truth }: ClientOptions & { readonly truth: Truth },
): Promise<void> {
  using client = Deno.createHttpClient(
    reconnects ? { poolMaxIdlePerHost: 0 } : {},
  );
  let before: Scrape | undefined;

  async function scrape(): Promise<Scrape | undefined> {
    const startSeconds = performance.now() / 1000;
    try {
      const response = await fetch(`${url}/metrics`, {
        client,
        headers: {
          "accept-encoding": encoding,
          "x-prometheus-scrape-timeout-seconds": String(TIMEOUT_SECONDS),
        },
        signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
      });
      const text = await response.text();
      if (response.status !== 200) {
        throw new Error(`${response.status} ${text}`);
      }
      const scrape = parseScrape(text);
      const endSeconds = performance.now() / 1000;
      sightings.scrapes++;
      if (endSeconds - startSeconds > TIMEOUT_SECONDS) sightings.late++;
      sightings.wrong.push(
        ...findWrong(scrape, { truth, ...(before && { before }) }),
      );
      sightings.last = { scrape, startSeconds, endSeconds };
      sightings.first ??= sightings.last;
      return scrape;
    } catch (error) {
      sightings.lost.push(String(error));
      return undefined;
    }
  }

  while (!signal.aborted) {
    const [scraped] = await Promise.all(Array.from({ length: atOnce }, scrape));
    before = scraped ?? before;
    await pause(everyMilliseconds, signal);
  }
}

/** A page, and the status it is answered with. */
export interface Page {
  readonly path: string;
  readonly status: number;
}

/** Looks at pages in turn, as a browser does. */
export async function browse(
  pages: readonly Page[],
  { url, sightings, signal }: ClientOptions,
): Promise<void> {
  using client = Deno.createHttpClient({});
  while (!signal.aborted) {
    for (const { path, status } of pages) {
      try {
        const response = await fetch(`${url}${path}`, {
          client,
          headers: { accept: "text/html,application/xhtml+xml" },
          redirect: "manual",
          signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
        });
        await response.body?.cancel();
        if (response.status === status) sightings.pages++;
        else {
          sightings.wrong.push(
            `${path} is answered with ${response.status}, want ${status}`,
          );
        }
      } catch (error) {
        sightings.lost.push(`${path}: ${error}`);
      }
    }
    await pause(500, signal);
  }
}

/** What broken clients say before they fall silent and leave. */
const BROKEN_REQUESTS: readonly string[] = [
  "",
  "GET /metrics HTTP/1.1\r\nHos",
  "GET /metrics HTTP/1.1\r\nHost: [\r\n\r\n",
  // An answer that nobody reads.
  "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n",
  "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nab",
  // TLS to a port that speaks none.
  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
];

/** Connects, says half of something, waits and leaves, on and on. */
export async function annoy(
  { url, sightings, signal }: ClientOptions,
): Promise<void> {
  const { hostname, port } = new URL(url);
  for (let turn = 0; !signal.aborted; turn++) {
    const request = BROKEN_REQUESTS[turn % BROKEN_REQUESTS.length] ?? "";
    try {
      using connection = await Deno.connect({ hostname, port: Number(port) });
      await connection.write(new TextEncoder().encode(request));
      sightings.broken++;
      await pause(Math.random() * 3_000, signal);
    } catch {
      // The exporter may hang up first.
    }
  }
}

/** Waits so long, or until the signal. */
export function pause(
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    signal.addEventListener("abort", finish);
  });
}
