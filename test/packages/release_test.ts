/** The archives of a release: their bytes, and the binary for arm64. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseExposition } from "../support/exposition.ts";
import {
  buildFile,
  copyCheckout,
  makeWorkFolder,
} from "../support/packages.ts";
import { runCommand, succeed } from "../support/program.ts";

const work = makeWorkFolder();
const checkout = `${work}/a checkout`;
await copyCheckout(checkout);

for (const script of ["archive.sh", "deb.sh"]) {
  Deno.test(`${script} gives the same bytes in two folders`, async () => {
    const first = await buildFile(".", { script, output: `${work}/first` });
    const second = await buildFile(checkout, {
      script,
      output: `${work}/second`,
    });
    await succeed("cmp", first, second);
  });
}

Deno.test("the archive holds what a host needs, owned by nobody of this one", async () => {
  const path = await buildFile(".", { script: "archive.sh", output: work });
  const machine = { x86_64: "amd64", aarch64: "arm64" }[Deno.build.arch];
  const name = /([^/]+)\.tar\.gz$/.exec(path)?.[1] ?? "";
  assertMatch(
    name,
    new RegExp(`^port_exporter-\\d+\\.\\d+\\.\\d+\\.linux-${machine}$`),
  );
  const lines = (await succeed("tar", "-tvzf", path)).trimEnd().split("\n");
  assert(lines.every((line) => line.split(" ")[1] === "0/0"), lines[0]);
  const times = new Set(
    lines.map((line) => line.split(/ +/).slice(3, 5).join()),
  );
  assertEquals(times.size, 1);
  const docs = [...Deno.readDirSync("docs")].map(({ name }) => `docs/${name}`)
    .sort();
  assert(docs.includes("docs/web-config.md"));
  assertEquals(
    lines.filter((line) => !line.endsWith("/"))
      .map((line) => line.slice(line.indexOf(name) + name.length + 1)),
    [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "completion/_port_exporter",
      "completion/port_exporter.bash",
      "completion/port_exporter.fish",
      "copyright",
      ...docs,
      "port_exporter",
      "port_exporter.1",
      "port_exporter.default",
      "port_exporter.service",
      "ports.yml",
      "rules/README.md",
      "rules/dashboard.json",
      "rules/rules.yml",
      "rules/rules_test.yml",
      "rules/scrape_config.yml",
    ],
  );
});

/** Runs programs for arm64, on whatever this is. */
const emulator = Deno.build.arch === "aarch64"
  ? []
  : ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"];

Deno.test("the binary for arm64 runs, is scraped, and ends", async () => {
  const binary = `${work}/arm64`;
  await succeed("tools/build.sh", binary, "aarch64");
  const run = (...args: readonly string[]) =>
    runCommand([...emulator, binary, ...args]);
  assertMatch(
    (await run("version")).stdout,
    /^port_exporter \d.*aarch64-unknown-linux-gnu\)\n$/,
  );
  assertMatch((await run("help")).stdout, /^Usage: port_exporter /m);
  assertEquals(
    (await run("validate", "--config.file=packaging/ports.yml")).code,
    0,
  );
  assert(
    parseExposition((await run("metrics")).stdout)
      .value("port_unexpected_listeners") !== undefined,
  );

  const [program = "", ...args] = [...emulator, binary];
  const child = new Deno.Command(program, {
    args: [...args, "serve", "--web.listen-address=127.0.0.1:0"],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  // The emulator may take long: no deadline.
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const reading = (async () => {
    let log = "";
    for await (
      const text of child.stderr.pipeThrough(new TextDecoderStream())
    ) {
      log += text;
      const address = /msg=listening address=(\S+)/.exec(log)?.[1];
      if (address !== undefined) resolve(address);
    }
    reject(new Error(`it did not listen: ${log}`));
  })();
  try {
    const address = await promise;
    const response = await fetch(`http://${address}/metrics`);
    assertMatch(await response.text(), /^port_exporter_build_info\{.*aarch64/m);
  } finally {
    child.kill("SIGTERM");
  }
  assertEquals((await child.status).code, 0);
  await reading;
});
