/**
 * Answers HTTP requests.
 *
 * @module
 */

import type { ScanOptions } from "../watch/scanner.ts";
import { CONTENT_TYPE } from "../metrics/exposition.ts";

/** What the pages show. */
export interface HandlerOptions {
  /** Scans and renders the exposition. */
  readonly scrape: (options: ScanOptions) => Promise<string>;
  /** Renders the page for browsers. */
  readonly renderHomePage: () => string;
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
  { scrape, renderHomePage, reload }: HandlerOptions,
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
        return answer(text, CONTENT_TYPE);
      }),
    ],
    [
      "/",
      get((request) =>
        isBrowser(request)
          ? answer(renderHomePage(), "text/html; charset=utf-8", {
            "content-security-policy":
              "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            "vary": "accept",
          })
          : answer("", "text/plain", {
            location: "/metrics",
            vary: "accept",
          }, 302)
      ),
    ],
    ["/-/healthy", get(() => answerText("port_exporter is healthy.\n"))],
    ["/-/ready", get(() => answerText("port_exporter is ready.\n"))],
    // The methods of Prometheus' own /-/reload.
    ["/-/reload", { methods: ["POST", "PUT"], answer: () => answerReload() }],
  ]);

  function answerReload(): Response {
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
        405,
      );
    }
    const response = await route.answer(request);
    return request.method === "HEAD" ? new Response(null, response) : response;
  };
}

/**
 * Prometheus tells how long it waits; the answer shall be there before, with
 * the owners that were found by then.
 */
function buildScanOptions(request: Request): ScanOptions {
  const header = request.headers.get("x-prometheus-scrape-timeout-seconds");
  const seconds = Number(header ?? NaN);
  if (!(seconds > 0)) return {};
  const wait = Math.max(seconds - 0.5, seconds / 2);
  return { maxWaitMilliseconds: Math.min(wait, MAX_WAIT_SECONDS) * 1000 };
}

/** Prometheus' own default is 10 s. */
const MAX_WAIT_SECONDS = 30;

const TEXT = "text/plain; charset=utf-8";

function answerText(body: string, status = 200): Response {
  return answer(body, TEXT, {}, status);
}

function answer(
  body: string,
  contentType: string,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): Response {
  return new Response(body, {
    status,
    headers: {
      "content-type": contentType,
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}

/** A browser says that it takes HTML; Prometheus and curl do not. */
function isBrowser(request: Request): boolean {
  return request.headers.get("accept")?.includes("text/html") ?? false;
}
