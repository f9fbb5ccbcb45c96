/** The Debian package, and its life in a throw-away root. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { buildFile, makeWorkFolder } from "../support/packages.ts";
import { runCommand, succeed } from "../support/program.ts";
import {
  makeThrowAwayRoot,
  type ThrowAwayRoot,
} from "../support/throw_away_root.ts";

const work = makeWorkFolder();
const firstPackage = await buildFile(".", {
  script: "deb.sh",
  output: `${work}/first`,
});

/** The package with another version, and another example configuration. */
async function buildNextPackage(
  path: string,
  { version, example }: {
    readonly version: string;
    readonly example?: string;
  },
): Promise<string> {
  const tree = `${work}/next-${version}`;
  await succeed("dpkg-deb", "--raw-extract", path, tree);
  const control = await Deno.readTextFile(`${tree}/DEBIAN/control`);
  await Deno.writeTextFile(
    `${tree}/DEBIAN/control`,
    control.replace(/^Version: .*$/m, `Version: ${version}`),
  );
  if (example !== undefined) {
    await Deno.writeTextFile(`${tree}/etc/port_exporter/ports.yml`, example);
  }
  const next = `${work}/next_${version}.deb`;
  await succeed("dpkg-deb", "-Znone", "--build", tree, next);
  await Deno.remove(tree, { recursive: true });
  return next;
}

Deno.test("lintian finds nothing wrong with the package", async () => {
  assertEquals(
    await runCommand([
      ...["lintian", "--allow-root", "--fail-on=error,warning"],
      firstPackage,
    ]),
    { code: 0, stdout: "", stderr: "" },
  );
});

Deno.test("the package holds the pages, and keeps what an operator changes", async () => {
  const contents = await succeed("dpkg-deb", "--contents", firstPackage);
  const paths = contents.trimEnd().split("\n").map((line) =>
    line.split(/ +/).at(-1)
  );
  for (const page of ["README.md", "changelog.gz", "docs/web-config.md"]) {
    assert(paths.includes(`./usr/share/doc/port-exporter/${page}`), page);
  }
  assertEquals(
    await succeed("dpkg-deb", "--info", firstPackage, "conffiles"),
    "/etc/default/port_exporter\n/etc/port_exporter/ports.yml\n",
  );
});

Deno.test("the package depends on all libraries that the binary loads", async () => {
  const providers: Readonly<Record<string, string>> = {
    libc6: "libc|libdl|libm|libpthread|librt|ld-linux-[a-z0-9-]+",
    "libgcc-s1": "libgcc_s",
  };
  const depends = await succeed("dpkg-deb", "-f", firstPackage, "Depends");
  const provided = new RegExp(
    `^(?:${
      depends.split(",").map((part) =>
        providers[part.trim().split(" ")[0] ?? ""]
      )
        .join("|")
    })\\.so\\.\\d+$`,
  );
  const dynamic = await succeed("readelf", "-d", "dist/port_exporter");
  const needed = [...dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g)]
    .map(([, name]) => name ?? "");
  assert(needed.includes("libc.so.6"));
  assertEquals(needed.filter((name) => !provided.test(name)), []);
});

const CONFIG = "/etc/port_exporter/ports.yml";
const CHANGED = "ports: [{port: 514}]\n";

/** Runs dpkg as an unattended upgrade does: nobody answers a question. */
async function dpkg(
  root: ThrowAwayRoot,
  ...args: readonly string[]
): Promise<void> {
  const { code, stdout, stderr } = await root.run(
    "dpkg",
    "--force-confold",
    ...args,
  );
  assertEquals(code, 0, stdout + stderr);
}

async function install(root: ThrowAwayRoot, path: string): Promise<void> {
  await root.put(path, "/tmp/package.deb");
  await dpkg(root, "--install", "/tmp/package.deb");
}

Deno.test("the package installs, keeps a changed configuration, and purges", async () => {
  await using root = await makeThrowAwayRoot();
  await install(root, firstPackage);
  assertEquals(await root.sh("dpkg --verify port-exporter"), "");
  assertMatch(await root.sh("port_exporter version"), /^port_exporter \d/);
  assertMatch(
    await root.sh(`port_exporter validate --config.file=${CONFIG}`),
    /: \d+ targets, no mistakes\n$/,
  );
  assertMatch(await root.sh("man -w port_exporter"), /port_exporter\.1\.gz\n$/);

  await root.sh(`printf '${CHANGED.trim()}\\n' > ${CONFIG}`);
  await install(
    root,
    await buildNextPackage(firstPackage, { version: "9.1-1" }),
  );
  assertEquals(await root.sh(`cat ${CONFIG}`), CHANGED);
  assertEquals(await root.sh("ls /etc/port_exporter"), "ports.yml\n");

  // The example has changed too: it is laid beside the configuration.
  await install(
    root,
    await buildNextPackage(firstPackage, {
      version: "9.2-1",
      example: "ports: [{port: 515}]\n",
    }),
  );
  assertEquals(await root.sh(`cat ${CONFIG}`), CHANGED);
  assertEquals(
    await root.sh(`cat ${CONFIG}.dpkg-dist`),
    "ports: [{port: 515}]\n",
  );

  await dpkg(root, "--remove", "port-exporter");
  assertEquals(await root.sh(`cat ${CONFIG}`), CHANGED);
  assertEquals(await root.sh("test ! -e /usr/bin/port_exporter"), "");

  await dpkg(root, "--purge", "port-exporter");
  assertEquals(
    await root.sh(
      "find / -xdev \\( -path /tmp -o -path /var/lib/dpkg -o -path /var/log \\) -prune -o " +
        "-newer /made \\( -name '*port_exporter*' -o -name '*port-exporter*' \\) -print",
    ),
    "",
  );
});

/** Puts a systemctl in place that writes down what it is asked. */
async function fakeSystemd(root: ThrowAwayRoot): Promise<void> {
  await root.sh(`
    rm -f /usr/sbin/policy-rc.d /usr/bin/systemctl
    printf '#!/bin/sh\\necho "$@" >>/calls\\n' >/usr/bin/systemctl
    chmod +x /usr/bin/systemctl
    mkdir -p /run/systemd/system
    touch /calls`);
}

/** What systemd was asked since the last time, about this unit or all. */
async function takeCalls(root: ThrowAwayRoot): Promise<readonly string[]> {
  const calls = await root.sh("cat /calls; : >/calls");
  return calls.split("\n").filter((line) => line !== "");
}

Deno.test("the package starts nothing by itself, and leaves nothing running", async () => {
  await using root = await makeThrowAwayRoot();
  await fakeSystemd(root);
  await install(root, firstPackage);
  assertEquals(await takeCalls(root), ["--system daemon-reload"]);

  await install(
    root,
    await buildNextPackage(firstPackage, { version: "9.3-1" }),
  );
  assertEquals(await takeCalls(root), [
    "--system daemon-reload",
    // Only when it runs.
    "try-restart port_exporter.service",
  ]);

  await dpkg(root, "--remove", "port-exporter");
  assertEquals(await takeCalls(root), [
    "stop port_exporter.service",
    "--system --no-reload --quiet disable port_exporter.service",
    "--system daemon-reload",
  ]);
});
