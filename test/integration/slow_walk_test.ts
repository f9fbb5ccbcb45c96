/** What happens while the owners of sockets are looked for among many files. */

import { assert, assertEquals } from "@std/assert";
import {
  buildConfigText,
  eventually,
  type Exporter,
  startExporter,
} from "../support/program.ts";
import { startCrowd } from "../support/crowd.ts";
import { parseExposition, type Series } from "../support/exposition.ts";
import { type Holder, startHolder } from "../support/holder.ts";

/** A walk over so many takes longer than the shortest wait, 10 ms, anywhere. */
const FILES = 30_000;

interface Scene extends AsyncDisposable {
  readonly holder: Holder;
  readonly exporter: Exporter;
}

/**
 * A host with a crowd that is looked at before the holder, and an exporter that
 * has not looked for it yet.
 */
async function openScene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const holder = stack.use(await startHolder());
  stack.use(await startCrowd(FILES));
  const exporter = stack.use(
    await startExporter({
      config: buildConfigText(holder.port, { name: "old" }),
      args: ["--scan.interval=0"],
    }),
  );
  const moved = stack.move();
  return {
    holder,
    exporter,
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

/** Scrapes as Prometheus does that waits so long for the answer. */
async function scrapeWithin(
  { url }: Exporter,
  seconds: number,
): Promise<Series> {
  const response = await fetch(`${url}/metrics`, {
    headers: { "x-prometheus-scrape-timeout-seconds": String(seconds) },
  });
  return parseExposition(await response.text());
}

/** Waits until the walk of a scrape has begun, and is not over. */
async function waitForWalk({ pid }: Exporter): Promise<void> {
  const systemCalls = async () => {
    const text = await Deno.readTextFile(`/proc/${pid}/io`);
    return Number(/^syscr: (\d+)$/m.exec(text)?.[1]);
  };
  const before = await systemCalls();
  // The tables and counters are a dozen reads, the walk reads every process.
  await eventually(async () => assert(await systemCalls() > before + 40));
}

Deno.test("a scrape is answered in time without the owners, and a later one with them", async () => {
  await using scene = await openScene();
  const { exporter, holder } = scene;
  const inTime = await scrapeWithin(exporter, 0.02);
  assertEquals(inTime.value("port_up"), 1);
  assertEquals(inTime.value("port_owner_pid"), undefined);
  assertEquals(inTime.value("port_owner_processes"), undefined);
  // The walk goes on: the next scrapes have what it found.
  await eventually(async () =>
    assertEquals(
      (await scrapeWithin(exporter, 0.02)).value("port_owner_pid"),
      holder.pid,
    )
  );
  const after = await exporter.scrape();
  assertEquals(after.value("port_exporter_owner_walks_total"), 1);
});

Deno.test("SIGTERM in the middle of a walk ends with 0", async () => {
  await using scene = await openScene();
  const { exporter, holder } = scene;
  const scraping = exporter.scrape();
  await waitForWalk(exporter);
  const { code } = await exporter.stop();
  assertEquals(code, 0);
  assertEquals((await scraping).value("port_owner_pid"), holder.pid);
});

Deno.test("SIGTERM while nobody waits for the walk under way ends with 0", async () => {
  await using scene = await openScene();
  const { exporter } = scene;
  await scrapeWithin(exporter, 0.02);
  const { code } = await exporter.stop();
  assertEquals(code, 0);
});

Deno.test("SIGHUP in the middle of a walk changes the next scrape, not the one under way", async () => {
  await using scene = await openScene();
  const { exporter, holder } = scene;
  const scraping = exporter.scrape();
  await waitForWalk(exporter);
  await Deno.writeTextFile(
    exporter.configFile,
    buildConfigText(holder.port, { name: "new" }),
  );
  Deno.kill(exporter.pid, "SIGHUP");
  const before = await scraping;
  assertEquals(before.labels("port_up").map(({ name }) => name), ["old"]);
  assertEquals(before.value("port_owner_pid"), holder.pid);
  await eventually(async () => {
    const after = await exporter.scrape();
    assertEquals(after.labels("port_up").map(({ name }) => name), ["new"]);
    assertEquals(after.value("port_owner_pid"), holder.pid);
  });
});
