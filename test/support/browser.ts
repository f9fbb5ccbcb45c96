/**
 * Drives the Chromium of this host.
 *
 * @module
 */

import {
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";

/** A page in a profile of its own, and what went wrong in it. */
export interface Tab {
  readonly page: Page;
  /** Errors and warnings of the console, refused loads among them. */
  readonly complaints: readonly string[];
  /** Where the page asked for something. */
  readonly requests: readonly string[];
}

/** How a tab looks at pages. */
export interface TabOptions {
  readonly width: number;
  readonly height: number;
  readonly colorScheme?: BrowserContextOptions["colorScheme"];
}

/** A running browser. */
export interface Browser extends AsyncDisposable {
  newTab(options: TabOptions): Promise<Tab>;
}

/** Starts the browser without a window. */
export async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox", // it refuses to run as root with one
      "--disable-gpu",
      "--disable-lcd-text",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return {
    async newTab({ width, height, colorScheme = "light" }) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme,
        reducedMotion: "reduce",
      });
      const page = await context.newPage();
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on("console", (message) => {
        complaints.push(`${message.type()}: ${message.text()}`);
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("request", (request) => requests.push(request.url()));
      return { page, complaints, requests };
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
