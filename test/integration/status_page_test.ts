/**
 * The status page in a real browser, and the JSON, both of real sockets.
 */

import { Ajv, type SchemaObject } from "ajv";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { openBrowser, type Tab } from "../support/browser.ts";
import { type Holder, startHolder } from "../support/holder.ts";
import {
  eventually,
  type Exporter,
  runProgram,
  startExporter,
  writeConfig,
} from "../support/program.ts";
import { findFreePort, findServicePort } from "../support/sockets.ts";

/** Text that a page must show and not obey. */
const HOSTILE_NAME = '<img src=x onerror="document.title=1">';
const HOSTILE_LABEL = "</td><script>alert(1)</script>\n\u202eevil";
/** 15 bytes, all that the kernel keeps: the last is a right-to-left override. */
const HOSTILE_COMM = "<img src=x>\n\u202e";

interface Scene extends AsyncDisposable {
  readonly exporter: Exporter;
  readonly holder: Holder;
  readonly tab: Tab;
}

/**
 * An exporter with two targets, one of them held by a process with a hostile
 * name, and a browser that shows its page.
 */
async function openScene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const port = await findServicePort();
  const holder = stack.use(await startHolder({ name: HOSTILE_COMM, port }));
  const exporter = stack.use(
    await startExporter({
      config: JSON.stringify({
        ports: [
          { port, name: "held", sockets: 1 },
          {
            port: await findFreePort(),
            protocol: "tcp",
            name: HOSTILE_NAME,
            labels: { site: HOSTILE_LABEL, long: "x".repeat(2000) },
          },
        ],
        listeners: { enabled: true },
      }),
    }),
  );
  const browser = stack.use(await openBrowser());
  const tab = await browser.newTab({ width: 1280, height: 800 });
  // On a busy host the owners may take longer than a page waits for them.
  await eventually(async () => {
    await tab.page.goto(exporter.url);
    assertMatch(await rowOf(tab, "held"), new RegExp(`\\b${holder.pid}\\b`));
  });
  const owned = stack.move();
  return {
    exporter,
    holder,
    tab,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Text of the row of a target, as it is seen. */
function rowOf({ page }: Tab, name: string): Promise<string> {
  return page.locator("table.targets tr", { hasText: name }).innerText();
}

Deno.test("the page shows real sockets, and after a reload what became of them", async () => {
  await using scene = await openScene();
  const { tab, holder } = scene;
  const row = await rowOf(tab, "held");
  assertMatch(row, /\bup\b/);
  assertMatch(row, new RegExp(`\\b${holder.port}/udp held\\b`));
  assertMatch(row, /\b127\.0\.0\.1\b/);
  assertEquals(
    await tab.page.locator("h1").innerText(),
    "1 of 2 ports is down",
  );
  const hostname = (await Deno.readTextFile("/proc/sys/kernel/hostname"))
    .trim();
  assertEquals(await tab.page.title(), `1 of 2 ports is down · ${hostname}`);

  await holder.close();
  await tab.page.reload();
  assertEquals(
    await tab.page.locator("h1").innerText(),
    "2 of 2 ports are down",
  );
  const lost = await rowOf(tab, "held");
  assertMatch(lost, /\bdown\b/);
  assertMatch(lost, /down \d+ s at \d\d:\d\d/);
  assertEquals(tab.complaints, []);
});

Deno.test("the page shows hostile names as text, and asks nobody for anything", async () => {
  await using scene = await openScene();
  const { tab, exporter } = scene;
  const { page } = tab;
  const text = await page.locator("body").innerText();
  assert(text.includes(HOSTILE_NAME), text);
  assert(text.includes("</td><script>alert(1)</script>\\u{a}\\u{202e}evil"));
  assert(text.includes("<img src=x>\\u{a}\\u{202e}"));
  assertEquals(await page.locator("img, script").count(), 0);
  assertEquals(tab.complaints, []);
  assertEquals(
    tab.requests.filter((url) => !url.startsWith(`${exporter.url}/`)),
    [],
  );
  for (const link of ["Metrics", "JSON", "Health", "Readiness"]) {
    const href = await page.getByRole("link", { name: link }).getAttribute(
      "href",
    );
    const response = await fetch(new URL(href ?? "", exporter.url));
    await response.body?.cancel();
    assertEquals(response.status, 200, link);
  }
});

Deno.test("the page is a table for those who cannot see it, on a phone too", async () => {
  await using scene = await openScene();
  const { page } = scene.tab;
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 });
    const row = page.getByRole("row", { name: /held/ });
    assertEquals(await row.getByRole("cell").count(), 8);
    assertEquals(await row.getByRole("rowheader").count(), 1);
    assertEquals(await page.getByRole("banner").count(), 1);
    assertEquals(await page.getByRole("main").count(), 1);
    assertEquals(await page.getByRole("contentinfo").count(), 1);
    assertEquals(await row.getByRole("img", { name: /^up/ }).count(), 1);
  }
});

Deno.test("the page is never wider than its window", async () => {
  await using scene = await openScene();
  const { page } = scene.tab;
  for (const width of [320, 390, 820, 1024, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    assertEquals(
      await page.evaluate("document.documentElement.scrollWidth"),
      width,
    );
  }
});

/**
 * The texts of the page whose contrast is below 4.5 to 1, by the formula of
 * WCAG 2.1 (relative luminance).
 */
const FIND_PALE_TEXTS = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = parse(color).map((value) => value / 255)
      .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return parse(color)[3] === 0 ? background(element.parentElement) : color;
  };
  const texts = [...document.body.querySelectorAll("*")].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "")
    && element.namespaceURI === "http://www.w3.org/1999/xhtml"
  );
  const contrast = (element) => {
    const [a, b] = [getComputedStyle(element).color, background(element)]
      .map(luminance).sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  return { count: texts.length, pale: texts.filter((text) => contrast(text) < 4.5).map((text) => text.outerHTML) };
})()`;

Deno.test("the page is easy to read in the light and in the dark", async () => {
  await using scene = await openScene();
  const { page } = scene.tab;
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const { count, pale } = await page.evaluate(FIND_PALE_TEXTS) as {
      readonly count: number;
      readonly pale: readonly string[];
    };
    assert(count > 50, `only ${count} texts`);
    assertEquals(pale, []);
    const background = await page.evaluate(
      "getComputedStyle(document.body).backgroundColor",
    );
    const [red = NaN] = String(background).match(/\d+/g)?.map(Number) ?? [];
    assertEquals(red > 128, colorScheme === "light");
  }
});

/** A schema that allows no field which it does not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [
    key,
    closed(value),
  ]);
  return {
    ...Object.fromEntries(entries),
    ..."properties" in schema && { additionalProperties: false },
  };
}

async function createValidator(): Promise<(value: unknown) => void> {
  const schema = JSON.parse(await Deno.readTextFile("docs/ports.schema.json"));
  const validate = new Ajv({
    allErrors: true,
    formats: { "date-time": INSTANT },
  })
    .compile(closed(schema) as SchemaObject);
  return (value) => {
    validate(value);
    assertEquals(validate.errors, null);
  };
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

Deno.test("the JSON tells what is there, and fits its schema", async () => {
  await using scene = await openScene();
  const { exporter, holder } = scene;
  const response = await fetch(`${exporter.url}/api/v1/ports`);
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(response.headers.get("cache-control"), "no-store");
  const report = await response.json();
  (await createValidator())(report);
  const [held, free] = report.targets;
  assertEquals(
    [held.port, held.state, held.sockets, held.rebinds, held.receiveDrops],
    [holder.port, "up", 1, 0, 0],
  );
  assertEquals(held.owners.length, 1);
  const [owner] = held.owners;
  assertEquals(
    [owner.address, owner.process, owner.pid],
    ["127.0.0.1", HOSTILE_COMM, holder.pid],
  );
  assertEquals([free.state, free.up, free.owners], ["down", false, []]);
  assertEquals(free.labels.site, HOSTILE_LABEL);
  assertMatch(held.history, /^-+u+$/);
  assertMatch(free.history, /^-+d+$/);
  // The history ends with the minute of the scan.
  assertEquals(
    Date.parse(report.historyStart) + 1439 * 60_000,
    Math.floor(Date.parse(report.time) / 60_000) * 60_000,
  );
});

Deno.test("check prints the same JSON, without what one scan cannot know", async () => {
  await using file = await writeConfig("ports:\n  - port: 1\n    name: a\n");
  const { stdout, code } = await runProgram(
    "check",
    `--config.file=${file.path}`,
    "--format=json",
  );
  assertEquals(code, 1);
  const report = JSON.parse(stdout);
  (await createValidator())(report);
  assertEquals(report.targets, [{
    protocol: "udp",
    port: 1,
    name: "a",
    labels: {},
    severity: "critical",
    expected: { address: "any" },
    up: false,
    state: "down",
    sockets: 0,
    owners: [],
  }]);
});

Deno.test("the page and the JSON tell of a configuration that could not be loaded", async () => {
  await using scene = await openScene();
  const { exporter, tab } = scene;
  await Deno.writeTextFile(exporter.configFile, "ports: []\n");
  const reload = await fetch(`${exporter.url}/-/reload`, { method: "POST" });
  assertEquals(reload.status, 500);
  await reload.body?.cancel();
  await tab.page.reload();
  assertMatch(
    await tab.page.getByRole("list", { name: "Warnings" }).innerText(),
    /^A configuration could not be loaded/m,
  );
  const report = await (await fetch(`${exporter.url}/api/v1/ports`)).json();
  assertEquals(report.exporter.config.lastReloadSuccessful, false);
  // The old one is still in force.
  assertEquals(report.targets.length, 2);
});

Deno.test("without a configuration the page shows what listens", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using exporter = await startExporter({
    config: "listeners: {enabled: true}\n",
  });
  await using browser = await openBrowser();
  const { page, complaints } = await browser.newTab({
    width: 1280,
    height: 800,
  });
  await page.goto(exporter.url);
  assertMatch(await page.locator("h1").innerText(), /^\d+ listeners?$/);
  const row = await page.locator("table.listeners tr", {
    hasText: `${listener.addr.port}/tcp`,
  }).innerText();
  assertMatch(row, /\b127\.0\.0\.1\b/);
  assertEquals(complaints, []);
});
