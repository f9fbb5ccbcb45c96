/** `discover`: what listens here, and what Filebeat is told to listen on. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  type Finished,
  runProgram,
  scanOnce,
  writeConfig,
} from "../support/program.ts";
import { startHolder } from "../support/holder.ts";
import { findServicePort } from "../support/sockets.ts";

/** A UDP receiver on a port that a service would have. */
async function startReceiver() {
  return await startHolder({
    name: "it-receiver",
    port: await findServicePort(),
  });
}

/** Runs `discover`, which must succeed. */
async function discover(...args: readonly string[]): Promise<Finished> {
  const finished = await runProgram("discover", ...args);
  assertEquals(finished.code, 0, finished.stderr);
  return finished;
}

/** What `validate` says of a configuration, which must be valid. */
async function validate(config: string): Promise<string> {
  await using file = await writeConfig(config);
  const { code, stdout, stderr } = await runProgram(
    "validate",
    `--config.file=${file.path}`,
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return stdout.replaceAll(file.path, "ports.yml");
}

Deno.test("discover prints a table of what listens", async () => {
  await using receiver = await startReceiver();
  const { stdout } = await discover();
  assertMatch(stdout, /^PROTOCOL +PORT +ADDRESS +PROCESS +UNIT +USER\n/);
  assertMatch(
    stdout,
    new RegExp(
      `^udp +${receiver.port} +127.0.0.1 +it-receiver +\\S+ +root$`,
      "m",
    ),
  );
});

Deno.test("discover prints JSON of what listens", async () => {
  await using receiver = await startReceiver();
  using listener = Deno.listen({ hostname: "::1", port: 0 });
  const { stdout } = await discover("--format=json");
  const { listeners } = JSON.parse(stdout) as {
    readonly listeners: readonly Readonly<Record<string, unknown>>[];
  };
  const find = (wanted: number) => {
    const [{ unit: _unit, container: _container, ...found } = {}, ...others] =
      listeners.filter(({ port }) => port === wanted);
    assertEquals(others, []);
    return found;
  };
  assertEquals(find(receiver.port), {
    protocol: "udp",
    port: receiver.port,
    address: "127.0.0.1",
    process: "it-receiver",
    user: "root",
  });
  const comm = await Deno.readTextFile("/proc/self/comm");
  assertEquals(find(listener.addr.port), {
    protocol: "tcp",
    port: listener.addr.port,
    address: "::1",
    process: comm.trimEnd(),
    user: "root",
  });
});

Deno.test("discover makes a configuration that is valid and holds here", async () => {
  await using receiver = await startReceiver();
  const { stdout } = await discover("--format=yaml");
  assertMatch(await validate(stdout), /: \d+ targets?, no mistakes\n$/);
  const series = await scanOnce(stdout);
  const labels = { port: String(receiver.port), protocol: "udp" };
  assertEquals(series.value("port_up", labels), 1);
  assertEquals(series.value("port_owner_matches", labels), 1);
  assertEquals(series.value("port_owner_pid", labels), receiver.pid);
});

/** A folder of Filebeat; the text of each file by its path. */
interface Folder extends AsyncDisposable {
  readonly path: string;
}

async function writeFolder(
  textByPath: Readonly<Record<string, string>>,
): Promise<Folder> {
  const path = await Deno.makeTempDir({ prefix: "port_exporter-" });
  await Deno.mkdir(`${path}/modules.d`);
  for (const [name, text] of Object.entries(textByPath)) {
    await Deno.writeTextFile(`${path}/${name}`, text);
  }
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

const FILEBEAT = {
  "filebeat.yml": `filebeat.inputs:
  - type: udp
    id: firewalls
    host: "0.0.0.0:16984"
  - type: udp
    host: "\${LISTEN_HOST:127.0.0.1}:\${LISTEN_PORT:16985}"
  - type: udp
    id: secret
    host: "0.0.0.0:\${NO_DEFAULT}"
  - type: tcp
    id: hosts
    enabled: false
    host: "localhost:16986"
  - type: syslog
    id: routers
    protocol.tcp:
      host: "[::1]:16987"
  - type: filestream
    paths: [/var/log/*.log]
filebeat.config.modules:
  path: \${path.config}/modules.d/*.yml
output.elasticsearch:
  hosts: ["es.example:9200"]
`,
  "modules.d/cisco.yml": `- module: cisco
  asa:
    enabled: true
    var.input: udp
    var.syslog_host: 0.0.0.0
    var.syslog_port: 16990
  ios:
    enabled: false
    var.input: udp
    var.syslog_port: 16991
  ftd:
    enabled: true
    var.input: tcp
    var.syslog_port: 16992
`,
  "modules.d/broken.yml": "- module: [\n",
  "modules.d/panw.yml.disabled":
    "- module: panw\n  panos: {enabled: true, var.syslog_port: 16993}\n",
};

/** Target of a configuration as `check --format json` shows it. */
interface Target {
  readonly port: number;
  readonly protocol: string;
  readonly name: string;
}

async function listTargets(config: string): Promise<readonly string[]> {
  await using file = await writeConfig(config);
  const { stdout } = await runProgram(
    "check",
    `--config.file=${file.path}`,
    "--format=json",
  );
  const { targets } = JSON.parse(stdout) as {
    readonly targets: readonly Target[];
  };
  return targets
    .map(({ protocol, port, name }) => `${protocol} ${port} ${name}`)
    .sort();
}

Deno.test("discover --filebeat makes a configuration of files and folders", async () => {
  await using folder = await writeFolder(FILEBEAT);
  const file = `${folder.path}/filebeat.yml`;
  const modules = `${folder.path}/modules.d`;
  const { code, stdout, stderr } = await runProgram(
    "discover",
    `--filebeat=${file}`,
    modules,
  );
  // Nothing of one file was read.
  assertEquals(code, 1);
  assertEquals(
    await validate(stdout),
    "ports.yml: 5 targets, no mistakes\n",
  );
  assertEquals(await listTargets(stdout), [
    "tcp 16987 routers",
    "tcp 16992 cisco-ftd",
    "udp 16984 firewalls",
    "udp 16985 udp-16985",
    "udp 16990 cisco-asa",
  ]);
  assertEquals(stdout.match(/process: filebeat/g)?.length, 5);

  const problems = stderr.trimEnd().split("\n")
    .map((line) => line.replace("port_exporter: warning: ", ""));
  const [host, broken = "", ...others] = problems;
  assertEquals(
    host,
    `${file}: Cannot read filebeat.inputs[2].host: ` +
      '"0.0.0.0:${NO_DEFAULT}", want host:port',
  );
  assertStringIncludes(broken, `${modules}/broken.yml: Cannot parse YAML: `);
  assertEquals(others, []);
  for (const problem of problems) {
    assertStringIncludes(stdout, `\n# Not read: ${problem}\n`);
  }
});

Deno.test("discover --filebeat expects the addresses that Filebeat binds", async () => {
  await using receiver = await startReceiver();
  await using folder = await writeFolder({
    "filebeat.yml": `filebeat.inputs:
  - type: udp
    host: "localhost:${receiver.port}"
`,
  });
  const { stdout } = await discover(`--filebeat=${folder.path}/filebeat.yml`);
  const series = await scanOnce(stdout);
  assertEquals(series.value("port_up"), 1);
  // It is not Filebeat that holds the port.
  assertEquals(series.value("port_owner_matches"), 0);
});

Deno.test("discover --filebeat says what it does not find", async () => {
  await using folder = await writeFolder({
    "filebeat.yml": "filebeat.inputs:\n  - type: filestream\n",
  });
  const paths = [
    `${folder.path}/filebeat.yml`,
    `${folder.path}/modules.d`,
    `${folder.path}/missing.yml`,
  ];
  const { code, stdout, stderr } = await runProgram(
    "discover",
    ...paths.map((path) => `--filebeat=${path}`),
  );
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  const [missing, nothing, ...others] = stderr.trimEnd().split("\n");
  assertEquals(
    missing,
    `port_exporter: ${paths[2]}: Cannot read the file: it does not exist`,
  );
  assertMatch(nothing ?? "", /^port_exporter: Cannot find a port: want files /);
  assertEquals(others, []);
});

Deno.test("discover --filebeat keeps what it found when a file is missing", async () => {
  await using folder = await writeFolder(FILEBEAT);
  const missing = `${folder.path}/missing.yml`;
  const { code, stdout, stderr } = await runProgram(
    "discover",
    `--filebeat=${folder.path}/modules.d/cisco.yml`,
    `--filebeat=${missing}`,
  );
  assertEquals(code, 1);
  assertEquals((await listTargets(stdout)).length, 2);
  assertEquals(
    stderr,
    `port_exporter: warning: ${missing}: Cannot read the file: it does not exist\n`,
  );
  assert(stdout.includes(`# Not read: ${missing}: `));
});

/** A folder whose filebeat.yml names the files of modules.d in this form. */
function writeModules(path: string): Promise<Folder> {
  return writeFolder({
    "filebeat.yml": `filebeat.config.modules.path: ${path}\n`,
    "modules.d/cisco.yml":
      "- module: cisco\n  asa: {enabled: true, var.syslog_host: 0.0.0.0}\n",
    "modules.d/zoom.yml": "- module: zoom\n  webhook: {enabled: true}\n",
    "modules.d/panw.yml.disabled": "- module: panw\n  panos:\n",
  });
}

for (const path of ["${path.config}/modules.d/*.yml", "modules.d/*.yml"]) {
  Deno.test(`discover --filebeat follows ${path} to files that are named`, async () => {
    await using folder = await writeModules(path);
    const modules = `${folder.path}/modules.d`;
    const { stdout, stderr } = await discover(
      `--filebeat=${folder.path}/filebeat.yml`,
      `${modules}/`,
    );
    assertEquals(stderr, "");
    assertEquals(
      stdout,
      `# From ${folder.path}/filebeat.yml, ${modules}/
# Assumed: ${modules}/cisco.yml: [0].asa.var.syslog_port: missing, udp 9001 is the module's default
# Assumed: ${modules}/zoom.yml: [0].webhook.var.listen_port: missing, tcp 80 is the module's default
ports:
  - port: 9001
    name: cisco-asa
    protocol: udp
    process: filebeat
  - port: 80
    name: zoom-webhook
    protocol: tcp
    address: 127.0.0.1
    process: filebeat
`,
    );
  });

  Deno.test(`discover --filebeat tells that not all files of ${path} are named`, async () => {
    await using folder = await writeModules(path);
    const file = `${folder.path}/filebeat.yml`;
    const { stderr } = await discover(
      `--filebeat=${file}`,
      `${folder.path}/modules.d/cisco.yml`,
    );
    assertEquals(
      stderr,
      `port_exporter: warning: ${file}: Cannot follow ` +
        `filebeat.config.modules.path: "${folder.path}/modules.d/*.yml", ` +
        "want these files named too\n",
    );
  });
}

// What a pattern means that cannot be listed here is not known.
for (
  const [path, want] of [
    ["${path.home}/modules.d/*.yml", "${path.home}/modules.d/*.yml"],
    ["/missing/*.yml", "/missing/*.yml"],
    ["${MODULES:/missing}/*.yml", "/missing/*.yml"],
    ["modules.*/*.yml", "FOLDER/modules.*/*.yml"],
    ["modules.d/${NAME}.yml", "FOLDER/modules.d/${NAME}.yml"],
  ] as const
) {
  Deno.test(`discover --filebeat tells that it does not follow ${path}`, async () => {
    await using folder = await writeModules(path);
    const { stderr } = await discover(
      `--filebeat=${folder.path}/filebeat.yml`,
      `${folder.path}/modules.d`,
    );
    assertStringIncludes(
      stderr,
      `: ${JSON.stringify(want.replace("FOLDER", folder.path))}, want these`,
    );
  });
}

// cisco/asa and panw/panos have the same default; one of them cannot listen.
Deno.test("discover --filebeat tells which inputs have the same port", async () => {
  await using folder = await writeFolder({
    "modules.d/a.yml": "- module: cisco\n  asa:\n",
    "modules.d/b.yml": "- module: panw\n  panos:\n",
  });
  const { stdout, stderr } = await discover(
    `--filebeat=${folder.path}/modules.d`,
    // The same file again is no other input.
    `--filebeat=${folder.path}/modules.d/a.yml`,
  );
  const warning = "Cannot tell apart what listens on udp 9001 on 127.0.0.1: " +
    '"cisco-asa", "panw-panos", want one input';
  assertEquals(stderr, `port_exporter: warning: ${warning}\n`);
  assertStringIncludes(stdout, `# Not read: ${warning}\n`);
  assertEquals(await listTargets(stdout), ["udp 9001 cisco-asa"]);
});
