/** Who holds a port, with real processes that share, pass on and lose sockets. */

import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  buildConfigText,
  runCommand,
  scanOnce,
  startExporter,
} from "../support/program.ts";
import {
  findState,
  parseExposition,
  type Series,
} from "../support/exposition.ts";
import { startHolder } from "../support/holder.ts";
import {
  findFreePort,
  listHolders,
  startProcess,
  startSocat,
  waitForSocat,
} from "../support/sockets.ts";

/** What the exporter knows of the owner of its one target. */
function ownerOf(series: Series) {
  return {
    names: series.labels("port_owner_info").map(({ process }) => process)
      .sort(),
    pid: series.value("port_owner_pid"),
    processes: series.value("port_owner_processes"),
  };
}

/** Whether the owner matches, and what that makes of the state. */
function verdictOf(series: Series) {
  return {
    matches: series.value("port_owner_matches"),
    state: findState(series),
  };
}

function walksOf(series: Series): number | undefined {
  return series.value("port_exporter_owner_walks_total");
}

const GOOD = { matches: 1, state: "up" };
const WRONG = { matches: 0, state: "wrong_owner" };

Deno.test("one process holds the port", async () => {
  const startedAfter = Date.now() / 1000;
  await using holder = await startHolder({ name: "receiver" });
  const startedBefore = Date.now() / 1000;
  const series = await scanOnce(buildConfigText(holder.port, { name: "a" }));
  const { stdout: user } = await runCommand(["id", "-un"]);
  const [{ unit: _unit, container: _container, ...info } = {}, ...others] =
    series.labels("port_owner_info");
  assertEquals(others, []);
  assertEquals(info, {
    protocol: "udp",
    port: String(holder.port),
    name: "a",
    address: "127.0.0.1",
    process: "receiver",
    user: user.trim(),
  });
  assertEquals(ownerOf(series), {
    names: ["receiver"],
    pid: holder.pid,
    processes: 1,
  });
  assertEquals(verdictOf(series), { matches: undefined, state: "up" });
  // The kernel tells the time of boot in whole seconds.
  assertAlmostEquals(
    series.value("port_owner_start_time_seconds") ?? NaN,
    (startedAfter + startedBefore) / 2,
    1.5 + startedBefore - startedAfter,
  );
});

Deno.test("a port that is down has no owner", async () => {
  const series = await scanOnce(
    buildConfigText(await findFreePort(), { process: "receiver" }),
  );
  assertEquals(verdictOf(series), { matches: undefined, state: "down" });
  assertEquals(
    [...series.names].filter((name) => name.startsWith("port_owner_")),
    [],
  );
});

for (
  const { title, entry, verdict } of [
    { title: "the process", entry: { process: "receiver" }, verdict: GOOD },
    {
      title: "one of the processes",
      entry: { process: ["other", "receiver"] },
      verdict: GOOD,
    },
    { title: "another process", entry: { process: "other" }, verdict: WRONG },
    {
      title: "a process that begins alike",
      entry: { process: "receive" },
      verdict: WRONG,
    },
    { title: "the user", entry: { user: "root" }, verdict: GOOD },
    { title: "the uid", entry: { user: 0 }, verdict: GOOD },
    { title: "another user", entry: { user: "nobody" }, verdict: WRONG },
    {
      title: "the process of another user",
      entry: { process: "receiver", user: "nobody" },
      verdict: WRONG,
    },
    { title: "another unit", entry: { unit: "no.service" }, verdict: WRONG },
  ]
) {
  Deno.test(`the expected owner is ${title}`, async () => {
    await using holder = await startHolder({ name: "receiver" });
    assertEquals(
      verdictOf(await scanOnce(buildConfigText(holder.port, entry))),
      verdict,
    );
  });
}

for (
  const { title, name, comm } of [
    {
      title: "is longer than the kernel keeps",
      name: "filebeat-of-the-firewalls",
      comm: "filebeat-of-the",
    },
    {
      title: "is one letter longer than the kernel keeps",
      name: "filebeat-of-them",
      comm: "filebeat-of-the",
    },
    {
      title: "is cut within a letter",
      name: "filebeat-firmaöst",
      // Half a letter is no text.
      comm: "filebeat-firma\ufffd",
    },
    {
      title: "looks like an end of stat",
      name: "a) R 1 (b",
      comm: "a) R 1 (b",
    },
    {
      title: "has blanks, parentheses and a newline",
      name: ' a (b)\n"c\\ )',
      comm: ' a (b)\n"c\\ )',
    },
    { title: "ends in a newline", name: "a\n", comm: "a\n" },
  ]
) {
  Deno.test(`a process name ${title}`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "port_exporter-" });
    try {
      const { stdout } = await runCommand(["sh", "-c", "command -v socat"]);
      // The kernel names a process after the file that was started.
      const program = `${directory}/${name}`;
      await Deno.symlink(stdout.trim(), program);
      const port = await findFreePort();
      const address = `UDP4-RECV:${port}`;
      await using socat = startProcess([program, "-u", address, "-"]);
      await waitForSocat(address, socat.pid);
      const series = await scanOnce(buildConfigText(port, { process: name }));
      assertEquals(ownerOf(series), {
        names: [comm],
        pid: socat.pid,
        processes: 1,
      });
      assertEquals(verdictOf(series), GOOD);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

Deno.test("forked workers share the socket of their parent", async () => {
  await using holder = await startHolder({ name: "parent" });
  const workers = [await holder.fork("worker"), await holder.fork("worker")];
  const config = buildConfigText(holder.port, { process: "parent" });
  const series = await scanOnce(config);
  assertEquals(await listHolders(holder.port), [holder.pid, ...workers]);
  assertEquals(ownerOf(series), {
    names: ["parent", "worker"],
    pid: holder.pid,
    processes: 3,
  });
  assertEquals(series.value("port_sockets"), 1);
  assertEquals(verdictOf(series), GOOD);
});

Deno.test("a child that is forked between two scrapes counts at the next", async () => {
  await using holder = await startHolder();
  await using exporter = await startExporter({
    config: buildConfigText(holder.port),
  });
  const before = await exporter.scrape();
  assertEquals(ownerOf(before).processes, 1);
  await holder.fork();
  await holder.fork();
  const after = await exporter.scrape();
  assertEquals(ownerOf(after), {
    names: ["holder"],
    pid: holder.pid,
    processes: (await listHolders(holder.port)).length,
  });
  assertEquals(ownerOf(after).processes, 3);
  assertEquals(walksOf(after), walksOf(before));
});

Deno.test("the parent dies and the child keeps the socket", async () => {
  await using holder = await startHolder({ name: "parent" });
  await using exporter = await startExporter({
    config: buildConfigText(holder.port),
  });
  const child = await holder.fork("child");
  const before = await exporter.scrape();
  assertEquals(ownerOf(before).processes, 2);
  await holder.stop();
  const after = await exporter.scrape();
  assertEquals(ownerOf(after), { names: ["child"], pid: child, processes: 1 });
  assertEquals(after.value("port_up"), 1);
  // It is the same socket still.
  assertEquals(after.value("port_rebinds_total"), 0);
});

Deno.test("a socket changes hands between two scrapes", async () => {
  await using holder = await startHolder({ name: "first" });
  await using exporter = await startExporter({
    config: buildConfigText(holder.port, { process: "first" }),
  });
  assertEquals(verdictOf(await exporter.scrape()), GOOD);
  const heir = await holder.fork("second");
  await holder.close();
  const after = await exporter.scrape();
  assertEquals(await listHolders(holder.port), [heir]);
  assertEquals(ownerOf(after), { names: ["second"], pid: heir, processes: 1 });
  assertEquals(verdictOf(after), WRONG);
  assertEquals(after.value("port_rebinds_total"), 0);
});

Deno.test("of two programs that share a port one is not the expected one", async () => {
  await using first = await startHolder({ name: "first" });
  await using second = await startHolder({ name: "second", port: first.port });
  const scan = (process: string | readonly string[]) =>
    scanOnce(buildConfigText(first.port, { process }));
  const series = await scan("first");
  assertEquals(series.value("port_sockets"), 2);
  assertEquals(ownerOf(series).names, ["first", "second"]);
  assertEquals(ownerOf(series).processes, 2);
  assertEquals(verdictOf(series), WRONG);
  assertEquals(verdictOf(await scan("second")), WRONG);
  assertEquals(verdictOf(await scan(["first", "second"])), GOOD);
  assertEquals(
    await listHolders(first.port),
    [first.pid, second.pid].sort((a, b) => a - b),
  );
});

Deno.test("a restarted owner has a new pid and is a rebind", async () => {
  await using first = await startHolder();
  const { port } = first;
  await using exporter = await startExporter({ config: buildConfigText(port) });
  const before = await exporter.scrape();
  assertEquals(ownerOf(before).pid, first.pid);
  assertEquals(before.value("port_rebinds_total"), 0);
  await first.stop();
  await using second = await startHolder({ port });
  const after = await exporter.scrape();
  assertEquals(ownerOf(after).pid, second.pid);
  assertEquals(ownerOf(after).processes, 1);
  assertEquals(after.value("port_rebinds_total"), 1);
});

Deno.test("one of two sockets that is replaced is no rebind", async () => {
  await using stays = await startHolder();
  const { port } = stays;
  await using goes = await startHolder({ port });
  await using exporter = await startExporter({ config: buildConfigText(port) });
  await exporter.scrape();
  await goes.close();
  await goes.bind();
  const after = await exporter.scrape();
  assertEquals(after.value("port_sockets"), 2);
  assertEquals(after.value("port_rebinds_total"), 0);
});

Deno.test("200 scrapes of a steady host do no walk", async () => {
  await using holder = await startHolder();
  await using exporter = await startExporter({
    config: buildConfigText(holder.port),
  });
  const first = await exporter.scrape();
  let last = first;
  for (let count = 0; count < 200; count++) last = await exporter.scrape();
  assertEquals(ownerOf(last).pid, holder.pid);
  assertEquals(walksOf(last), walksOf(first));
});

Deno.test("a socket of the kernel is not looked for at every scrape", async () => {
  const port = 4789;
  await using exporter = await startExporter({
    config: buildConfigText(port),
    // The kernel itself receives the datagrams of a VXLAN device. It goes with
    // its network namespace, which goes with the exporter.
    wrapper: [
      ...["unshare", "--net", "sh", "-c"],
      "ip link set lo up && ip link add vxlan0 type vxlan id 1 dstport $0 && " +
      'ip link set vxlan0 up && exec "$@"',
      String(port),
    ],
  });
  const scrape = async () => {
    const { stdout } = await runCommand([
      ...["nsenter", `--net=/proc/${exporter.pid}/ns/net`],
      ...["curl", "-sS", `${exporter.url}/metrics`],
    ]);
    return parseExposition(stdout);
  };
  const first = await scrape();
  let last = first;
  for (let count = 0; count < 20; count++) last = await scrape();
  assertEquals(last.value("port_up"), 1);
  assertEquals(ownerOf(last).names, [undefined]);
  assertEquals(ownerOf(last).pid, undefined);
  assertEquals(walksOf(last), walksOf(first));
});

Deno.test("processes of another pid namespace are unknown, not wrong", async () => {
  await using holder = await startHolder({ name: "receiver" });
  const series = await scanOnce(
    buildConfigText(holder.port, { process: "receiver" }),
    // As in a container that has the network of the host, but not its pids.
    ["unshare", "--pid", "--fork", "--mount-proc"],
  );
  assertEquals(verdictOf(series), { matches: undefined, state: undefined });
  assertEquals(ownerOf(series), {
    names: [undefined],
    pid: undefined,
    processes: undefined,
  });
  assertEquals(
    series.value("port_exporter_scan_success", { source: "owners" }),
    0,
  );
});

Deno.test("the owner of a TCP listener", async () => {
  const port = await findFreePort();
  await using socat = await startSocat(`TCP4-LISTEN:${port}`);
  const series = await scanOnce(
    buildConfigText(port, { protocol: "tcp", process: "socat" }),
  );
  assertEquals(ownerOf(series).pid, socat.pid);
  assertEquals(verdictOf(series), GOOD);
});
