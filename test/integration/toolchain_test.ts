/** `tools/toolchain.sh`: what it finds, and what it says when it finds nothing. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Finished, runCommand } from "../support/program.ts";

/** A checkout of nothing but the script, with its own PATH. */
interface Checkout extends AsyncDisposable {
  /** Folder that holds all programs that the script can see. */
  readonly bin: string;
  run(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<Finished>;
}

async function makeCheckout(): Promise<Checkout> {
  const root = await Deno.makeTempDir({ prefix: "port_exporter-" });
  const bin = `${root}/bin`;
  await Deno.mkdir(bin);
  await Deno.mkdir(`${root}/tools`);
  await Deno.copyFile("tools/toolchain.sh", `${root}/tools/toolchain.sh`);
  for (const program of ["sh", "dirname", "head", "grep"]) {
    const { stdout } = await runCommand([
      "sh",
      "-c",
      'command -v "$0"',
      program,
    ]);
    await Deno.symlink(stdout.trim(), `${bin}/${program}`);
  }
  return {
    bin,
    run: (args, env = {}) =>
      runCommand([
        "env",
        "--ignore-environment",
        `PATH=${bin}`,
        ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
        "sh",
        `${root}/tools/toolchain.sh`,
        ...args,
      ]),
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

/** Puts a program on PATH that says that it is a Deno. */
async function installFakeDeno(bin: string, version: string): Promise<void> {
  const script = `#!/bin/sh\necho "deno ${version} (stable)"\n`;
  await Deno.writeTextFile(`${bin}/deno`, script, { mode: 0o755 });
}

const NO_DENO = "toolchain: Cannot get Deno: no deno 2.7.11 and no npm on " +
  "PATH, install one of them\n";

Deno.test("toolchain.sh refuses a tool that it does not know", async () => {
  await using checkout = await makeCheckout();
  assertEquals(await checkout.run(["node"]), {
    code: 1,
    stdout: "",
    stderr: 'toolchain: Cannot find tool "node": want deno, denort or debian\n',
  });
  assertEquals(await checkout.run([]), {
    code: 1,
    stdout: "",
    stderr: 'toolchain: Cannot find tool "": want deno, denort or debian\n',
  });
});

Deno.test("toolchain.sh denort refuses a machine that Deno does not run on", async () => {
  await using checkout = await makeCheckout();
  assertEquals(await checkout.run(["denort", "mips"]), {
    code: 1,
    stdout: "",
    stderr: 'toolchain: Cannot get the compile base for "mips": ' +
      "want x86_64 or aarch64\n",
  });
});

Deno.test("toolchain.sh denort takes DENORT_BIN first", async () => {
  await using checkout = await makeCheckout();
  assertEquals(
    await checkout.run(["denort", "x86_64"], { DENORT_BIN: "/opt/denort" }),
    {
      code: 0,
      stdout: "/opt/denort\n",
      stderr: "toolchain: compile base: DENORT_BIN=/opt/denort\n",
    },
  );
});

Deno.test("toolchain.sh deno says what to install when there is neither deno nor npm", async () => {
  await using checkout = await makeCheckout();
  assertEquals(await checkout.run(["deno"]), {
    code: 1,
    stdout: "",
    stderr: NO_DENO,
  });
});

Deno.test("toolchain.sh deno takes a Deno of exactly its version from PATH", async () => {
  await using checkout = await makeCheckout();
  await installFakeDeno(checkout.bin, "2.7.11");
  assertEquals(await checkout.run(["deno"]), {
    code: 0,
    stdout: `${checkout.bin}/deno\n`,
    stderr: "",
  });
});

Deno.test("toolchain.sh deno leaves a Deno of another version alone", async () => {
  await using checkout = await makeCheckout();
  for (const version of ["2.7.10", "2.7.12", "2.7.110", "12.7.11"]) {
    await installFakeDeno(checkout.bin, version);
    const { code, stderr } = await checkout.run(["deno"]);
    assertEquals({ code, stderr }, { code: 1, stderr: NO_DENO }, version);
  }
});

Deno.test("toolchain.sh debian names every missing package where there is no apt-get", async () => {
  await using checkout = await makeCheckout();
  const { code, stderr } = await checkout.run(["debian", "socat", "strace"]);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^toolchain: Cannot run the tests: missing socat strace,/,
  );
});

Deno.test("a program that is rewritten in ASCII says what it said before", async () => {
  const program =
    "console.log(`–·\\u2022`, '😀', /^[é–]$/.test('–'), \"\\\\–\");\n";
  const path = await Deno.makeTempFile({ suffix: ".js" });
  try {
    const run = async () =>
      (await runCommand([Deno.execPath(), "run", "--quiet", path])).stdout;
    await Deno.writeTextFile(path, program);
    const before = await run();
    assertEquals(before, "–·• 😀 true \\–\n");
    const { code } = await runCommand([
      ...[Deno.execPath(), "run", "--quiet", "--no-config", "--allow-all"],
      ...["tools/write_ascii.ts", path],
    ]);
    assertEquals(code, 0);
    assert(/^[\x20-\x7e\n]*$/.test(await Deno.readTextFile(path)));
    assertEquals(await run(), before);
  } finally {
    await Deno.remove(path);
  }
});
