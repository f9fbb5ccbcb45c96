/**
 * The exporter as a container runs it: namespaces of its own, a read-only root
 * that holds the binary and its libraries alone, the host's procfs read-only
 * at /host/proc.
 */

import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/yaml";
import { parseExposition, type Series } from "../support/exposition.ts";
import { type Holder, startHolder } from "../support/holder.ts";
import {
  BINARY,
  buildConfigText,
  fail,
  runCommand,
  runProgram,
  succeed,
  writeConfig,
} from "../support/program.ts";

const MANIFEST = "packaging/kubernetes/daemonset.yml";

/** Libraries that a program loads, with the loader. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const text = await succeed("ldd", program);
  return [...text.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path ?? "");
}

/**
 * Scans in a container whose process is uid 0 with these capabilities and no
 * other.
 */
async function scanInContainer(
  holder: Holder,
  capabilities: readonly string[],
): Promise<Series> {
  await using config = await writeConfig(
    buildConfigText(holder.port, { process: "receiver" }),
  );
  const root = await Deno.makeTempDir({ prefix: "port_exporter-" });
  try {
    const { stdout: setpriv } = await runCommand([
      ...["sh", "-c", "command -v setpriv"],
    ]);
    for (
      const path of [
        BINARY,
        setpriv.trim(),
        ...await librariesOf(BINARY),
        ...await librariesOf(setpriv.trim()),
      ]
    ) {
      const name = path === BINARY ? "/port_exporter" : path;
      await succeed("install", "-D", path, `${root}${name}`);
    }
    await Deno.copyFile(config.path, `${root}/ports.yml`);
    const only = ["-all", ...capabilities.map((name) => `+${name}`)].join();
    const stdout = await succeed(
      ...["unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--fork"],
      ...["env", "--ignore-environment", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
      ...["sh", "-euc"],
      `mkdir -p "$0/proc" "$0/dev" "$0/host/proc"
      mount --bind "$0" "$0"
      mount --bind /proc "$0/host/proc"
      mount -o remount,bind,ro "$0/host/proc"
      mount -t proc proc "$0/proc"
      mount --bind /dev "$0/dev"
      mount -o remount,bind,ro "$0"
      exec chroot "$0" "$@"`,
      root,
      ...[setpriv.trim(), "--inh-caps=-all", `--bounding-set=${only}`],
      ...["--no-new-privs", "/port_exporter", "metrics"],
      ...["--path.procfs=/host/proc", "--config.file=/ports.yml"],
    );
    return parseExposition(stdout);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** A receiver of the host that another user runs. */
function startReceiver(): Promise<Holder> {
  return startHolder({
    name: "receiver",
    wrapper: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
  });
}

Deno.test("a container sees the sockets of the host and, by two capabilities, their owners", async () => {
  await using receiver = await startReceiver();
  const series = await scanInContainer(
    receiver,
    readSecurityContext().capabilities.add.map((name) => name.toLowerCase()),
  );
  assertEquals(series.value("port_up"), 1);
  assertEquals(series.value("port_owner_matches"), 1);
  assertEquals(series.value("port_owner_pid"), receiver.pid);
  assertEquals(
    series.labels("port_owner_info").map(({ process }) => process),
    ["receiver"],
  );
});

Deno.test("a container without capabilities sees the sockets alone", async () => {
  await using receiver = await startReceiver();
  const series = await scanInContainer(receiver, []);
  assertEquals(series.value("port_up"), 1);
  assertEquals(series.value("port_owner_matches"), undefined);
  assertEquals(
    series.value("port_exporter_scan_success", { source: "owners" }),
    0,
  );
});

/** What the tests read of the manifest. */
interface Manifest {
  readonly kind: string;
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly [{
          readonly args: readonly string[];
          readonly securityContext: {
            readonly capabilities: {
              readonly drop: readonly string[];
              readonly add: readonly string[];
            };
          };
        }];
      };
    };
  };
}

function readManifests(): readonly [configMap: Manifest, daemonSet: Manifest] {
  const [first, second, ...others] = Deno.readTextFileSync(MANIFEST)
    .split(/^---$/m).map((text) => parse(text) as Manifest);
  assertEquals([first?.kind, second?.kind, others], [
    "ConfigMap",
    "DaemonSet",
    [],
  ]);
  return [first ?? fail("no map"), second ?? fail("no set")];
}

function readSecurityContext() {
  const [, { spec }] = readManifests();
  return spec.template.spec.containers[0].securityContext;
}

Deno.test("the DaemonSet adds two capabilities and drops all others", () => {
  assertEquals(readSecurityContext().capabilities, {
    drop: ["ALL"],
    add: ["DAC_READ_SEARCH", "SYS_PTRACE"],
  });
});

Deno.test("the configuration in the manifest is valid, and its arguments are known", async () => {
  const [{ data }, { spec }] = readManifests();
  await using file = await writeConfig(data["ports.yml"] ?? "");
  assertEquals(
    (await runProgram("validate", `--config.file=${file.path}`)).stderr,
    "",
  );
  const { code, stderr } = await runProgram(
    ...spec.template.spec.containers[0].args,
    "--help",
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});

/** Checks manifests against the types of Kubernetes, unknown keys included. */
async function checkTypes(
  [configMap, daemonSet]: ReturnType<typeof readManifests>,
): Promise<string> {
  // Beside the sources, so that their import map is found.
  const path = ".build/manifest_check.ts";
  await Deno.mkdir(".build", { recursive: true });
  await Deno.writeTextFile(
    path,
    `import type { DaemonSet } from "kubernetes-types/apps/v1.d.ts";
import type { ConfigMap } from "kubernetes-types/core/v1.d.ts";
export const configMap: ConfigMap = ${JSON.stringify(configMap)};
export const daemonSet: DaemonSet = ${JSON.stringify(daemonSet)};
`,
  );
  const { code, stderr } = await runCommand([
    ...[Deno.execPath(), "check", "--quiet", path],
  ]);
  await Deno.remove(path);
  return code === 0 ? "" : stderr;
}

Deno.test("the manifest has the types of Kubernetes", async () => {
  const manifests = readManifests();
  assertEquals(await checkTypes(manifests), "");

  // The check is one: a key that Kubernetes does not know is found.
  const broken = JSON.stringify(manifests)
    .replace('"readOnlyRootFilesystem"', '"readOnlyRootFileSystem"');
  assert(
    (await checkTypes(JSON.parse(broken))).includes("readOnlyRootFileSystem"),
  );
});
