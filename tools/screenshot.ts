/**
 * Takes the picture of the status page for the README: docs/status_page.png.
 *
 * The page is rendered by the exporter's own code, from a report that is made
 * by hand in test/support/reports.ts: a day with such a night is hard to come
 * by, and nobody's host shall be shown.
 *
 *   tools/toolchain.sh debian chromium pngquant
 *   deno run --allow-all tools/screenshot.ts
 *
 * @module
 */

import { buildPagePolicy, renderStatusPage } from "../src/web/status_page.ts";
import { openBrowser } from "../test/support/browser.ts";
import { badNight } from "../test/support/reports.ts";

const page = await renderStatusPage(badNight);
const policy = await buildPagePolicy();
const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: () => {} },
  () =>
    new Response(page, {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
      },
    }),
);
await using browser = await openBrowser();
const tab = await browser.newTab({ width: 1280, height: 900 });
await tab.page.goto(`http://127.0.0.1:${server.addr.port}/`);
const path = "docs/status_page.png";
await tab.page.screenshot({ path, fullPage: true });
await server.shutdown();
// A palette takes a third of the space.
const { success } = await new Deno.Command("pngquant", {
  args: ["--force", "--strip", "--output", path, "128", path],
}).output();
if (!success) throw new Error(`Cannot make ${path} smaller: pngquant failed`);
