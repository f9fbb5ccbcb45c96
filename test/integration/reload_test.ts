/** The configuration is loaded again while the exporter runs. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  buildConfigText,
  eventually,
  type Exporter,
  runCommand,
  startExporter,
  writeConfig,
} from "../support/program.ts";
import { startHolder } from "../support/holder.ts";
import { bindUdp, findFreePort, startSocat } from "../support/sockets.ts";

const SUCCESSFUL = "port_exporter_config_last_reload_successful";
const SUCCESS_TIME =
  "port_exporter_config_last_reload_success_timestamp_seconds";

/** Asks for a reload as an operator does: status and text of the answer. */
async function reload({ url }: Exporter) {
  const response = await fetch(`${url}/-/reload`, { method: "POST" });
  return { status: response.status, text: await response.text() };
}

const LOADED = {
  status: 200,
  text: "port_exporter has loaded its configuration.\n",
};

Deno.test("POST /-/reload takes the new configuration", async () => {
  await using socket = await bindUdp();
  const other = await findFreePort();
  await using exporter = await startExporter({
    config: buildConfigText(other, { name: "old" }),
  });
  assertEquals((await exporter.scrape()).value("port_up", { name: "old" }), 0);
  const loadedAt = (await exporter.scrape()).value(SUCCESS_TIME) ?? NaN;

  await Deno.writeTextFile(
    exporter.configFile,
    buildConfigText(socket.port, { name: "new", labels: { site: "fra1" } }),
  );
  assertEquals(await reload(exporter), LOADED);

  const series = await exporter.scrape();
  assertEquals(series.value("port_up", { name: "new", site: "fra1" }), 1);
  assertEquals(series.value("port_up", { name: "old" }), undefined);
  assertEquals(series.value("port_exporter_configured_ports"), 1);
  assertEquals(series.value(SUCCESSFUL), 1);
  assert((series.value(SUCCESS_TIME) ?? NaN) > loadedAt);
});

Deno.test("SIGHUP takes the new configuration", async () => {
  await using socket = await bindUdp();
  await using exporter = await startExporter({
    config: buildConfigText(await findFreePort()),
  });
  await Deno.writeTextFile(
    exporter.configFile,
    buildConfigText(socket.port, { name: "new" }),
  );
  Deno.kill(exporter.pid, "SIGHUP");
  await eventually(async () =>
    assertEquals((await exporter.scrape()).value("port_up", { name: "new" }), 1)
  );
  assertMatch(exporter.log(), /msg="configuration loaded" file=\S+ targets=1/);
});

Deno.test("a bad configuration keeps the old one and tells every mistake", async () => {
  await using socket = await bindUdp();
  await using exporter = await startExporter({
    config: buildConfigText(socket.port, { name: "old" }),
  });
  const loadedAt = (await exporter.scrape()).value(SUCCESS_TIME);
  await Deno.writeTextFile(
    exporter.configFile,
    "ports: [{port: 70000}, {prot: 1}]\n",
  );

  const { status, text } = await reload(exporter);
  assertEquals(status, 500);
  const mistakes = text.trimEnd().split("\n");
  assertEquals(mistakes.length, 3);
  assertMatch(text, /: Cannot use ports\[0\]\.port: 70000, want 1-65535/);
  assertMatch(text, /ports\[1\]\.prot/);
  for (const mistake of mistakes) {
    assert(exporter.log().includes(JSON.stringify(mistake)), exporter.log());
  }

  const series = await exporter.scrape();
  assertEquals(series.value("port_up", { name: "old" }), 1);
  assertEquals(series.value(SUCCESSFUL), 0);
  assertEquals(series.value(SUCCESS_TIME), loadedAt);

  await Deno.writeTextFile(
    exporter.configFile,
    buildConfigText(socket.port, { name: "mended" }),
  );
  assertEquals(await reload(exporter), LOADED);
  const mended = await exporter.scrape();
  assertEquals(mended.value("port_up", { name: "mended" }), 1);
  assertEquals(mended.value(SUCCESSFUL), 1);
});

Deno.test("a target that stays keeps its counters, its owner and its past", async () => {
  await using holder = await startHolder();
  const { port } = holder;
  const text = (severity: string, more = "") =>
    `ports: [{port: ${port}, name: stays, severity: ${severity}}${more}]`;
  await using exporter = await startExporter({
    config: text("critical"),
    args: ["--scan.interval=100ms"],
  });
  await exporter.scrape();
  await holder.close();
  await eventually(async () =>
    assertEquals((await exporter.scrape()).value("port_up"), 0)
  );
  await holder.bind();
  const before = await eventually(async () => {
    const series = await exporter.scrape();
    assertEquals(series.value("port_rebinds_total"), 1);
    assertEquals(series.value("port_owner_pid"), holder.pid);
    assert((series.value("port_down_seconds_total") ?? 0) > 0);
    return series;
  });

  const added = await findFreePort();
  await Deno.writeTextFile(
    exporter.configFile,
    text("warning", `, {port: ${added}, name: added}`),
  );
  assertEquals(await reload(exporter), LOADED);

  const after = await exporter.scrape();
  const stays = { name: "stays" };
  assertEquals(after.value("port_rebinds_total", stays), 1);
  assertEquals(after.value("port_owner_pid", stays), holder.pid);
  assertEquals(
    after.value("port_down_seconds_total", stays),
    before.value("port_down_seconds_total"),
  );
  assertEquals(
    after.value("port_last_change_timestamp_seconds", stays),
    before.value("port_last_change_timestamp_seconds"),
  );
  assert(
    (after.value("port_observed_seconds_total", stays) ?? 0) >=
      (before.value("port_observed_seconds_total") ?? NaN),
  );
  // Nothing was looked for again: the socket is the one that was known.
  assertEquals(
    after.value("port_exporter_owner_walks_total"),
    before.value("port_exporter_owner_walks_total"),
  );
  assertEquals(after.value("port_rebinds_total", { name: "added" }), 0);
});

Deno.test("a target that leaves and comes back begins anew", async () => {
  await using holder = await startHolder();
  const text = buildConfigText(holder.port, { name: "goes" });
  await using exporter = await startExporter({
    config: text,
    args: ["--scan.interval=100ms"],
  });
  await exporter.scrape();
  await holder.close();
  await holder.bind();
  await eventually(async () =>
    assertEquals((await exporter.scrape()).value("port_rebinds_total"), 1)
  );
  for (const config of [buildConfigText(await findFreePort()), text]) {
    await Deno.writeTextFile(exporter.configFile, config);
    assertEquals(await reload(exporter), LOADED);
    await exporter.scrape();
  }
  assertEquals((await exporter.scrape()).value("port_rebinds_total"), 0);
});

Deno.test("a reload changes what is read: protocols and listeners", async () => {
  const port = await findFreePort();
  await using _socat = await startSocat(`TCP-LISTEN:${port}`);
  await using exporter = await startExporter({
    config: buildConfigText(port, { protocol: "udp" }),
  });
  const tcp = { source: "tcp" };
  const before = await exporter.scrape();
  assertEquals(before.value("port_exporter_scan_success", tcp), undefined);

  await Deno.writeTextFile(
    exporter.configFile,
    JSON.stringify({
      ports: [{ port, protocol: "tcp" }],
      listeners: { enabled: true },
    }),
  );
  assertEquals(await reload(exporter), LOADED);
  const listening = await exporter.scrape();
  assertEquals(listening.value("port_up", { protocol: "tcp" }), 1);
  assertEquals(listening.value("port_exporter_scan_success", tcp), 1);
  assert(listening.value("port_unexpected_listeners") !== undefined);

  await Deno.writeTextFile(
    exporter.configFile,
    buildConfigText(port, { protocol: "udp" }),
  );
  assertEquals(await reload(exporter), LOADED);
  const after = await exporter.scrape();
  assertEquals(after.value("port_exporter_scan_success", tcp), undefined);
  assertEquals(after.value("port_unexpected_listeners"), undefined);
});

Deno.test("a mistake in the web configuration keeps that of the ports too", async () => {
  await using socket = await bindUdp();
  await using web = await writeConfig("");
  await using exporter = await startExporter({
    config: buildConfigText(socket.port, { name: "old" }),
    args: [`--web.config.file=${web.path}`],
  });
  await Deno.writeTextFile(
    exporter.configFile,
    buildConfigText(socket.port, { name: "new" }),
  );
  await Deno.writeTextFile(web.path, "basic_auth_users: {a: no-hash}\n");
  const { status, text } = await reload(exporter);
  assertEquals(status, 500);
  assertMatch(text, /basic_auth_users\.a/);
  const series = await exporter.scrape();
  assertEquals(series.value("port_up", { name: "old" }), 1);
  assertEquals(series.value(SUCCESSFUL), 0);

  await Deno.writeTextFile(
    web.path,
    "http_server_config: {headers: {X-Frame-Options: deny}}\n",
  );
  assertEquals(await reload(exporter), LOADED);
  const response = await fetch(`${exporter.url}/metrics`);
  assertEquals(response.headers.get("x-frame-options"), "deny");
  assertMatch(await response.text(), /^port_up\{.*name="new".*\} 1$/m);
});

Deno.test("a web configuration that changes by itself is told by the metric too", async () => {
  await using web = await writeConfig("");
  await using exporter = await startExporter({
    config: buildConfigText(await findFreePort()),
    args: [`--web.config.file=${web.path}`],
  });
  const successful = async () => (await exporter.scrape()).value(SUCCESSFUL);
  assertEquals(await successful(), 1);
  await Deno.writeTextFile(web.path, "tls_server_config: [\n");
  await eventually(async () => assertEquals(await successful(), 0));
  await Deno.writeTextFile(web.path, "");
  await eventually(async () => assertEquals(await successful(), 1));
});

for (
  const [what, replace] of [
    ["that is gone", () => {}],
    ["that is a directory", (path: string) => Deno.mkdir(path)],
    [
      "that is a pipe",
      (path: string) => runCommand(["mkfifo", path]),
    ],
    ["that is a loop of links", (path: string) => Deno.symlink(path, path)],
    ["that never ends", (path: string) => Deno.symlink("/dev/zero", path)],
    [
      "that is a folder with a pipe",
      async (path: string) => {
        await Deno.mkdir(path);
        await runCommand(["mkfifo", `${path}/a.yml`]);
      },
    ],
    ["that is empty", (path: string) => Deno.writeTextFile(path, "")],
    [
      "that is cut off",
      (path: string) => Deno.writeTextFile(path, "ports: [{port: 69"),
    ],
  ] as const
) {
  Deno.test(`a reload of a configuration ${what} keeps the old one`, async () => {
    await using socket = await bindUdp();
    await using exporter = await startExporter({
      config: buildConfigText(socket.port),
    });
    await Deno.remove(exporter.configFile);
    await replace(exporter.configFile);
    const { status, text } = await reload(exporter);
    assertEquals(status, 500);
    assert(text.startsWith(exporter.configFile), text);
    const series = await exporter.scrape();
    assertEquals(series.value("port_up"), 1);
    assertEquals(series.value(SUCCESSFUL), 0);
  });
}

Deno.test("a reload of a configuration that may not be read keeps the old one", async () => {
  await using socket = await bindUdp();
  await using exporter = await startExporter({
    config: buildConfigText(socket.port),
    wrapper: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
  });
  await Deno.chmod(exporter.configFile, 0o000);
  assertEquals(await reload(exporter), {
    status: 500,
    text: `${exporter.configFile}: Cannot read the file: permission denied\n`,
  });
  assertEquals((await exporter.scrape()).value("port_up"), 1);
  await Deno.chmod(exporter.configFile, 0o644);
  assertEquals(await reload(exporter), LOADED);
});

Deno.test("a configuration that changes while it is read is one of them or none", async () => {
  await using socket = await bindUdp();
  // Within a page, which the kernel writes and reads as a whole.
  const targets = (count: number) =>
    buildConfigText([
      socket.port,
      ...Array.from({ length: count }, (_, index) => index + 1),
    ]);
  await using exporter = await startExporter({ config: targets(10) });
  const sizes = [11, 201];
  let isWriting = true;
  const writing = (async () => {
    for (let round = 0; isWriting; round++) {
      // Empties the file first, as a shell does.
      await Deno.writeTextFile(
        exporter.configFile,
        targets((sizes[round % 2] ?? 1) - 1),
      );
    }
  })();
  for (let count = 0; count < 100; count++) {
    const { status } = await reload(exporter);
    assert([200, 500].includes(status));
    const series = await exporter.scrape();
    assertEquals(
      series.value("port_up", { port: String(socket.port) }),
      1,
    );
    assert(sizes.includes(series.labels("port_up").length));
  }
  isWriting = false;
  await writing;
});

Deno.test("a storm of SIGHUP ends with the last configuration", async () => {
  await using socket = await bindUdp();
  await using exporter = await startExporter({
    config: buildConfigText(socket.port),
  });
  for (let count = 0; count < 500; count++) {
    await Deno.writeTextFile(
      exporter.configFile,
      buildConfigText(socket.port, { name: `n${count}` }),
    );
    Deno.kill(exporter.pid, "SIGHUP");
  }
  await eventually(async () =>
    assertEquals(
      (await exporter.scrape()).value("port_up", { name: "n499" }),
      1,
    )
  );
});

/** Bytes of `RssAnon` and number of descriptors, from procfs. */
async function readSize(pid: number) {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return {
    anonymousKilobytes: Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1]),
    descriptors: [...Deno.readDirSync(`/proc/${pid}/fd`)].length,
  };
}

Deno.test("200 reloads beside 20 scrapers lose no scrape and leak nothing", async () => {
  await using socket = await bindUdp();
  const config = (name: string) => buildConfigText(socket.port, { name });
  await using exporter = await startExporter({ config: config("a") });
  const names = ["a", "b"];
  let scrapes = 0;
  let stopping = false;

  async function scrapeUntilStopped(): Promise<void> {
    while (!stopping) {
      const series = await exporter.scrape();
      const up = names.map((name) => series.value("port_up", { name }));
      // One of them whole, never a mixture and never none.
      assertEquals(up.filter((value) => value === 1).length, 1);
      assertEquals(up.filter((value) => value === undefined).length, 1);
      scrapes++;
    }
  }

  async function reloadTimes(count: number): Promise<void> {
    for (let done = 0; done < count; done++) {
      await Deno.writeTextFile(
        exporter.configFile,
        config(names[(done + 1) % 2] ?? ""),
      );
      assertEquals(await reload(exporter), LOADED);
    }
  }

  const scrapers = Array.from({ length: 20 }, scrapeUntilStopped);
  await reloadTimes(50);
  const before = await readSize(exporter.pid);
  await reloadTimes(200);
  stopping = true;
  await Promise.all(scrapers);
  assert(scrapes > 200, `only ${scrapes} scrapes`);
  // Connections that fetch() keeps open for a while.
  await eventually(async () => {
    const after = await readSize(exporter.pid);
    assert(
      after.descriptors <= before.descriptors,
      JSON.stringify({ before, after }),
    );
    // A leak of one configuration a reload would be more.
    assert(
      after.anonymousKilobytes < before.anonymousKilobytes + 8 * 1024,
      JSON.stringify({ before, after }),
    );
  });
});
