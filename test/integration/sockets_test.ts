/** What the built binary says of real sockets. */

import { assertEquals, assertGreater } from "@std/assert";
import { runCommand, scanOnce } from "../support/program.ts";
import {
  bindUdp,
  findFreePort,
  sendDatagrams,
  startSocat,
} from "../support/sockets.ts";

function config(port: number, entry = ""): string {
  return `ports:\n  - port: ${port}\n    name: a\n${entry}`;
}

async function stateOf(port: number, entry = ""): Promise<string | undefined> {
  const series = await scanOnce(config(port, entry));
  return ["up", "down", "wrong_address", "wrong_owner", "wrong_count"].find(
    (state) => series.value("port_state", { state }) === 1,
  );
}

Deno.test("an IPv4 socket is up, and down when it is closed", async () => {
  const socket = await bindUdp();
  const open = await scanOnce(config(socket.port));
  assertEquals(open.value("port_up"), 1);
  assertEquals(open.value("port_sockets"), 1);
  await socket[Symbol.asyncDispose]();
  const closed = await scanOnce(config(socket.port));
  assertEquals(closed.value("port_up"), 0);
  assertEquals(closed.value("port_sockets"), 0);
  assertEquals(closed.value("port_receive_queue_bytes"), undefined);
});

Deno.test("a dual-stack socket serves an IPv4 address", async () => {
  await using socket = await bindUdp({ type: "udp6", address: "::" });
  assertEquals(await stateOf(socket.port, "    address: 10.0.0.5\n"), "up");
  assertEquals(await stateOf(socket.port, "    address: wildcard\n"), "up");
  assertEquals(await stateOf(socket.port, "    address: external\n"), "up");
});

Deno.test("a socket of ::1 is up, but not for an IPv4 address", async () => {
  await using socket = await bindUdp({ type: "udp6", address: "::1" });
  assertEquals(await stateOf(socket.port), "up");
  assertEquals(
    await stateOf(socket.port, "    address: 127.0.0.1\n"),
    "wrong_address",
  );
});

Deno.test("a v6-only socket is up", async () => {
  const port = await findFreePort();
  await using _ = await startSocat(`UDP6-RECV:${port},ipv6only=1`);
  assertEquals(await stateOf(port), "up");
});

Deno.test("a loopback socket does not serve other hosts", async () => {
  await using socket = await bindUdp({ address: "127.0.0.1" });
  assertEquals(
    await stateOf(socket.port, "    address: external\n"),
    "wrong_address",
  );
  assertEquals(
    await stateOf(socket.port, "    address: 127.0.0.0/8\n"),
    "up",
  );
});

Deno.test("a connected UDP socket does not make its port up", async () => {
  await using peer = await bindUdp();
  const port = await findFreePort();
  await using _ = await startSocat(
    `UDP4-CONNECT:127.0.0.1:${peer.port},bind=:${port}`,
  );
  assertEquals(await stateOf(port), "down");
});

Deno.test("SO_REUSEPORT gives several sockets", async () => {
  const port = await findFreePort();
  await using _first = await startSocat(`UDP4-RECV:${port},reuseport`);
  await using _second = await startSocat(`UDP4-RECV:${port},reuseport`);
  const series = await scanOnce(config(port));
  assertEquals(series.value("port_sockets"), 2);
  assertEquals(await stateOf(port, "    sockets: 1\n"), "wrong_count");
  assertEquals(await stateOf(port, "    sockets: 2\n"), "up");
});

Deno.test("a port is not up through a port that begins with it", async () => {
  await using _ = await startSocat("UDP4-RECV:6180");
  const series = await scanOnce("ports:\n  - port: [618, 6180, 61800]\n");
  const up = (port: number) => series.value("port_up", { port: String(port) });
  assertEquals([up(618), up(6180), up(61800)], [0, 1, 0]);
});

Deno.test("port 65535 is read like any other", async () => {
  await using _ = await startSocat("UDP4-RECV:65535");
  assertEquals(await stateOf(65535), "up");
});

Deno.test("UDP and TCP of one port are told apart", async () => {
  await using socket = await bindUdp();
  const series = await scanOnce(
    config(socket.port, "    protocol: [udp, tcp]\n"),
  );
  assertEquals(series.value("port_up", { protocol: "udp" }), 1);
  assertEquals(series.value("port_up", { protocol: "tcp" }), 0);
});

Deno.test("the accept queue counts connections that nobody accepted", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const connections = [];
  for (let count = 0; count < 3; count++) {
    connections.push(await Deno.connect({ hostname: "127.0.0.1", port }));
  }
  const series = await scanOnce(config(port, "    protocol: tcp\n"));
  connections.forEach((connection) => connection.close());
  assertEquals(series.value("port_up"), 1);
  assertEquals(series.value("port_accept_queue_connections"), 3);
});

Deno.test("TIME_WAIT does not make a port up", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const client = await Deno.connect({ hostname: "127.0.0.1", port });
  const server = await listener.accept();
  // Who closes first goes through TIME_WAIT.
  server.close();
  await client.readable.cancel();
  listener.close();
  const { stdout } = await runCommand([
    "ss",
    "-Htan",
    "state",
    "time-wait",
    `sport = :${port}`,
  ]);
  assertGreater(stdout.length, 0, "the kernel has no TIME_WAIT socket");
  assertEquals(await stateOf(port, "    protocol: tcp\n"), "down");
});

Deno.test("the receive queue shows what waits to be read", async () => {
  // Paused: socat never reads what it receives.
  const port = await findFreePort();
  await using socat = await startSocat(`UDP4-RECV:${port}`);
  Deno.kill(socat.pid, "SIGSTOP");
  await sendDatagrams(port, { count: 5 });
  const series = await scanOnce(config(port));
  const { stdout } = await runCommand(["ss", "-Huan", `sport = :${port}`]);
  const queue = Number(stdout.trim().split(/\s+/)[1]);
  assertGreater(queue, 500);
  assertEquals(series.value("port_receive_queue_bytes"), queue);
});
