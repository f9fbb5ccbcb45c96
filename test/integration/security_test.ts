/** What the program does to the host, and what a client can make it do. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  BINARY,
  buildConfigText,
  runProgram,
  startExporter,
  writeConfig,
} from "../support/program.ts";
import {
  bindUdp,
  findFreePort,
  findServicePort,
  startSocat,
} from "../support/sockets.ts";
import {
  type Calls,
  namesOf,
  traceCommand,
  traceExporter,
} from "../support/strace.ts";

/** Calls that run a program: the first one is that of strace. */
function programsRun(calls: Calls): Calls {
  return calls.filter((line) => /^(?:execve|execveat)\(/.test(line)).slice(1);
}

/** Calls that open a file to write to it, or change a file. */
function filesChanged(calls: Calls): Calls {
  return calls.filter((line) =>
    /^(?:openat|open|creat|openat2)\(.*(?:O_WRONLY|O_RDWR|O_CREAT|O_TRUNC)/
        .test(line) && !line.includes('"/dev/null"') ||
    /^(?:unlink|rename|mkdir|rmdir|link|symlink|chmod|chown|fchmod|fchown|truncate|ftruncate|mknod|mount|setxattr|utime)\w*\(/
      .test(line)
  );
}

/** Calls that reach for another host or another process. */
function othersReached(calls: Calls): Calls {
  return calls.filter((line) =>
    // A connected pair of sockets of its own is no connection.
    /^connect\(/.test(line) ||
    /^(?:sendto|sendmsg|sendmmsg)\(.*sin6?_port/.test(line) ||
    /^(?:ptrace|process_vm_readv|process_vm_writev|pidfd_open)\(/.test(line) ||
    /^(?:kill|tgkill|tkill|rt_sigqueueinfo)\(/.test(line)
  );
}

function assertHarmless(calls: Calls): void {
  // A trace without a read would prove nothing.
  assert(namesOf(calls).includes("read"), "strace saw nothing");
  assertEquals(programsRun(calls), [], "runs a program");
  assertEquals(filesChanged(calls), [], "changes a file");
  assertEquals(othersReached(calls), [], "reaches for others");
}

Deno.test("the trace shows what would be harm", async () => {
  await using directory = await writeConfig("");
  const calls = await traceCommand([
    "perl",
    "-e",
    `use Socket;
    open my $file, ">", "${directory.path}";
    unlink "${directory.path}";
    socket my $socket, PF_INET, SOCK_DGRAM, 0;
    connect $socket, sockaddr_in 9, INADDR_LOOPBACK;
    kill 0, $$;
    system "/bin/true";`,
  ]);
  assertEquals(programsRun(calls).length, 1);
  assertEquals(filesChanged(calls).length, 2);
  assertEquals(othersReached(calls).length, 2);
});

const EXAMPLE = "packaging/ports.yml";

for (
  const command of [
    ["check", `--config.file=${EXAMPLE}`],
    ["check", "--format=json"],
    ["metrics", `--config.file=${EXAMPLE}`],
    ["metrics"],
    ["discover"],
    ["discover", "--format=yaml"],
    ["rules", `--config.file=${EXAMPLE}`],
    ["rules", `--config.file=${EXAMPLE}`, "--tests"],
    ["dashboard", `--config.file=${EXAMPLE}`],
    ["scrape-config", `--config.file=${EXAMPLE}`],
    ["validate", `--config.file=${EXAMPLE}`],
    ["validate", "--config.file=fixtures/config/bad/alerts_list.yml"],
    ["schema"],
    ["version"],
    ["completion", "bash"],
    ["help"],
    ["nonsense"],
  ]
) {
  Deno.test(`${command.join(" ")} changes nothing and reaches for nobody`, async () => {
    assertHarmless(await traceCommand([BINARY, ...command]));
  });
}

Deno.test("serve changes nothing and reaches for nobody, whatever is asked of it", async () => {
  const port = await findServicePort();
  await using _socat = await startSocat(`UDP-RECV:${port}`);
  const config = JSON.stringify({
    ports: [{ port, process: "socat" }],
    listeners: { enabled: true },
  });
  const calls = await traceExporter({
    config,
    args: ["--scan.interval=10ms", "--web.exporter-metrics"],
    async use(exporter) {
      for (let count = 0; count < 50; count++) await exporter.scrape();
      for (const path of ["/", "/-/healthy", "/-/ready", "/nowhere"]) {
        await (await fetch(`${exporter.url}${path}`, {
          headers: { accept: "text/html" },
        })).body?.cancel();
      }
      for (const text of [config, "ports: [", config]) {
        await Deno.writeTextFile(exporter.configFile, text);
        await (await fetch(`${exporter.url}/-/reload`, { method: "POST" }))
          .body?.cancel();
      }
      Deno.kill(exporter.pid, "SIGHUP");
      const series = await exporter.scrape();
      assertEquals(series.value("port_owner_matches"), 1);
    },
  });
  assertHarmless(calls);
});

/** Sends bytes as they are; what came back until the server closed. */
async function sendRaw(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode(request));
  let answer = "";
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(65_536);
  for (;;) {
    const count = await connection.read(bytes).catch(() => null);
    if (count === null) return answer;
    answer += decoder.decode(bytes.subarray(0, count), { stream: true });
  }
}

const TRICKS = [
  "/../etc/passwd",
  "/metrics/../../etc/passwd",
  "/%2e%2e/%2e%2e/etc/passwd",
  "/..%2f..%2fetc%2fpasswd",
  "//etc/passwd",
  "/metrics%00",
  "/metrics;a=b",
  "/METRICS",
  "/-/reload/",
  "/%2d/reload",
  "/metrics/%0d%0aSet-Cookie:%20a=b",
  "/\\..\\etc\\passwd",
  "/<script>alert(1)</script>",
  "/?<script>alert(1)</script>",
];

Deno.test("no path leads anywhere but to its own page", async () => {
  await using socket = await bindUdp();
  await using exporter = await startExporter({
    config: buildConfigText(socket.port),
  });
  for (const path of TRICKS) {
    const answer = await sendRaw(
      exporter.url,
      `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    assertMatch(head, /^HTTP\/1\.1 (?:302|400|404) /, path);
    assert(!/root:/.test(body), path);
    assert(!/set-cookie/i.test(head), path);
    // What is quoted is text, never a page.
    assert(!/text\/html/i.test(head), path);
  }
});

Deno.test("a path that is resolved to a page is that page and no more", async () => {
  await using exporter = await startExporter({ config: buildConfigText(1) });
  const answer = await sendRaw(
    exporter.url,
    "GET /x/../metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  );
  assertMatch(answer, /^HTTP\/1\.1 200 /);
  assertMatch(answer, /^port_up\{/m);
});

for (
  const [name, request] of [
    [
      "a header that is split by a line break",
      "GET /metrics HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
    ],
    [
      "two lengths",
      "POST /-/reload HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ],
    [
      "a length and chunks",
      "POST /-/reload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["a NUL in a header", "GET /metrics HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"],
    ["no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"],
  ] as const
) {
  Deno.test(`${name} harms nobody`, async () => {
    await using socket = await bindUdp();
    await using exporter = await startExporter({
      config: buildConfigText(socket.port),
    });
    await sendRaw(
      exporter.url,
      request.replace("Host: a", "Host: a\r\nConnection: close"),
    );
    assertEquals((await exporter.scrape()).value("port_up"), 1);
  });
}

Deno.test("a label's text cannot make a series", async () => {
  const port = await findFreePort();
  const evil = 'a"} 1\nport_up{port="0"} 1\n# HELP x\\';
  await using exporter = await startExporter({
    config: buildConfigText(port, { name: evil, labels: { site: evil } }),
  });
  const series = await exporter.scrape();
  assertEquals(series.labels("port_up").length, 1);
  assertEquals(
    series.value("port_up", { name: evil, site: evil, port: String(port) }),
    0,
  );
});

Deno.test("a log line cannot be forged by a file's name", async () => {
  await using file = await writeConfig(buildConfigText(40_000));
  const name = `${file.path}\nts=2026 level=error msg=forged`;
  await Deno.rename(file.path, name);
  const { stderr } = await runProgram("check", `--config.file=${name}`);
  assertMatch(stderr, /Watch out for/);
  assert(!/^ts=2026 level=error msg=forged/m.test(stderr), stderr);
});
