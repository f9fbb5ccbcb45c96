import { assertEquals, assertRejects } from "@std/assert";
import type { StatusReport } from "../../src/report/status_report.ts";
import { createHandler } from "../../src/web/handler.ts";
import { renderStatusPage } from "../../src/web/status_page.ts";
import { buildReport } from "../support/reports.ts";

/** What Prometheus 2.42 and curl send, and what browsers send. */
const ACCEPT = {
  prometheus:
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
  curl: "*/*",
  browser:
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
};

const METRICS = "# TYPE port_up gauge\n";
const EXPOSITION = { text: METRICS, bytes: METRICS.length };
const REPORT = buildReport();

interface Asked {
  readonly method?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly scrape?: () => Promise<typeof EXPOSITION>;
  readonly report?: () => Promise<StatusReport>;
  readonly reload?: () => readonly string[];
}

/** Asks for a path: status, body and headers of the answer. */
async function ask(
  path: string,
  { method = "GET", accept, headers: sent, scrape, report, reload = () => [] }:
    Asked = {},
) {
  const handler = createHandler({
    scrape: scrape ?? (() => Promise.resolve(EXPOSITION)),
    report: report ?? (() => Promise.resolve(REPORT)),
    reload,
  });
  const response = await handler(
    new Request(`http://localhost:9117${path}`, {
      method,
      headers: { ...sent, ...(accept !== undefined && { accept }) },
    }),
  );
  const { status, headers } = response;
  return {
    status,
    body: await response.text(),
    header: (name: string) => headers.get(name),
  };
}

const TEXT = "text/plain; charset=utf-8";

const pages: readonly (readonly [
  path: string,
  contentType: string,
  body: string,
  accept?: string,
])[] = [
  ["/metrics", "text/plain; version=0.0.4; charset=utf-8", METRICS],
  [
    "/metrics?collect=all",
    "text/plain; version=0.0.4; charset=utf-8",
    METRICS,
    ACCEPT.prometheus,
  ],
  [
    "/",
    "text/html; charset=utf-8",
    await renderStatusPage(REPORT),
    ACCEPT.browser,
  ],
  ["/api/v1/ports", "application/json", `${JSON.stringify(REPORT)}\n`],
  ["/-/healthy", TEXT, "port_exporter is healthy.\n"],
  ["/-/ready", TEXT, "port_exporter is ready.\n"],
];

for (const [path, contentType, body, accept] of pages) {
  const asked = accept === undefined ? {} : { accept };

  Deno.test(`handler answers GET ${path}`, async () => {
    const answer = await ask(path, asked);
    assertEquals(answer.status, 200);
    assertEquals(answer.header("content-type"), contentType);
    assertEquals(answer.header("x-content-type-options"), "nosniff");
    assertEquals(answer.body, body);
  });

  Deno.test(`handler answers HEAD ${path} without a body`, async () => {
    const answer = await ask(path, { ...asked, method: "HEAD" });
    assertEquals(answer.status, 200);
    assertEquals(answer.header("content-type"), contentType);
    assertEquals(
      answer.header("content-length"),
      String(new TextEncoder().encode(body).length),
    );
    assertEquals(answer.body, "");
  });

  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    Deno.test(`handler refuses ${method} ${path}`, async () => {
      const answer = await ask(path, { ...asked, method });
      const [pathname] = path.split("?");
      assertEquals(answer.status, 405);
      assertEquals(answer.header("allow"), "GET, HEAD");
      assertEquals(answer.header("content-type"), TEXT);
      assertEquals(
        answer.body,
        `Cannot ${method} ${pathname}: want GET or HEAD\n`,
      );
    });
  }
}

for (const [name, accept] of Object.entries({ ...ACCEPT, nobody: undefined })) {
  if (name === "browser") continue;
  Deno.test(`handler sends ${name} from / to /metrics`, async () => {
    const answer = await ask("/", accept === undefined ? {} : { accept });
    assertEquals(answer.status, 302);
    assertEquals(answer.header("location"), "/metrics");
    // A cache must not give the redirect to a browser.
    assertEquals(answer.header("vary"), "accept");
    assertEquals(answer.body, "");
  });
}

Deno.test("handler lets the page for browsers load nothing and be framed by nobody", async () => {
  const answer = await ask("/", { accept: ACCEPT.browser });
  const [style = ""] = /(?<=<style>)[^<]*(?=<\/style>)/.exec(answer.body) ?? [];
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(style),
  );
  assertEquals(
    answer.header("content-security-policy")?.split("; "),
    [
      "default-src 'none'",
      `style-src 'sha256-${new Uint8Array(digest).toBase64()}'`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ],
  );
  assertEquals(answer.header("vary"), "accept");
});

for (const path of ["/", "/api/v1/ports"]) {
  Deno.test(`handler lets nobody keep ${path}`, async () => {
    const answer = await ask(path, { accept: ACCEPT.browser });
    assertEquals(answer.header("cache-control"), "no-store");
  });
}

Deno.test("handler scans for the page and for the JSON, not for the redirect", async () => {
  let scans = 0;
  const report = () => {
    scans++;
    return Promise.resolve(REPORT);
  };
  await ask("/", { report });
  assertEquals(scans, 0);
  await ask("/", { report, accept: ACCEPT.browser });
  await ask("/api/v1/ports", { report });
  assertEquals(scans, 2);
});

for (const path of ["/metric", "/metrics/", "/-/", "/favicon.ico", "//"]) {
  Deno.test(`handler does not find ${path}`, async () => {
    const answer = await ask(path);
    assertEquals(answer.status, 404);
    assertEquals(answer.header("content-type"), TEXT);
    const [said, wanted = ""] = answer.body.split(": want ");
    assertEquals(said, `Cannot find ${path}`);
    // The routes that there are, one of them sure.
    assertEquals(wanted.trimEnd().split(", ").includes("/metrics"), true);
  });
}

Deno.test("handler scans once for each scrape and never for another page", async () => {
  let scrapes = 0;
  const scrape = () => {
    scrapes++;
    return Promise.resolve(EXPOSITION);
  };
  await ask("/metrics", { scrape });
  await ask("/metrics", { scrape });
  for (const path of ["/", "/-/healthy", "/nowhere"]) {
    await ask(path, { scrape });
  }
  await ask("/metrics", { scrape, method: "POST" });
  assertEquals(scrapes, 2);
});

for (const method of ["POST", "PUT"]) {
  Deno.test(`handler loads the configuration again at ${method} /-/reload`, async () => {
    const answer = await ask("/-/reload", { method });
    assertEquals(answer.status, 200);
    assertEquals(
      answer.body,
      "port_exporter has loaded its configuration.\n",
    );
  });
}

Deno.test("handler answers /-/reload with every mistake", async () => {
  const answer = await ask("/-/reload", {
    method: "POST",
    reload: () => ["ports.yml: first", "ports.yml: second"],
  });
  assertEquals(answer.status, 500);
  assertEquals(answer.header("content-type"), TEXT);
  assertEquals(answer.body, "ports.yml: first\nports.yml: second\n");
});

Deno.test("handler does not reload for a page in a browser", async () => {
  let reloads = 0;
  const answer = await ask("/-/reload", {
    method: "POST",
    headers: { origin: "https://evil.example" },
    reload: () => {
      reloads++;
      return [];
    },
  });
  assertEquals(answer.status, 403);
  assertEquals(reloads, 0);
});

for (const method of ["GET", "HEAD", "DELETE"]) {
  Deno.test(`handler does not reload at ${method}`, async () => {
    let reloads = 0;
    const answer = await ask("/-/reload", {
      method,
      reload: () => {
        reloads++;
        return [];
      },
    });
    assertEquals(answer.status, 405);
    assertEquals(answer.header("allow"), "POST, PUT");
    assertEquals(reloads, 0);
  });
}

/** What Prometheus says it waits, and how long a scan may take at most. */
for (
  const [header, milliseconds] of [
    ["10", 8000],
    ["1", 500],
    ["0.4", 200],
    ["3600", 30_000],
    ["0", undefined],
    ["-1", undefined],
    ["soon", undefined],
    [undefined, undefined],
  ] as const
) {
  Deno.test(`handler answers before a scrape timeout of ${header ?? "unknown"} s`, async () => {
    let asked: unknown;
    const handler = createHandler({
      scrape(options) {
        asked = options.maxWaitMilliseconds;
        return Promise.resolve(EXPOSITION);
      },
      report: () => Promise.resolve(REPORT),
      reload: () => [],
    });
    await handler(
      new Request("http://localhost:9117/metrics", {
        headers: header === undefined
          ? {}
          : { "x-prometheus-scrape-timeout-seconds": header },
      }),
    );
    assertEquals(asked, milliseconds);
  });
}

Deno.test("handler leaves an error of the scrape to the server", async () => {
  const scrape = () => Promise.reject(new RangeError("no scan"));
  await assertRejects(() => ask("/metrics", { scrape }), RangeError, "no scan");
});

Deno.test("the policy of the page is computed once", async () => {
  const handler = createHandler({
    scrape: () => Promise.resolve(EXPOSITION),
    report: () => Promise.resolve(REPORT),
    reload: () => [],
  });
  const { digest } = crypto.subtle;
  let digests = 0;
  crypto.subtle.digest = (...input) => {
    digests++;
    return digest.apply(crypto.subtle, input);
  };
  try {
    for (let i = 0; i < 3; i++) {
      const headers = { accept: ACCEPT.browser };
      await handler(new Request("http://localhost:9117/", { headers }));
    }
  } finally {
    crypto.subtle.digest = digest;
  }
  assertEquals(digests, 1);
});
