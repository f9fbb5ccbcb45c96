/** Clients that ask too much, too slowly or nothing, and the scraper beside. */

// deno-lint-ignore-file no-console -- how long the scraper waited is for people.

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  buildConfigText,
  eventually,
  type Exporter,
  runCommand,
  startExporter,
} from "../support/program.ts";
import { makeCertificate } from "../support/certificates.ts";
import { bindUdp, findServicePort } from "../support/sockets.ts";

/** As many descriptors as the unit allows. */
const AS_IN_THE_UNIT = ["prlimit", "--nofile=2048:2048"];

function connect({ url }: Exporter): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(url);
  return Deno.connect({ hostname, port: Number(port) });
}

/** Opens connections that are closed with the value. */
async function connectMany(
  exporter: Exporter,
  count: number,
): Promise<AsyncDisposable & { readonly list: readonly Deno.TcpConn[] }> {
  const list: Deno.TcpConn[] = [];
  while (list.length < count) {
    // No more at a time than the kernel lets wait to be accepted.
    list.push(
      ...await Promise.all(
        Array.from(
          { length: Math.min(100, count - list.length) },
          () => connect(exporter),
        ),
      ),
    );
  }
  return {
    list,
    [Symbol.asyncDispose]() {
      for (const connection of list) connection.close();
      return Promise.resolve();
    },
  };
}

async function writeAll(
  { list }: { readonly list: readonly Deno.TcpConn[] },
  text: string,
): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  // One that was closed to make room cannot be written to.
  await Promise.allSettled(list.map((connection) => connection.write(bytes)));
}

/** Scrapes on new connections, as many times, and tells the slowest. */
async function scrapeWell(exporter: Exporter, times = 50): Promise<void> {
  const durations: number[] = [];
  for (let count = 0; count < times; count++) {
    const start = performance.now();
    const series = await exporter.scrape();
    durations.push(performance.now() - start);
    assertEquals(series.value("port_up"), 1);
  }
  durations.sort((a, b) => a - b);
  console.log(
    `  the good scraper waited ${durations.at(-1)?.toFixed(0)} ms at most, ` +
      `${durations[durations.length >> 1]?.toFixed(1)} ms in the middle`,
  );
}

function countDescriptors({ pid }: Exporter): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

function readAnonymousMebibytes({ pid }: Exporter): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

/** Runs `harass`, and checks that nothing of it stays. */
async function assertRecovers(
  exporter: Exporter,
  harass: () => Promise<void>,
): Promise<void> {
  await scrapeWell(exporter);
  const descriptors = countDescriptors(exporter);
  const mebibytes = readAnonymousMebibytes(exporter);
  await harass();
  await scrapeWell(exporter);
  await eventually(async () => {
    await exporter.scrape();
    const now = countDescriptors(exporter);
    assert(now <= descriptors + 2, `${now} descriptors, ${descriptors} before`);
  });
  const growth = readAnonymousMebibytes(exporter) - mebibytes;
  console.log(`  ${growth.toFixed(1)} MiB more than before`);
  assert(growth < 48, `${growth} MiB more than before`);
  assertEquals(/request failed/.test(exporter.log()), false);
}

Deno.test("1,000 simultaneous scrapes are all answered", async () => {
  await using socket = await bindUdp();
  await using exporter = await startExporter({
    config: buildConfigText(socket.port),
    wrapper: AS_IN_THE_UNIT,
  });
  await assertRecovers(exporter, async () => {
    // Each on a connection of its own.
    const request = new TextEncoder().encode(
      "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    );
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, async () => {
        const connection = await connect(exporter);
        await connection.write(request);
        return await new Response(connection.readable).text();
      }),
    );
    for (const answer of answers) assertMatch(answer, /^port_up\{.*\} 1$/m);
  });
});

Deno.test("2,000 idle connections keep nobody out", async () => {
  await using socket = await bindUdp();
  await using exporter = await startExporter({
    config: buildConfigText(socket.port),
    wrapper: AS_IN_THE_UNIT,
  });
  await assertRecovers(exporter, async () => {
    await using _idle = await connectMany(exporter, 2_000);
    await scrapeWell(exporter);
    assert(countDescriptors(exporter) < 1_200);
  });
});

Deno.test("a client that is gone before it is accepted costs nobody anything", async () => {
  await using socket = await bindUdp();
  await using exporter = await startExporter({
    config: buildConfigText(socket.port),
    wrapper: AS_IN_THE_UNIT,
  });
  await using idle = await connectMany(exporter, 20);
  await exporter.scrape();
  const descriptors = countDescriptors(exporter);
  const { port } = new URL(exporter.url);
  // A connection that is reset while nobody accepts: Deno knows no SO_LINGER.
  Deno.kill(exporter.pid, "SIGSTOP");
  const { code } = await runCommand([
    "perl",
    "-MSocket",
    "-e",
    `for (1 .. 5) {
      socket my $s, PF_INET, SOCK_STREAM, 0 or die $!;
      connect $s, sockaddr_in ${port}, INADDR_LOOPBACK or die $!;
      setsockopt $s, SOL_SOCKET, SO_LINGER, pack "II", 1, 0 or die $!;
      close $s;
    }`,
  ]);
  Deno.kill(exporter.pid, "SIGCONT");
  assertEquals(code, 0);
  await scrapeWell(exporter, 5);
  // The idle ones are still let be.
  assert(countDescriptors(exporter) >= descriptors);
  assertEquals(idle.list.length, 20);
  assertEquals(/cannot accept/.test(exporter.log()), false);
});

Deno.test("more connections than descriptors keep nobody out", async () => {
  await using socket = await bindUdp();
  await using exporter = await startExporter({
    config: buildConfigText(socket.port),
    wrapper: ["prlimit", "--nofile=128:128"],
  });
  await using _idle = await connectMany(exporter, 200);
  await eventually(() => scrapeWell(exporter, 5));
  assertMatch(exporter.log(), /cannot accept connections/);
});

Deno.test("clients that send their request byte by byte keep nobody out", async () => {
  await using socket = await bindUdp();
  await using exporter = await startExporter({
    config: buildConfigText(socket.port),
    wrapper: AS_IN_THE_UNIT,
  });
  await assertRecovers(exporter, async () => {
    await using slow = await connectMany(exporter, 1_200);
    for (const byte of "GET /me") {
      await writeAll(slow, byte);
      await scrapeWell(exporter, 5);
    }
  });
});

Deno.test("clients that read nothing keep nobody out", async () => {
  const port = await findServicePort();
  await using _socket = await bindUdp({ port });
  // An exposition that no buffer of the kernel takes.
  const others = Array.from({ length: 1_000 }, (_, index) => 1 + index)
    .filter((other) => other !== port);
  await using exporter = await startExporter({
    config: JSON.stringify({
      ports: [{ port }, { port: others, labels: { pad: "x".repeat(200) } }],
    }),
    wrapper: AS_IN_THE_UNIT,
  });
  const up = async () =>
    assertEquals(
      (await exporter.scrape()).value("port_up", { port: String(port) }),
      1,
    );
  await up();
  const descriptors = countDescriptors(exporter);
  {
    await using deaf = await connectMany(exporter, 1_200);
    await writeAll(deaf, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    for (let count = 0; count < 5; count++) await up();
    assert(countDescriptors(exporter) < 1_200);
    console.log(
      `  ${readAnonymousMebibytes(exporter).toFixed(0)} MiB with 1,200 of them`,
    );
  }
  await eventually(() => assert(countDescriptors(exporter) <= descriptors + 2));
  await up();
});

Deno.test("headers of 1 MB are refused", async () => {
  await using socket = await bindUdp();
  await using exporter = await startExporter({
    config: buildConfigText(socket.port),
  });
  await assertRecovers(exporter, async () => {
    const request = new TextEncoder().encode(
      `GET /metrics HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(1 << 20)}\r\n\r\n`,
    );
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const connection = await connect(exporter);
        const reading = new Response(connection.readable).text();
        // It is closed before all of it is sent.
        await connection.write(request).catch(() => {});
        return await reading.catch(() => "");
      }),
    );
    for (const answer of answers) assertMatch(answer, /^(?:HTTP\/1\.1 431 |$)/);
  });
});

Deno.test("broken and idle TLS handshakes keep nobody out", async () => {
  const folder = await Deno.makeTempDir({ prefix: "port_exporter-" });
  try {
    await makeCertificate({ path: `${folder}/server` });
    await Deno.writeTextFile(
      `${folder}/web.yml`,
      "tls_server_config: {cert_file: server.crt, key_file: server.key}\n",
    );
    await using exporter = await startExporter({
      config: buildConfigText(1),
      args: [`--web.config.file=${folder}/web.yml`],
      wrapper: AS_IN_THE_UNIT,
    });
    const { port } = new URL(exporter.url);
    const scrape = async () => {
      const { stdout } = await runCommand([
        ...["curl", "-s", "-m", "20", "--cacert", `${folder}/server.crt`],
        ...["--resolve", `localhost:${port}:127.0.0.1`],
        `https://localhost:${port}/metrics`,
      ]);
      assertMatch(stdout, /^port_up\{.*\} 0$/m);
    };
    await scrape();
    const descriptors = countDescriptors(exporter);
    {
      await using broken = await connectMany(exporter, 600);
      await using _idle = await connectMany(exporter, 600);
      await writeAll(broken, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
      for (let count = 0; count < 10; count++) await scrape();
    }
    await eventually(() =>
      assert(countDescriptors(exporter) <= descriptors + 2)
    );
    await scrape();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
