/**
 * Answers HTTP requests.
 *
 * @module
 */

import type { ScanOptions } from "../watch/scanner.ts";
import { buildBody, type MeasuredText, measureText } from "./measured_text.ts";
import { CONTENT_TYPE } from "../metrics/exposition.ts";
import type { StatusReport } from "../report/status_report.ts";
import { createBreather } from "../watch/breathe.ts";
import { buildPagePolicy, renderStatusPage } from "./status_page.ts";

/** What the pages show. */
export interface HandlerOptions {
  /** Scans and renders the exposition. */
  readonly scrape: (options: ScanOptions) => Promise<MeasuredText>;
  /** Scans and tells all that is known. */
  readonly report: (options: ScanOptions) => Promise<StatusReport>;
  /** Loads the configuration again; all mistakes of one that cannot be used. */
  readonly reload: () => readonly string[];
}

/** Answers a request. */
export type Handler = (request: Request) => Promise<Response>;

interface Route {
  readonly methods: readonly string[];
  readonly answer: (request: Request) => Response | Promise<Response>;
}

const READING = ["GET", "HEAD"];

/** Creates the handler of all routes. */
export function createHandler(
  { scrape, report, reload }: HandlerOptions,
): Handler {
  const get = (answer: Route["answer"]): Route => ({
    methods: READING,
    answer,
  });
  const routes: ReadonlyMap<string, Route> = new Map([
    [
      "/metrics",
      get(async (request) => {
        const text = await scrape(buildScanOptions(request));
        return answer(text, CONTENT_TYPE, {}, {
          isCompressed: takesGzip(request),
        });
      }),
    ],
    [
      "/",
      get(async (request) =>
        isBrowser(request)
          ? await answerPage(request)
          : answer("", "text/plain", {
            location: "/metrics",
            vary: "accept",
          }, { status: 302 })
      ),
    ],
    [
      "/api/v1/ports",
      get(async (request) => {
        const status = await report(buildScanOptions(request));
        return answer(
          `${JSON.stringify(status)}\n`,
          "application/json",
          NO_STORE,
          { isCompressed: takesGzip(request) },
        );
      }),
    ],
    ["/-/healthy", get(() => answerText("port_exporter is healthy.\n"))],
    ["/-/ready", get(() => answerText("port_exporter is ready.\n"))],
    // The methods of Prometheus' own /-/reload.
    ["/-/reload", { methods: ["POST", "PUT"], answer: answerReload }],
  ]);

  let policy: Promise<string> | undefined;

  async function answerPage(request: Request): Promise<Response> {
    const page = await renderStatusPage(
      await report(buildScanOptions(request)),
      { breathe: createBreather() },
    );
    return answer(page, "text/html; charset=utf-8", {
      ...NO_STORE,
      "content-security-policy": await (policy ??= buildPagePolicy()),
      "vary": "accept",
    }, { isCompressed: takesGzip(request) });
  }

  function answerReload(request: Request): Response {
    // A page that a browser shows must not do it behind the user's back.
    if (request.headers.has("origin")) {
      return answerText("Cannot reload for a web page: want no Origin\n", 403);
    }
    const errors = reload();
    return errors.length === 0
      ? answerText("port_exporter has loaded its configuration.\n")
      : answerText(`${errors.join("\n")}\n`, 500);
  }

  return async (request) => {
    const url = URL.parse(request.url);
    if (url === null) return answerText("Cannot use the header Host\n", 400);
    const { pathname } = url;
    const route = routes.get(pathname);
    if (route === undefined) {
      return answerText(
        `Cannot find ${pathname}: want ${[...routes.keys()].join(", ")}\n`,
        404,
      );
    }
    const { methods } = route;
    if (!methods.includes(request.method)) {
      return answer(
        `Cannot ${request.method} ${pathname}: want ${methods.join(" or ")}\n`,
        TEXT,
        { allow: methods.join(", ") },
        { status: 405 },
      );
    }
    const response = await route.answer(request);
    return request.method === "HEAD" ? new Response(null, response) : response;
  };
}

/**
 * Prometheus tells how long it waits; the answer shall be there before, with
 * the owners that were found by then. What is left is for making the answer,
 * which on a host that has no CPU to spare takes seconds.
 */
function buildScanOptions(request: Request): ScanOptions {
  const header = request.headers.get("x-prometheus-scrape-timeout-seconds");
  const seconds = Number(header ?? NaN);
  if (!(seconds > 0)) return {};
  const left = Math.min(Math.max(0.5, seconds / 5), seconds / 2);
  const wait = Math.min(seconds - left, MAX_WAIT_SECONDS);
  return { maxWaitMilliseconds: wait * 1000 };
}

/** Prometheus' own default is 10 s. */
const MAX_WAIT_SECONDS = 30;

const TEXT = "text/plain; charset=utf-8";

/** What is told is true at one moment only. */
const NO_STORE = { "cache-control": "no-store" };

function answerText(body: string, status = 200): Response {
  return answer(body, TEXT, {}, { status });
}

function answer(
  body: string | MeasuredText,
  contentType: string,
  headers: Readonly<Record<string, string>> = {},
  { status = 200, isCompressed = false } = {},
): Response {
  const text = typeof body === "string" ? measureText(body) : body;
  return new Response(buildBody(text, { isCompressed }), {
    status,
    headers: {
      "content-type": contentType,
      // For HEAD, and for the server, which bounds what waits to be read.
      "content-length": String(text.bytes),
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}

/** Whether the server compresses the answer; it knows gzip and Brotli. */
function takesGzip(request: Request): boolean {
  return /\b(?:gzip|br)\b/.test(request.headers.get("accept-encoding") ?? "");
}

/** A browser says that it takes HTML; Prometheus and curl do not. */
function isBrowser(request: Request): boolean {
  return request.headers.get("accept")?.includes("text/html") ?? false;
}
