/** What operation does to the program: descriptors, log, signals. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  BINARY,
  buildConfigText,
  eventually,
  type Exporter,
  fail,
  runCommand,
  startExporter,
  succeed,
  wait,
  writeConfig,
} from "../support/program.ts";
import { parseExposition, type Series } from "../support/exposition.ts";
import { startHolder } from "../support/holder.ts";
import { bindUdp, findFreePort } from "../support/sockets.ts";

/** A connection that is open already, for when no other can be. */
async function connect({ url }: Exporter): Promise<
  Disposable & { scrape(): Promise<Series> }
> {
  const { hostname, port, host } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  // A character a byte, as the length counts.
  const decoder = new TextDecoder("latin1");
  return {
    [Symbol.dispose]: () => connection.close(),
    async scrape() {
      await connection.write(
        new TextEncoder().encode(
          `GET /metrics HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
        ),
      );
      const buffer = new Uint8Array(65_536);
      for (let text = "";;) {
        const [, length, body = ""] =
          /content-length: (\d+)\r\n[^]*?\r\n\r\n([^]*)/.exec(text) ?? [];
        if (body.length === Number(length)) return parseExposition(body);
        const size = await connection.read(buffer) ?? fail("it hung up");
        text += decoder.decode(buffer.subarray(0, size));
      }
    },
  };
}

/** The usual soft limit of descriptors. */
const USUAL_LIMIT = 1_024;

/** Lets a program have so many more files open; as usual without a number. */
async function limitFiles(pid: number, more?: number): Promise<void> {
  const used = new Set(
    Array.from(Deno.readDirSync(`/proc/${pid}/fd`), ({ name }) => Number(name)),
  );
  const free = Array.from({ length: USUAL_LIMIT }, (_, number) => number)
    .filter((number) => !used.has(number));
  // The limit is one of numbers, not of how many there are.
  const limit = more === undefined ? USUAL_LIMIT : free[more];
  await succeed("prlimit", `--pid=${pid}`, `--nofile=${limit}:`);
}

Deno.test("without descriptors a port is unknown, and known again with them", async () => {
  await using holder = await startHolder();
  await using exporter = await startExporter({
    config: buildConfigText(holder.port, { process: "holder" }),
    args: ["--scan.interval=0", "--web.exporter-metrics"],
  });
  using connection = await connect(exporter);
  const knowledge = async () => {
    const series = await connection.scrape();
    return {
      up: series.value("port_up"),
      down: series.value("port_down_seconds_total"),
      noPorts: series.value("port_host_udp_no_port_datagrams_total") !==
        undefined,
      matches: series.value("port_owner_matches"),
      success: ["udp", "udp6", "snmp", "netstat"].map((source) =>
        series.value("port_exporter_scan_success", { source })
      ),
    };
  };
  const known = {
    up: 1,
    down: 0,
    noPorts: true,
    matches: 1,
    success: [1, 1, 1, 1],
  };
  assertEquals(await knowledge(), known);
  for (let round = 0; round < 2; round++) {
    await limitFiles(exporter.pid, 0);
    assertEquals(await knowledge(), {
      up: undefined,
      down: undefined,
      noPorts: false,
      matches: undefined,
      success: [0, 0, 0, 0],
    });
    // One file at a time is all that a scan needs.
    await limitFiles(exporter.pid, 1);
    assertEquals(await knowledge(), known);
  }
  await limitFiles(exporter.pid, 0);
  Deno.kill(exporter.pid, "SIGHUP");
  await eventually(() =>
    assertMatch(exporter.log(), /not loaded.*Too many open files/)
  );
  await limitFiles(exporter.pid);
  assertEquals(await knowledge(), known);
});

/** Starts the exporter with stderr somewhere, and waits until it answers. */
async function startWithStderr(
  { config, redirection }: {
    readonly config: string;
    readonly redirection: string;
  },
) {
  const file = await writeConfig(config);
  const port = await findFreePort();
  const child = new Deno.Command("sh", {
    args: [
      ...["-c", `exec "$@" ${redirection}`, "sh", BINARY, "serve"],
      `--config.file=${file.path}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const scrape = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    return parseExposition(await response.text());
  };
  // Whoever reads the log goes away.
  await child.stderr.cancel();
  await eventually(scrape);
  return {
    child,
    scrape,
    configFile: file.path,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      assertEquals((await child.status).code, 0);
      await file[Symbol.asyncDispose]();
    },
  };
}

for (
  const [title, redirection] of [
    ["on a full disk", "2>/dev/full"],
    ["that nobody reads any more", ""],
    ["that is closed", "2>&-"],
  ] as const
) {
  Deno.test(`a log ${title} does not keep the exporter from serving`, async () => {
    await using socket = await bindUdp();
    await using exporter = await startWithStderr({
      config: buildConfigText(socket.port, { name: "old" }),
      redirection,
    });
    // Each of these is a line that cannot be written.
    await Deno.writeTextFile(exporter.configFile, "ports: [{port: 70000}]");
    exporter.child.kill("SIGHUP");
    await eventually(async () =>
      assertEquals(
        (await exporter.scrape()).value(
          "port_exporter_config_last_reload_successful",
        ),
        0,
      )
    );
    await Deno.writeTextFile(
      exporter.configFile,
      buildConfigText(socket.port, { name: "new" }),
    );
    exporter.child.kill("SIGHUP");
    exporter.child.kill("SIGPIPE");
    await eventually(async () =>
      assertEquals(
        (await exporter.scrape()).value("port_up", { name: "new" }),
        1,
      )
    );
  });
}

Deno.test("a second SIGTERM changes nothing", async () => {
  await using exporter = await startExporter({
    // Enough to be still at work when the signals come.
    config: "ports:\n  - port: 10000-19999\n",
  });
  const scraping = exporter.scrape();
  await wait(30);
  Deno.kill(exporter.pid, "SIGTERM");
  const { code } = await exporter.stop("SIGINT");
  assertEquals((await scraping).labels("port_up").length, 10_000);
  assertEquals(code, 0);
});

Deno.test("SIGTERM at any moment of the start ends it, and never as a failure", async () => {
  await using file = await writeConfig(buildConfigText(6984));
  for (let milliseconds = 0; milliseconds <= 200; milliseconds += 20) {
    const child = new Deno.Command(BINARY, {
      args: [
        ...["serve", `--config.file=${file.path}`],
        "--web.listen-address=127.0.0.1:0",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await wait(milliseconds);
    child.kill("SIGTERM");
    const { code, signal } = await child.status;
    // Before the program runs, the kernel ends it.
    assert(code === 0 || signal === "SIGTERM", `${code} after ${milliseconds}`);
  }
});

Deno.test("after a pause the samples that were missed are not made up for", async () => {
  await using holder = await startHolder();
  await using exporter = await startExporter({
    config: buildConfigText(holder.port),
    args: ["--scan.interval=50ms"],
  });
  const look = async () => {
    const series = await exporter.scrape();
    return {
      scans: series.value("port_exporter_scan_duration_seconds_count") ?? NaN,
      down: series.value("port_down_seconds_total"),
      rebinds: series.value("port_rebinds_total"),
    };
  };
  const start = performance.now();
  const before = await look();
  Deno.kill(exporter.pid, "SIGSTOP");
  const stoppedAt = performance.now();
  await wait(3_000);
  const stopped = performance.now() - stoppedAt;
  Deno.kill(exporter.pid, "SIGCONT");
  const after = await look();
  const awake = performance.now() - start - stopped;
  assertEquals({ ...after, scans: 0 }, { scans: 0, down: 0, rebinds: 0 });
  // The scrape, and a sample for each interval awake; 60 were missed.
  const most = 2 + Math.ceil(awake / 50);
  const scans = after.scans - before.scans;
  assert(scans <= most, `${scans} scans in ${awake} ms awake`);
});

Deno.test("a clock that is set changes the date of a change and no duration", async () => {
  await using clock = await writeConfig("");
  const setYear = (year: number) =>
    Deno.writeTextFile(clock.path, `@${year}-01-01 00:00:00`);
  await setYear(2030);
  const { stdout: files } = await runCommand(["dpkg", "-L", "libfaketime"]);
  const [library = fail("libfaketime is not installed")] =
    /\/.*\/libfaketime\.so\.1$/m.exec(files) ?? [];
  await using holder = await startHolder();
  const start = performance.now();
  await using exporter = await startExporter({
    config: buildConfigText(holder.port),
    args: ["--scan.interval=100ms"],
    wrapper: [
      ...["env", `LD_PRELOAD=${library}`, "TZ=UTC", "FAKETIME_NO_CACHE=1"],
      ...["FAKETIME_DONT_FAKE_MONOTONIC=1"],
      `FAKETIME_TIMESTAMP_FILE=${clock.path}`,
    ],
  });
  const look = async () => {
    const series = await exporter.scrape();
    const changed = series.value("port_last_change_timestamp_seconds");
    return {
      up: series.value("port_up"),
      year: changed && new Date(changed * 1000).getUTCFullYear(),
      observed: series.value("port_observed_seconds_total") ?? NaN,
      down: series.value("port_down_seconds_total") ?? NaN,
    };
  };
  const first = await look();
  assertEquals([first.up, first.year], [1, undefined]);
  await setYear(2010);
  await holder.close();
  const second = await look();
  assertEquals([second.up, second.year], [0, 2010]);
  await setYear(2040);
  await wait(200);
  await holder.bind();
  const third = await look();
  assertEquals([third.up, third.year], [1, 2040]);
  assert(first.observed <= second.observed);
  assert(second.observed < third.observed);
  assert(0 < third.down && third.down < third.observed);
  assert(third.observed <= (performance.now() - start) / 1000);
});
