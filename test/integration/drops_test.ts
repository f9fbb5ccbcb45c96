/** Datagrams that the kernel drops, against the kernel's own counts. */

import {
  assert,
  assertEquals,
  assertGreater,
  assertRejects,
} from "@std/assert";
import {
  buildConfigText,
  eventually,
  fail,
  scanOnce,
  startExporter,
} from "../support/program.ts";
import { findState, type Series } from "../support/exposition.ts";
import {
  findFreePort,
  type Process,
  sendDatagrams,
  startSocat,
} from "../support/sockets.ts";

/** Enough for a receive buffer of a few kilobytes to overflow. */
const FLOOD = { count: 100, bytes: 500 };

/** Starts a program that never reads from its small buffer. */
async function startDeafReceiver(port: number): Promise<Process> {
  const socat = await startSocat(`UDP4-RECV:${port},reuseport,rcvbuf=4096`);
  Deno.kill(socat.pid, "SIGSTOP");
  return socat;
}

/** Drops of each socket of a port, as the kernel prints them. */
async function readDrops(port: number): Promise<readonly number[]> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const text = await Deno.readTextFile("/proc/net/udp");
  return text.split("\n").map((line) => line.trim().split(/\s+/))
    .filter(([, local]) => local?.endsWith(suffix))
    .map((columns) => Number(columns.at(-1)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function dropsOf(series: Series): number | undefined {
  return series.value("port_receive_drops_total");
}

Deno.test("drops are the kernel's", async () => {
  const port = await findFreePort();
  await using _ = await startDeafReceiver(port);
  await using exporter = await startExporter({ config: buildConfigText(port) });
  assertEquals(dropsOf(await exporter.scrape()), 0);
  await sendDatagrams(port, FLOOD);
  const drops = await readDrops(port);
  assertEquals(drops.length, 1);
  assertGreater(sum(drops), 0, "the flood was too small");
  assertEquals(dropsOf(await exporter.scrape()), sum(drops));
});

Deno.test("drops of a socket that was there before count from its opening", async () => {
  const port = await findFreePort();
  await using _ = await startDeafReceiver(port);
  await sendDatagrams(port, FLOOD);
  const series = await scanOnce(buildConfigText(port));
  assertEquals(dropsOf(series), sum(await readDrops(port)));
});

Deno.test("drops do not fall when the socket is replaced", async () => {
  const port = await findFreePort();
  await using first = await startDeafReceiver(port);
  await using exporter = await startExporter({ config: buildConfigText(port) });
  await sendDatagrams(port, FLOOD);
  const before = sum(await readDrops(port));
  assertEquals(dropsOf(await exporter.scrape()), before);

  await first.stop();
  const down = await exporter.scrape();
  assertEquals(findState(down), "down");
  assertEquals(dropsOf(down), before);

  await using _second = await startDeafReceiver(port);
  assertEquals(await readDrops(port), [0]);
  assertEquals(dropsOf(await exporter.scrape()), before);

  await sendDatagrams(port, FLOOD);
  const after = sum(await readDrops(port));
  assertGreater(after, 0);
  assertEquals(dropsOf(await exporter.scrape()), before + after);
});

Deno.test("drops do not fall when one of two sockets closes", async () => {
  const port = await findFreePort();
  await using _stays = await startDeafReceiver(port);
  await using goes = await startDeafReceiver(port);
  await using exporter = await startExporter({ config: buildConfigText(port) });
  await exporter.scrape();
  // The kernel chooses the socket by the port of the sender, new each time.
  for (let round = 0; round < 50; round++) {
    await sendDatagrams(port, FLOOD);
    if ((await readDrops(port)).every((drops) => drops > 0)) break;
  }
  const drops = await readDrops(port);
  assertEquals(drops.length, 2);
  assert(drops.every((count) => count > 0), `one socket got all: ${drops}`);
  assertEquals(dropsOf(await exporter.scrape()), sum(drops));

  await goes.stop();
  const [left = 0] = await readDrops(port);
  assert(left < sum(drops));
  assertEquals(dropsOf(await exporter.scrape()), sum(drops));
});

Deno.test("a port that was never up has no count of drops", async () => {
  const series = await scanOnce(buildConfigText(await findFreePort()));
  assertEquals(series.value("port_up"), 0);
  assertEquals(dropsOf(series), undefined);
});

Deno.test("a TCP port has no count of drops", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const series = await scanOnce(
    buildConfigText(listener.addr.port, { protocol: "tcp" }),
  );
  assertEquals(series.value("port_up"), 1);
  assertEquals(dropsOf(series), undefined);
});

/** The counters of the host as the kernel prints them. */
async function readHostCounters(): Promise<Readonly<Record<string, number>>> {
  const [snmp, netstat, snmp6] = await Promise.all(
    ["snmp", "netstat", "snmp6"].map((file) =>
      Deno.readTextFile(`/proc/net/${file}`)
    ),
  );
  /** A line of names is followed by a line of values. */
  const column = (text: string | undefined, group: string, name: string) => {
    const [names, values] = (text ?? "").split("\n")
      .filter((line) => line.startsWith(`${group}: `))
      .map((line) => line.split(" "));
    return Number(values?.[names?.indexOf(name) ?? NaN] ?? fail(name));
  };
  const version6 = (name: string) =>
    Number(
      new RegExp(`^${name}\\s+(\\d+)`, "m").exec(snmp6 ?? "")?.[1] ??
        fail(name),
    );
  return {
    port_host_udp_no_port_datagrams_total: column(snmp, "Udp", "NoPorts") +
      version6("Udp6NoPorts"),
    port_host_udp_receive_buffer_errors_total:
      column(snmp, "Udp", "RcvbufErrors") + version6("Udp6RcvbufErrors"),
    port_host_tcp_listen_overflows_total: column(
      netstat,
      "TcpExt",
      "ListenOverflows",
    ),
    port_host_tcp_listen_drops_total: column(netstat, "TcpExt", "ListenDrops"),
  };
}

/** Scrapes between two readings of the kernel's counters, and compares. */
async function compareHostCounters(
  scrape: () => Promise<Series>,
): Promise<Series> {
  const before = await readHostCounters();
  const series = await scrape();
  const after = await readHostCounters();
  for (const [name, least] of Object.entries(before)) {
    const value = series.value(name) ?? fail(`there is no ${name}`);
    const most = after[name] ?? 0;
    assert(least <= value && value <= most, `${name} ${value}, not ${least}`);
  }
  return series;
}

Deno.test("the host counts datagrams to a closed port", async () => {
  const port = await findFreePort();
  await using exporter = await startExporter({ config: buildConfigText(port) });
  const noPortOf = (series: Series) =>
    series.value("port_host_udp_no_port_datagrams_total") ?? NaN;
  const before = await compareHostCounters(exporter.scrape);
  await sendDatagrams(port, { count: 250 });
  const after = await compareHostCounters(exporter.scrape);
  // Others may send to closed ports too.
  const rise = noPortOf(after) - noPortOf(before);
  assert(rise >= 250, `it rose by ${rise}`);
});

Deno.test("the host counts datagrams that found a full buffer", async () => {
  const port = await findFreePort();
  await using _ = await startDeafReceiver(port);
  await using exporter = await startExporter({ config: buildConfigText(port) });
  const errorsOf = (series: Series) =>
    series.value("port_host_udp_receive_buffer_errors_total") ?? NaN;
  const before = await compareHostCounters(exporter.scrape);
  await sendDatagrams(port, FLOOD);
  const after = await compareHostCounters(exporter.scrape);
  assert(
    errorsOf(after) - errorsOf(before) >= sum(await readDrops(port)),
    "the host counts less than the socket",
  );
});

Deno.test("the host counts connections that found a full accept queue", async () => {
  const port = await findFreePort();
  await using socat = await startSocat(
    `TCP4-LISTEN:${port},fork,backlog=1,bind=127.0.0.1`,
  );
  // Nobody accepts.
  Deno.kill(socat.pid, "SIGSTOP");
  await using exporter = await startExporter({
    config: buildConfigText(port, { protocol: "tcp" }),
  });
  const lossesOf = (series: Series) =>
    ["overflows", "drops"].map((what) =>
      series.value(`port_host_tcp_listen_${what}_total`) ?? NaN
    );
  const before = await compareHostCounters(exporter.scrape);
  const abort = new AbortController();
  const connect = () =>
    Deno.connect({ hostname: "127.0.0.1", port, signal: abort.signal });
  // The queue takes one more than the backlog.
  using _first = await connect();
  using _second = await connect();
  const third = connect();
  await eventually(async () => {
    const after = await compareHostCounters(exporter.scrape);
    assertEquals(after.value("port_accept_queue_connections"), 2);
    const [overflows = NaN, drops = NaN] = lossesOf(after);
    const [overflowsBefore = NaN, dropsBefore = NaN] = lossesOf(before);
    assertGreater(overflows, overflowsBefore);
    assertGreater(drops, dropsBefore);
  });
  abort.abort();
  await assertRejects(() => third);
});
