/** The built binary as a server. */

import { assertEquals, assertMatch } from "@std/assert";
import {
  BINARY,
  buildConfigText,
  eventually,
  fail,
  runCommand,
  runProgram,
  startExporter,
  writeConfig,
} from "../support/program.ts";
import { parseExposition } from "../support/exposition.ts";
import { bindUdp, findFreePort } from "../support/sockets.ts";

const CONFIG = "ports:\n  - port: 6984-6998\n    name: switches\n";

Deno.test("serve answers Prometheus", async () => {
  await using socket = await bindUdp();
  await using exporter = await startExporter({
    config: `ports:\n  - port: [${socket.port}, 1]\n`,
  });
  const response = await fetch(`${exporter.url}/metrics`);
  assertEquals(response.status, 200);
  assertEquals(
    response.headers.get("content-type"),
    "text/plain; version=0.0.4; charset=utf-8",
  );
  const series = parseExposition(await response.text());
  assertEquals(series.value("port_up", { port: String(socket.port) }), 1);
  assertEquals(series.value("port_up", { port: "1" }), 0);
});

Deno.test("serve compresses when asked, and only then", async () => {
  await using exporter = await startExporter({ config: CONFIG });
  const get = (encoding: string) =>
    runCommand([
      "curl",
      "-sSi",
      "--output",
      "-",
      "-H",
      `Accept-Encoding: ${encoding}`,
      `${exporter.url}/metrics`,
    ]);
  assertMatch((await get("gzip")).stdout, /^content-encoding: gzip\r$/m);
  assertEquals(
    (await get("identity")).stdout.includes("content-encoding"),
    false,
  );
});

Deno.test("HEAD has the headers of GET and no body", async () => {
  await using exporter = await startExporter({ config: CONFIG });
  const response = await fetch(`${exporter.url}/metrics`, { method: "HEAD" });
  assertEquals(response.status, 200);
  assertEquals(
    response.headers.get("content-type"),
    "text/plain; version=0.0.4; charset=utf-8",
  );
  assertEquals(await response.text(), "");
});

Deno.test("promtool has nothing to say of a scrape", async () => {
  await using exporter = await startExporter({
    config: `defaults:
  labels: {site: "a \\"quoted\\" \\\\ \\n name"}
ports:
  - port: [6984, 6985]
  - port: 514
    protocol: [udp, tcp]
    sockets: 1
listeners: {enabled: true}
`,
  });
  const text = await (await fetch(`${exporter.url}/metrics`)).text();
  assertEquals(await runCommand(["promtool", "check", "metrics"], text), {
    code: 0,
    stdout: "",
    stderr: "",
  });
});

Deno.test("simultaneous scrapes are all answered alike", async () => {
  await using exporter = await startExporter({ config: CONFIG });
  const scrapes = await Promise.all(
    Array.from({ length: 50 }, () => exporter.scrape()),
  );
  for (const series of scrapes) {
    assertEquals(series.labels("port_up").length, 15);
  }
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} ends the exporter with 0`, async () => {
    await using exporter = await startExporter({ config: CONFIG });
    await exporter.scrape();
    const { code } = await exporter.stop(signal);
    assertEquals(code, 0);
    assertMatch(exporter.log(), new RegExp(`msg=stopping signal=${signal}\n`));
  });
}

Deno.test("SIGTERM lets a running request finish", async () => {
  await using exporter = await startExporter({
    // Enough to be still at work when the signal comes.
    config: "ports:\n  - port: 10000-19999\n",
  });
  const scraping = exporter.scrape();
  await new Promise((resolve) => setTimeout(resolve, 30));
  const { code } = await exporter.stop();
  assertEquals((await scraping).labels("port_up").length, 10_000);
  assertEquals(code, 0);
});

Deno.test("a taken port is one clear sentence", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${listener.addr.port}`;
  const { code, stderr } = await runProgram(
    "serve",
    `--web.listen-address=${address}`,
    "--log.level=error",
  );
  assertEquals(code, 1);
  assertEquals(
    stderr,
    `port_exporter: Cannot listen on ${address}: the port is taken by another program, want a free one\n`,
  );
});

Deno.test("a missing or wrong configuration is a sentence a mistake", async () => {
  await using file = await writeConfig("ports:\n  - port: 70000\n    nam: a\n");
  const missing = await runProgram("serve", "--config.file=/no/such.yml");
  assertEquals(missing, {
    code: 2,
    stdout: "",
    stderr:
      "port_exporter: /no/such.yml: Cannot read the file: it does not exist\n",
  });
  const wrong = await runProgram("serve", `--config.file=${file.path}`);
  assertEquals(wrong.code, 2);
  assertEquals(
    wrong.stderr.split("\n").map((line) =>
      line.replace(`port_exporter: ${file.path}: `, "")
    ),
    [
      "Cannot use ports[0].port: 70000, want 1-65535 or a range like 7878-7880",
      "Cannot use ports[0].nam: unknown key, want one of port, name, " +
      "protocol, address, process, unit, user, sockets, severity, for, " +
      'labels; did you mean "name"?',
      "",
    ],
  );
});

Deno.test("an address of another host is one clear sentence", async () => {
  // For documentation (RFC 5737): no host has it.
  const address = "192.0.2.1:9117";
  const { code, stderr } = await runProgram(
    "serve",
    `--web.listen-address=${address}`,
    "--log.level=error",
  );
  assertEquals(code, 1);
  assertEquals(
    stderr,
    `port_exporter: Cannot listen on ${address}: no interface has this address, want an address of this host\n`,
  );
});

Deno.test("validate says how many files of a folder it read", async () => {
  // Two end in .yml, one in .yaml, one in neither.
  const folder = "fixtures/config/folders/good";
  const { code, stdout } = await runProgram(
    "validate",
    `--config.file=${folder}`,
  );
  assertEquals(code, 0);
  assertEquals(stdout, `${folder}: 2 targets in 3 files, no mistakes\n`);
});

Deno.test("no procfs is wrong usage and one clear sentence", async () => {
  for (const command of ["serve", "check"]) {
    assertEquals(await runProgram(command, "--path.procfs=/no/proc"), {
      code: 2,
      stdout: "",
      stderr: "port_exporter: Cannot use procfs at /no/proc: " +
        "/no/proc/1/net/sockstat does not exist, want the mount point of a procfs\n",
    });
  }
});

Deno.test("without a configuration it reports what listens", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { stdout, code } = await runProgram("metrics");
  assertEquals(code, 0);
  const listeners = parseExposition(stdout).labels("port_listener_info");
  const found =
    listeners.find(({ port }) => port === String(listener.addr.port)) ??
      fail(`port ${listener.addr.port} is not reported`);
  assertEquals(found["protocol"], "tcp");
  assertEquals(found["address"], "127.0.0.1");
});

Deno.test("the log tells when a port goes down and is up again", async () => {
  const port = await findFreePort();
  await using exporter = await startExporter({
    config: buildConfigText(port, { name: "asa" }),
    args: ["--scan.interval=50ms"],
  });
  const line = (message: string) =>
    new RegExp(
      `level=\\w+ msg="${message}" protocol=udp port=${port} name=asa`,
    );
  await eventually(() => assertMatch(exporter.log(), line("port is down")));
  {
    await using _socket = await bindUdp({ port });
    await eventually(() =>
      assertMatch(exporter.log(), line("port is up again"))
    );
  }
  await eventually(() =>
    assertEquals(exporter.log().match(/port is down/g)?.length, 2)
  );
});

Deno.test("a single scan claims nothing that only time tells", async () => {
  await using socket = await bindUdp();
  await using file = await writeConfig(buildConfigText(socket.port));
  const { stdout } = await runProgram(
    "metrics",
    `--config.file=${file.path}`,
  );
  const series = parseExposition(stdout);
  assertEquals(series.value("port_up"), 1);
  // The kernel's own count, since the socket was opened.
  assertEquals(series.value("port_receive_drops_total"), 0);
  for (
    const name of [
      "port_rebinds_total",
      "port_down_seconds_total",
      "port_observed_seconds_total",
    ]
  ) {
    assertEquals(series.value(name), undefined, name);
  }
});

Deno.test("it listens on IPv4 and IPv6 together, and on one address", async () => {
  const port = await findFreePort();
  const child = new Deno.Command(BINARY, {
    args: [
      `--web.listen-address=:${port}`,
      "--web.listen-address=127.0.0.2:0",
      "--log.format=json",
    ],
    stderr: "piped",
  }).spawn();
  const lines = child.stderr.pipeThrough(new TextDecoderStream());
  let log = "";
  for await (const text of lines) {
    log += text;
    if (log.split('"listening"').length > 2) break;
  }
  const addresses = log.trim().split("\n").map((line) => JSON.parse(line))
    .filter(({ msg }) => msg === "listening").map(({ address }) => address);
  for (const host of [`127.0.0.1:${port}`, `[::1]:${port}`, addresses[1]]) {
    const response = await fetch(`http://${host}/-/healthy`);
    assertEquals(await response.text(), "port_exporter is healthy.\n");
  }
  child.kill("SIGTERM");
  assertEquals((await child.status).code, 0);
});

Deno.test("check tells people and programs", async () => {
  await using socket = await bindUdp();
  await using good = await writeConfig(`ports:\n  - port: ${socket.port}\n`);
  await using bad = await writeConfig("ports:\n  - port: 1\n    name: a\n");
  assertEquals(
    (await runProgram("check", `--config.file=${good.path}`)).code,
    0,
  );
  const table = await runProgram("check", `--config.file=${bad.path}`);
  assertEquals(table.code, 1);
  assertMatch(table.stdout, /^udp +1 +a +down/m);
  const json = await runProgram(
    "check",
    `--config.file=${bad.path}`,
    "--format=json",
  );
  assertEquals(json.code, 1);
  assertEquals(JSON.parse(json.stdout).targets[0].state, "down");
});

Deno.test("validate warns of UDP ports of client sockets", async () => {
  await using file = await writeConfig("ports:\n  - port: 40000\n");
  const { code, stdout } = await runProgram(
    "validate",
    `--config.file=${file.path}`,
  );
  assertEquals(code, 0);
  assertMatch(
    stdout,
    /warning: Watch out for ports\[0\]\.port: UDP port 40000 is in the range of client sockets/,
  );
});

Deno.test("SIGTERM does not wait for a client that sends half a request", async () => {
  await using exporter = await startExporter({ config: CONFIG });
  const { hostname, port } = new URL(exporter.url);
  const client = await Deno.connect({ hostname, port: Number(port) });
  await client.write(new TextEncoder().encode("GET /metrics HTTP/1.1\r\nHos"));
  await exporter.scrape();
  const { code } = await exporter.stop();
  client.close();
  assertEquals(code, 0);
});

Deno.test("a Host header that is none is the client's mistake", async () => {
  await using exporter = await startExporter({ config: CONFIG });
  const { hostname, port } = new URL(exporter.url);
  using client = await Deno.connect({ hostname, port: Number(port) });
  await client.write(
    new TextEncoder().encode("GET /metrics HTTP/1.1\r\nHost: [\r\n\r\n"),
  );
  const answer = new Uint8Array(64);
  await client.read(answer);
  assertMatch(new TextDecoder().decode(answer), /^HTTP\/1\.1 400 /);
  assertEquals(exporter.log().includes("level=error"), false);
});

Deno.test("the exporter answers again after more connections than it may open files", async () => {
  await using exporter = await startExporter({
    config: CONFIG,
    wrapper: ["prlimit", "--nofile=128:128"],
  });
  const { hostname, port } = new URL(exporter.url);
  const connecting = await Promise.allSettled(
    Array.from(
      { length: 200 },
      () => Deno.connect({ hostname, port: Number(port) }),
    ),
  );
  for (const result of connecting) {
    if (result.status === "fulfilled") result.value.close();
  }
  const series = await eventually(() => exporter.scrape());
  assertEquals(series.labels("port_up").length, 15);
  assertMatch(exporter.log(), /cannot accept connections/);
});

Deno.test("output that cannot be written is a failure, a reader that left is none", async () => {
  await using file = await writeConfig(CONFIG);
  const metrics = `${BINARY} metrics --config.file=${file.path}`;
  const full = await runCommand(["sh", "-c", `${metrics} >/dev/full`]);
  assertEquals(full.code, 1);
  assertMatch(
    full.stderr,
    /^port_exporter: Cannot write the output: No space/m,
  );
  const left = await runCommand([
    "bash",
    "-c",
    `${metrics} | head -n 1 >/dev/null; exit "\${PIPESTATUS[0]}"`,
  ]);
  assertEquals(left.code, 0);
});
