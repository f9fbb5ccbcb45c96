/** A procfs that vanishes, changes while it is read, or holds hostile names. */

import { assertEquals } from "@std/assert";
import {
  BINARY,
  buildConfigText,
  eventually,
  type Exporter,
  runCommand,
  scanOnce,
  startExporter,
  succeed,
  writeConfig,
} from "../support/program.ts";
import { parseExposition, type Series } from "../support/exposition.ts";
import { startHolder } from "../support/holder.ts";
import { rowText, tableText } from "../support/kernel_text.ts";
import { findFreePort, startProcess } from "../support/sockets.ts";

/** A folder that is gone with the value. */
async function makeFolder(): Promise<
  AsyncDisposable & { readonly path: string }
> {
  const path = await Deno.makeTempDir({ prefix: "port_exporter-" });
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** What is known of the one target and of where it was read. */
function knowledgeOf(series: Series) {
  return {
    up: series.value("port_up"),
    down: series.value("port_down_seconds_total"),
    pid: series.value("port_owner_pid"),
    noPorts:
      series.value("port_host_udp_no_port_datagrams_total") !== undefined,
    udp: series.value("port_exporter_scan_success", { source: "udp" }),
    udp6: series.value("port_exporter_scan_success", { source: "udp6" }),
  };
}

Deno.test("a procfs that vanishes makes unknown, and known when it is back", async () => {
  await using folder = await makeFolder();
  await using holder = await startHolder();
  await using exporter = await startExporter({
    config: buildConfigText(holder.port),
    wrapper: [
      ...["unshare", "--mount", "sh", "-c"],
      `mount --bind /proc ${folder.path} && exec "$@"`,
      "sh",
    ],
    args: [`--path.procfs=${folder.path}`, "--scan.interval=100ms"],
  });
  const inside = (...words: readonly string[]) =>
    succeed("nsenter", `--target=${exporter.pid}`, "--mount", ...words);
  const known = {
    up: 1,
    down: 0,
    pid: holder.pid,
    noPorts: true,
    udp: 1,
    udp6: 1,
  };
  assertEquals(knowledgeOf(await exporter.scrape()), known);
  for (let round = 0; round < 2; round++) {
    await inside("umount", "--lazy", folder.path);
    assertEquals(knowledgeOf(await exporter.scrape()), {
      up: undefined,
      down: undefined,
      pid: undefined,
      noPorts: false,
      udp: 0,
      udp6: 0,
    });
    await inside("mount", "--bind", "/proc", folder.path);
    assertEquals(knowledgeOf(await exporter.scrape()), known);
  }
});

/** Scrapes an exporter that listens in a network namespace of its own. */
async function scrapeInside({ pid, url }: Exporter): Promise<Series> {
  return parseExposition(
    await succeed(
      ...["nsenter", `--target=${pid}`, "--net"],
      ...["curl", "-sS", `${url}/metrics`],
    ),
  );
}

Deno.test("IPv6 that is switched off while the exporter runs takes no port down", async () => {
  await using exporter = await startExporter({
    config: JSON.stringify({
      ports: [{ port: 514, name: "dual" }, { port: 515, name: "gone" }],
    }),
    wrapper: [
      ...["unshare", "--net", "sh", "-c"],
      'ip link set lo up && exec "$@"',
      "sh",
    ],
  });
  const inside = ["nsenter", `--target=${exporter.pid}`, "--net"];
  // A dual-stack socket, as Go programs open it: it stands in udp6 alone.
  await using _ = startProcess([
    ...inside,
    ...["socat", "-u", "UDP6-RECV:514,ipv6only=0", "-"],
  ]);
  const scan = async () => {
    const series = await scrapeInside(exporter);
    return {
      dual: series.value("port_up", { name: "dual" }),
      gone: series.value("port_up", { name: "gone" }),
      udp6: series.value("port_exporter_scan_success", { source: "udp6" }),
    };
  };
  const known = { dual: 1, gone: 0, udp6: 1 };
  await eventually(async () => assertEquals(await scan(), known));
  for (const off of [1, 0]) {
    await succeed(
      ...inside,
      ...["sysctl", "-q", "-w", `net.ipv6.conf.all.disable_ipv6=${off}`],
    );
    // IPv4 datagrams still reach it.
    assertEquals(await scan(), known);
  }
});

/** Processes that were ever started on this host. */
async function countForks(): Promise<number> {
  const stat = await Deno.readTextFile("/proc/stat");
  return Number(/^processes (\d+)$/m.exec(stat)?.[1]);
}

Deno.test("processes that die while they are looked at disturb nothing", async () => {
  await using holder = await startHolder();
  await using exporter = await startExporter({
    config: buildConfigText(holder.port, { process: "holder" }),
    args: ["--scan.interval=100ms"],
  });
  const before = await countForks();
  await using stack = new AsyncDisposableStack();
  for (let count = 0; count < 3; count++) {
    stack.use(startProcess([
      ...["perl", "-e"],
      "$SIG{ALRM} = sub { exit }; alarm 60; while (1) { fork or exit; wait }",
    ]));
  }
  for (let walks = 1; walks < 20 || await countForks() < before + 2_000;) {
    await holder.close();
    await holder.bind();
    const series = await exporter.scrape();
    assertEquals(series.value("port_up"), 1);
    assertEquals(series.value("port_owner_pid"), holder.pid);
    assertEquals(series.value("port_owner_matches"), 1);
    const owners = { source: "owners" };
    assertEquals(series.value("port_exporter_scan_success", owners), 1);
    assertEquals(series.value("port_exporter_scan_errors_total", owners), 0);
    walks = series.value("port_exporter_owner_walks_total") ?? NaN;
  }
  // The port itself was closed for a moment each time.
  const others = exporter.log().replace(/^.* msg="port is down" .*$/gm, "");
  assertEquals(/level=(?:warn|error).*/.exec(others)?.[0], undefined);
});

Deno.test("a process that has a file open on a very long path has an owner all the same", async () => {
  await using folder = await makeFolder();
  const port = await findFreePort();
  // Deeper than a page, which is all that a link of procfs can tell.
  await using process = startProcess([
    ...["perl", "-e"],
    `use IO::Socket::INET;
     chdir shift;
     for (1 .. 20) { mkdir "d" x 250; chdir "d" x 250 or die }
     open my $file, ">", "file" or die;
     my $socket = IO::Socket::INET->new(Proto => "udp", LocalPort => shift) or die;
     sleep 60;`,
    folder.path,
    String(port),
  ]);
  await eventually(async () => {
    const series = await scanOnce(buildConfigText(port));
    assertEquals(series.value("port_owner_pid"), process.pid);
  });
});

Deno.test("names that any user can give keep the exposition readable", async () => {
  await using procfs = await makeFolder();
  const bytes = (text: string, ...more: readonly number[]) =>
    new Uint8Array([...new TextEncoder().encode(text), ...more]);
  const files: Readonly<Record<string, string | Uint8Array>> = {
    "1/net/udp": tableText("udp", [rowText("udp", { inode: "4711" })]),
    "1/net/udp6": tableText("udp6"),
    "1/net/sockstat": "sockets: used 1\n",
    "1/net/snmp": "Udp: NoPorts RcvbufErrors\nUdp: 0 0\n",
    "1/net/snmp6": "Udp6NoPorts 0\nUdp6RcvbufErrors 0\n",
    "1/net/netstat": "TcpExt: ListenOverflows ListenDrops\nTcpExt: 0 0\n",
    "1/root/etc/passwd": bytes('a"\\{}\t', 0xff, 0xfe, ...bytes(":x:0:0\n")),
    "stat": "btime 1700000000\n",
    "4242/stat": bytes(
      "4242 (",
      0x0a,
      0x22,
      0x5c,
      0xc3,
      0x29,
      0x20,
      ...bytes(
        ") S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\n",
      ),
    ),
    "4242/status": "Name:\tx\nUid:\t0\t0\t0\t0\n",
    "4242/comm": bytes("", 0x0a, 0x22, 0x5c, 0xc3, 0x29, 0x20, 0x0a),
    "4242/cgroup": bytes(
      '0::/my slice.slice/a "b" {c}\\x2d\r',
      ...[0x00, 0x1b, 0xed, 0xa0, 0x80, 0xff],
      ...bytes(".service\n"),
    ),
  };
  for (const [path, content] of Object.entries(files)) {
    const file = `${procfs.path}/${path}`;
    await Deno.mkdir(file.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeFile(
      file,
      typeof content === "string" ? bytes(content) : content,
    );
  }
  await Deno.mkdir(`${procfs.path}/4242/fd`);
  await Deno.symlink("socket:[4711]", `${procfs.path}/4242/fd/3`);

  await using config = await writeConfig(buildConfigText(6984));
  const { code, stdout } = await runCommand([
    ...[BINARY, "metrics", `--config.file=${config.path}`],
    `--path.procfs=${procfs.path}`,
  ]);
  assertEquals(code, 0);
  assertEquals(await runCommand(["promtool", "check", "metrics"], stdout), {
    code: 0,
    stdout: "",
    stderr: "",
  });
  const [{ process, unit, user } = {}] = parseExposition(stdout)
    .labels("port_owner_info");
  // Half of a letter, and what is none, read as U+FFFD.
  assertEquals(process, '\n"\\\ufffd) ');
  assertEquals(user, 'a"\\{}\t\ufffd\ufffd');
  assertEquals(
    unit,
    `a "b" {c}\\x2d\r\0\u001b${"\ufffd".repeat(4)}.service`,
  );
});
