/** What the exporter sees between two scrapes, and what it reports of listeners. */

import { assert, assertEquals } from "@std/assert";
import {
  buildConfigText,
  eventually,
  type Exporter,
  fail,
  scanOnce,
  startExporter,
  wait,
} from "../support/program.ts";
import type { Series } from "../support/exposition.ts";
import { type Holder, startHolder } from "../support/holder.ts";
import {
  findFreePort,
  findServicePort,
  startSocat,
} from "../support/sockets.ts";

const OFTEN = ["--scan.interval=100ms"];

/**
 * Waits until the exporter has sampled the ports, without a scrape, which would
 * look at them itself: what it has read grows with each sample. The first one
 * may have been under way before, and be seen in two steps.
 */
async function waitForSamples({ pid }: Exporter): Promise<void> {
  for (let count = 0; count < 3; count++) {
    const before = await readBytesRead(pid);
    await eventually(async () => {
      // More than an event loop reads to be woken up.
      if (await readBytesRead(pid) < before + 100) fail("there is no sample");
    });
  }
}

/** `rchar` of proc_pid_io(5). */
async function readBytesRead(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/io`);
  return Number(/^rchar: (\d+)$/m.exec(text)?.[1]);
}

/** What the exporter counted of a target. */
function recordOf(series: Series, port?: number) {
  const labels = port === undefined ? {} : { port: String(port) };
  const value = (name: string) => series.value(name, labels) ?? NaN;
  return {
    observed: value("port_observed_seconds_total"),
    down: value("port_down_seconds_total"),
    rebinds: value("port_rebinds_total"),
    lastChange: value("port_last_change_timestamp_seconds"),
  };
}

function scansOf(series: Series): number {
  return series.value("port_exporter_scan_duration_seconds_count") ?? NaN;
}

/** The time in seconds, on the clock that measures and the one on the wall. */
function now(): { readonly monotonic: number; readonly unix: number } {
  return { monotonic: performance.now() / 1000, unix: Date.now() / 1000 };
}

function assertWithin(value: number, least: number, most: number): void {
  assert(least <= value && value <= most, `${value}, not ${least}-${most}`);
}

/** Scrapes, and tells when the scrape began and ended. */
async function timedScrape(exporter: Exporter) {
  const { monotonic: start } = now();
  const series = await exporter.scrape();
  return { series, start, end: now().monotonic };
}

async function restart(holder: Holder): Promise<void> {
  await holder.close();
  await holder.bind();
}

Deno.test("every restart between two scrapes is counted", async () => {
  await using holder = await startHolder();
  await using exporter = await startExporter({
    config: buildConfigText(holder.port),
    args: OFTEN,
  });
  assertEquals(recordOf(await exporter.scrape()).rebinds, 0);
  for (let count = 0; count < 2; count++) {
    await restart(holder);
    await waitForSamples(exporter);
  }
  // Two scrapes alone would have seen one.
  assertEquals(recordOf(await exporter.scrape()).rebinds, 2);
});

Deno.test("an outage between two scrapes is counted", async () => {
  await using holder = await startHolder();
  await using exporter = await startExporter({
    config: buildConfigText(holder.port),
    args: OFTEN,
  });
  const before = recordOf(await exporter.scrape());
  assertEquals(before.down, 0);
  assertEquals(before.lastChange, NaN);

  const closing = now();
  await holder.close();
  await waitForSamples(exporter);
  const seenDown = now();
  await wait(500);
  const binding = now();
  await holder.bind();
  await waitForSamples(exporter);
  const seenUp = now();

  const after = recordOf(await exporter.scrape());
  assertWithin(
    after.down,
    binding.monotonic - seenDown.monotonic,
    seenUp.monotonic - closing.monotonic,
  );
  assertWithin(after.lastChange, binding.unix, seenUp.unix);
  assertEquals(after.rebinds, 1);

  await waitForSamples(exporter);
  const later = recordOf(await exporter.scrape());
  assert(later.observed > after.observed);
  assertEquals(later.down, after.down);
  assertEquals(later.lastChange, after.lastChange);
});

for (
  const { title, args } of [
    { title: "with samples", args: OFTEN },
    { title: "without samples", args: ["--scan.interval=0"] },
  ]
) {
  Deno.test(`${title} seconds pass, and down ones while down only`, async () => {
    await using up = await startHolder();
    await using gone = await startHolder();
    await gone.close();
    await using exporter = await startExporter({
      config: buildConfigText([up.port, gone.port]),
      args,
    });
    const first = await timedScrape(exporter);
    await wait(500);
    const second = await timedScrape(exporter);
    for (
      const { port, isDown } of [
        { port: up.port, isDown: false },
        { port: gone.port, isDown: true },
      ]
    ) {
      const before = recordOf(first.series, port);
      const after = recordOf(second.series, port);
      assertWithin(
        after.observed - before.observed,
        second.start - first.end,
        second.end - first.start,
      );
      assertEquals(after.down, isDown ? after.observed : 0);
      assertEquals(after.lastChange, NaN, "it did not change");
    }
  });
}

Deno.test("while the exporter is stopped nothing is observed", async () => {
  await using up = await startHolder();
  await using gone = await startHolder();
  await gone.close();
  await using exporter = await startExporter({
    config: buildConfigText([up.port, gone.port]),
    args: OFTEN,
  });
  const first = await timedScrape(exporter);
  Deno.kill(exporter.pid, "SIGSTOP");
  const { monotonic: stoppedAt } = now();
  await wait(6_500);
  const stoppedSeconds = now().monotonic - stoppedAt;
  Deno.kill(exporter.pid, "SIGCONT");
  await waitForSamples(exporter);
  const second = await timedScrape(exporter);
  const awakeSeconds = second.end - first.start - stoppedSeconds;
  const grown = (port: number, name: "observed" | "down") =>
    recordOf(second.series, port)[name] - recordOf(first.series, port)[name];
  for (const port of [up.port, gone.port]) {
    assertWithin(grown(port, "observed"), 0.01, awakeSeconds);
  }
  assertEquals(grown(up.port, "down"), 0);
  assertEquals(grown(gone.port, "down"), grown(gone.port, "observed"));
});

Deno.test("a restart while the exporter is stopped is counted", async () => {
  await using holder = await startHolder();
  await using exporter = await startExporter({
    config: buildConfigText(holder.port),
    args: OFTEN,
  });
  await exporter.scrape();
  Deno.kill(exporter.pid, "SIGSTOP");
  await restart(holder);
  Deno.kill(exporter.pid, "SIGCONT");
  assertEquals(recordOf(await exporter.scrape()).rebinds, 1);
});

Deno.test("--scan.interval looks at the ports between scrapes", async () => {
  await using exporter = await startExporter({
    config: buildConfigText(await findFreePort()),
    args: OFTEN,
  });
  const before = scansOf(await exporter.scrape());
  await waitForSamples(exporter);
  const between = scansOf(await exporter.scrape()) - before - 1;
  assert(between >= 2, `it looked ${between} times`);
});

Deno.test("--scan.interval=0 never looks at the ports between scrapes", async () => {
  await using exporter = await startExporter({
    config: buildConfigText(await findFreePort()),
    args: ["--scan.interval=0"],
  });
  for (const scans of [1, 2, 3]) {
    assertEquals(scansOf(await exporter.scrape()), scans);
    // Longer than the default interval in all.
    await wait(400);
  }
});

/** Listeners by name of their process. */
function listenersOf(series: Series): ReadonlyMap<string, unknown> {
  return new Map(
    series.labels("port_listener_info")
      .map(({ process = "", protocol, address, port, user }) => [
        process,
        { protocol, address, port, user },
      ]),
  );
}

/** A configuration that reports listeners but for these. */
function listenersConfig(ignore: readonly unknown[], port?: number): string {
  return JSON.stringify({
    ...(port !== undefined && { ports: [{ port }] }),
    listeners: { enabled: true, ignore },
  });
}

Deno.test("the exporter's own socket is no listener to report", async () => {
  await using exporter = await startExporter({ config: listenersConfig([]) });
  const { port } = new URL(exporter.url);
  await using other = await startHolder({
    name: "it-other",
    port: await findServicePort(),
  });
  const ports = (await exporter.scrape()).labels("port_listener_info")
    .map((labels) => labels["port"]);
  assert(ports.includes(String(other.port)));
  assertEquals(ports.includes(port), false);
});

Deno.test("listeners are reported with process and user but for those ignored", async () => {
  await using ofRoot = await startHolder({
    name: "it-root",
    port: await findServicePort(),
  });
  await using ofDaemon = await startHolder({
    name: "it-daemon",
    port: await findServicePort(),
    wrapper: ["setpriv", "--reuid=1", "--regid=1", "--clear-groups"],
  });
  const describe = ({ port }: Holder, user: string) => ({
    protocol: "udp",
    address: "127.0.0.1",
    port: String(port),
    user,
  });
  const all = {
    "it-root": describe(ofRoot, "root"),
    "it-daemon": describe(ofDaemon, "daemon"),
  };
  const scan = async (ignore: readonly unknown[], port?: number) => {
    const series = await scanOnce(listenersConfig(ignore, port));
    const listeners = listenersOf(series);
    // Other listeners of the host may have owners that cannot be seen: where a
    // rule asks for them, there is no count.
    const count = series.value("port_unexpected_listeners");
    if (count !== undefined) {
      assertEquals(count, series.labels("port_listener_info").length);
    }
    return Object.fromEntries(
      Object.keys(all).filter((name) => listeners.has(name))
        .map((name) => [name, listeners.get(name)]),
    );
  };
  const { "it-root": onlyRoot, "it-daemon": onlyDaemon } = all;
  assertEquals(await scan([]), all);
  assertEquals(await scan([{ process: "it-daemon" }]), { "it-root": onlyRoot });
  assertEquals(await scan([{ user: "daemon" }]), { "it-root": onlyRoot });
  assertEquals(await scan([{ user: 1 }]), { "it-root": onlyRoot });
  assertEquals(await scan([{ port: ofRoot.port }]), {
    "it-daemon": onlyDaemon,
  });
  // All of a rule has to match.
  assertEquals(await scan([{ process: "it-root", user: "daemon" }]), all);
  assertEquals(await scan([{ process: "it-root", protocol: "tcp" }]), all);
  // What is configured is no listener beside it.
  assertEquals(await scan([], ofRoot.port), { "it-daemon": onlyDaemon });
});

Deno.test("a UDP socket in the ephemeral range is no listener, a TCP one is", async () => {
  await using holder = await startHolder({ name: "it-client" });
  await using _ = await startSocat(`TCP4-LISTEN:${holder.port}`);
  const series = await scanOnce(listenersConfig([]));
  const listeners = listenersOf(series);
  assertEquals(listeners.has("it-client"), false);
  assertEquals(listeners.get("socat"), {
    protocol: "tcp",
    address: "0.0.0.0",
    port: String(holder.port),
    user: "root",
  });
});
