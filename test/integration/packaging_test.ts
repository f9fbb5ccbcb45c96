/** The unit, `make install`, and the examples that are shipped. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { BINARY, fail, runCommand, runProgram } from "../support/program.ts";
import { namesOf, traceExporter } from "../support/strace.ts";

const UNIT = "packaging/port_exporter.service";

/** Values of a key of the unit, an assignment an element. */
function settings(key: string): readonly string[] {
  return Deno.readTextFileSync(UNIT).split("\n")
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1));
}

interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

async function makeDirectory(): Promise<TemporaryDirectory> {
  const path = await Deno.makeTempDir({ prefix: "port_exporter-" });
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** A copy of the unit whose program exists. */
async function copyUnit(directory: TemporaryDirectory): Promise<string> {
  const path = `${directory.path}/port_exporter.service`;
  const text = await Deno.readTextFile(UNIT);
  assertStringIncludes(text, "ExecStart=/usr/bin/port_exporter serve");
  await Deno.writeTextFile(
    path,
    text.replaceAll("=/usr/bin/port_exporter ", `=${BINARY} `),
  );
  return path;
}

Deno.test("systemd finds nothing wrong with the unit", async () => {
  await using directory = await makeDirectory();
  assertEquals(
    await runCommand([
      "systemd-analyze",
      "verify",
      // The page that it names is not installed here.
      "--man=no",
      await copyUnit(directory),
    ]),
    { code: 0, stdout: "", stderr: "" },
  );
});

Deno.test("systemd rates the exposure of the unit below 2", async () => {
  await using directory = await makeDirectory();
  const { stdout } = await runCommand([
    "systemd-analyze",
    "security",
    "--offline=true",
    "--no-pager",
    await copyUnit(directory),
  ]);
  const exposure = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1];
  assert(Number(exposure ?? fail(stdout)) < 2, `exposure is ${exposure}`);
});

Deno.test("the unit has the two capabilities that owners need, and no other", () => {
  const wanted = ["CAP_DAC_READ_SEARCH CAP_SYS_PTRACE"];
  assertEquals(settings("AmbientCapabilities"), wanted);
  assertEquals(settings("CapabilityBoundingSet"), wanted);
});

/** System calls of a set of systemd, with the sets inside it. */
function expandSyscallSet(
  name: string,
  linesBySet: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const lines = linesBySet.get(name) ?? fail(`no set ${name}`);
  return lines.flatMap((line) =>
    line.startsWith("@") ? expandSyscallSet(line, linesBySet) : [line]
  );
}

/** System calls that the unit allows. */
async function readAllowedSyscalls(): Promise<ReadonlySet<string>> {
  const { stdout } = await runCommand([
    "systemd-analyze",
    "syscall-filter",
    "--no-pager",
  ]);
  const linesBySet = new Map<string, readonly string[]>();
  for (const block of stdout.split(/\n(?=@)/)) {
    const [name = "", ...lines] = block.split("\n").map((line) => line.trim());
    linesBySet.set(
      name,
      lines.filter((line) => line !== "" && !line.startsWith("#")),
    );
  }
  // What systemd allows in every list.
  const allowed = new Set(expandSyscallSet("@default", linesBySet));
  for (const setting of settings("SystemCallFilter")) {
    const denies = setting.startsWith("~");
    for (const name of setting.replace("~", "").split(" ")) {
      for (const syscall of expandSyscallSet(name, linesBySet)) {
        if (denies) allowed.delete(syscall);
        else allowed.add(syscall);
      }
    }
  }
  return allowed;
}

/**
 * V8 asks for memory protection keys when it starts and does without: the
 * filter answers EPERM.
 */
const DISPENSABLE_SYSCALLS = ["pkey_alloc"];

Deno.test("the unit allows what the program does", async () => {
  const calls = await traceExporter({
    config: "ports:\n  - port: 1-15\nlisteners: {enabled: true}\n",
    async use(exporter) {
      await exporter.scrape();
    },
  });
  const names = namesOf(calls);
  assert(names.includes("accept4"), "strace saw no scrape");

  const allowed = await readAllowedSyscalls();
  assert(!allowed.has("reboot"), "the filter is not a filter");
  const denied = new Set(
    names.filter((name) =>
      !allowed.has(name) && !DISPENSABLE_SYSCALLS.includes(name)
    ),
  );
  assertEquals([...denied], [], "SystemCallFilter");

  const families = settings("RestrictAddressFamilies").join(" ").split(" ");
  assertEquals(
    calls.filter((line) =>
      /^socket\(/.test(line) &&
      !families.includes(/AF_\w+/.exec(line)?.[0] ?? "")
    ),
    [],
    "RestrictAddressFamilies",
  );
  assertEquals(
    calls.filter((line) =>
      /^mmap\(.*PROT_WRITE.*PROT_EXEC|^(?:pkey_)?mprotect\(.*PROT_EXEC/
        .test(line)
    ),
    [],
    "MemoryDenyWriteExecute",
  );
});

/** Installs as a package builder does. */
async function install(destination: string): Promise<void> {
  const { code, stderr } = await runCommand([
    "env",
    // Nothing of the make that runs this test.
    "--unset=MAKEFLAGS",
    "--unset=MAKEOVERRIDES",
    "--unset=UNITDIR",
    "--unset=SYSCONFDIR",
    "make",
    // The binary under test is the one to install.
    "--old-file=dist/port_exporter",
    "install",
    `DESTDIR=${destination}`,
    "PREFIX=/usr",
  ]);
  assertEquals(code, 0, stderr);
}

function* walk(directory: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    if (isDirectory) yield* walk(`${directory}/${name}`);
    else yield `${directory}/${name}`;
  }
}

Deno.test("make install puts every file in place", async () => {
  await using directory = await makeDirectory();
  const { path } = directory;
  await install(path);
  const modesByPath = Object.fromEntries(
    [...walk(path)].map((file) => [
      file.slice(path.length),
      (Deno.statSync(file).mode ?? 0) & 0o7777,
    ]),
  );
  assertEquals(modesByPath, {
    "/usr/bin/port_exporter": 0o755,
    "/usr/lib/systemd/system/port_exporter.service": 0o644,
    "/etc/default/port_exporter": 0o644,
    "/etc/port_exporter/ports.yml": 0o644,
    "/usr/share/man/man1/port_exporter.1": 0o644,
    "/usr/share/bash-completion/completions/port_exporter": 0o644,
    "/usr/share/zsh/site-functions/_port_exporter": 0o644,
    "/usr/share/fish/vendor_completions.d/port_exporter.fish": 0o644,
  });
  assertEquals(
    await Deno.readTextFile(
      `${path}/usr/lib/systemd/system/port_exporter.service`,
    ),
    await Deno.readTextFile(UNIT),
  );
  assertMatch(
    (await runCommand([`${path}/usr/bin/port_exporter`, "version"])).stdout,
    /^port_exporter \d/,
  );
});

Deno.test("make install makes the unit start the installed binary", async () => {
  await using directory = await makeDirectory();
  const { code, stderr } = await runCommand([
    "make",
    "--old-file=dist/port_exporter",
    "install",
    `DESTDIR=${directory.path}`,
    "PREFIX=/opt/exporters",
    "SYSCONFDIR=/opt/etc",
    "UNITDIR=/units",
  ]);
  assertEquals(code, 0, stderr);
  const unit = await Deno.readTextFile(
    `${directory.path}/units/port_exporter.service`,
  );
  const program = "/opt/exporters/bin/port_exporter";
  const option = "--config.file=/opt/etc/port_exporter/ports.yml";
  assertStringIncludes(unit, `\nEnvironment=CONFIG=${option} ARGS=\n`);
  assertStringIncludes(
    unit,
    "\nEnvironmentFile=-/opt/etc/default/port_exporter\n",
  );
  assertStringIncludes(unit, `\nExecStart=${program} serve $CONFIG $ARGS\n`);
  assertStringIncludes(unit, `\nExecReload=${program} validate $CONFIG\n`);
  assertStringIncludes(
    await Deno.readTextFile(`${directory.path}/opt/etc/default/port_exporter`),
    `\nCONFIG="${option}"\n`,
  );
});

Deno.test("make install keeps a changed configuration and changed options", async () => {
  await using directory = await makeDirectory();
  await install(directory.path);
  const textsByPath = {
    "/etc/port_exporter/ports.yml": "ports: [{port: 514}]\n",
    "/etc/default/port_exporter": 'ARGS="--log.level=warn"\n',
  };
  for (const [path, text] of Object.entries(textsByPath)) {
    await Deno.writeTextFile(`${directory.path}${path}`, text);
  }
  await install(directory.path);
  for (const [path, text] of Object.entries(textsByPath)) {
    assertEquals(await Deno.readTextFile(`${directory.path}${path}`), text);
  }
});

Deno.test("the unit and its options file say the same, in options that there are", async () => {
  const text = await Deno.readTextFile("packaging/port_exporter.default");
  const assignments = [...text.matchAll(/^(#?)(CONFIG|ARGS)="(.*)"$/gm)]
    .map(([, sign, name = "", value = ""]) => ({
      isExample: sign === "#",
      name,
      options: value.split(" ").filter((option) => option !== ""),
    }));
  assertEquals(
    assignments.filter(({ isExample }) => !isExample)
      .map(({ name, options }) => `${name}=${options.join(" ")}`),
    settings("Environment").join(" ").split(" "),
  );
  assertEquals(assignments.filter(({ isExample }) => isExample).length, 2);
  for (const { name, options } of assignments) {
    // Both commands get what CONFIG says.
    for (
      const command of name === "CONFIG" ? ["serve", "validate"] : ["serve"]
    ) {
      const { stdout } = await runProgram("help", command);
      for (const option of options) {
        assertMatch(stdout, new RegExp(`^  ${option.split("=")[0]}[= ]`, "m"));
      }
    }
  }
});

/** Bodies of the README's code blocks of a language. */
function readCodeBlocks(language: string): readonly string[] {
  const text = ["README.md", "README.zh-CN.md"]
    .map((path) => Deno.readTextFileSync(path)).join("\n");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , body]) => body ?? "");
}

async function validate(path: string): Promise<void> {
  const { code, stdout, stderr } = await runProgram(
    "validate",
    `--config.file=${path}`,
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertMatch(stdout, /: \d+ targets?, no mistakes\n$/);
}

Deno.test("every shipped example configuration is valid", async () => {
  // The one inside the manifest for Kubernetes has a test of its own.
  const examples = [...walk("packaging")].filter((path) =>
    path.endsWith(".yml") && !path.startsWith("packaging/kubernetes/")
  );
  assert(examples.includes("packaging/ports.yml"));
  for (const path of examples) await validate(path);
});

Deno.test("every configuration in the READMEs is valid", async () => {
  await using directory = await makeDirectory();
  const path = `${directory.path}/example.yml`;
  const blocks = readCodeBlocks("yaml");
  const ofPrometheus = (text: string) => text.startsWith("scrape_configs:");
  assert(blocks.some(ofPrometheus) && !blocks.every(ofPrometheus));
  for (const text of blocks) {
    await Deno.writeTextFile(path, text);
    if (!ofPrometheus(text)) {
      await validate(path);
      continue;
    }
    const { code, stderr } = await runCommand([
      "promtool",
      "check",
      "config",
      path,
    ]);
    assertEquals(code, 0, stderr);
  }
});

Deno.test("shellcheck finds nothing wrong with the scripts", async () => {
  const scripts = [
    ...[...walk("tools")].filter((path) => path.endsWith(".sh")),
    ...["postinst", "prerm", "postrm"].map((name) =>
      `packaging/debian/${name}`
    ),
    "packaging/completion/port_exporter.bash",
    "test/support/complete.bash",
  ];
  assert(scripts.includes("tools/deb.sh"));
  assertEquals(
    await runCommand(["shellcheck", "--external-sources", ...scripts]),
    { code: 0, stdout: "", stderr: "" },
  );
});
