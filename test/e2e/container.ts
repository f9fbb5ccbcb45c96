/**
 * A container in which systemd runs as process 1: systemd-nspawn, and nsenter
 * to run commands in it, for which neither machined nor a bus is needed.
 *
 * @module
 */

import {
  eventually,
  fail,
  type Finished,
  runCommand,
  succeed,
} from "../support/program.ts";

/** How long a command in the container may take. */
const COMMAND_SECONDS = 60;
/** How long a shutdown may take before the container is killed. */
const STOP_SECONDS = 15;

/** A container, ended with the value. */
export interface Container extends AsyncDisposable {
  /**
   * Waits until the system is up, for a minute at most.
   *
   * @throws {Error} when it does not boot, with the end of its console
   */
  waitForBoot(): Promise<void>;
  /** Runs a command in it. */
  run(...command: readonly string[]): Promise<Finished>;
  /**
   * Runs a command in it that must succeed.
   *
   * @returns What it wrote to stdout, without the last line feed
   * @throws {Error} when it exits with another code than 0, with what it said
   */
  read(...command: readonly string[]): Promise<string>;
}

/** Unpacks a root from a tar archive to a directory that ends with the value. */
export async function unpackRoot(
  archive: string,
): Promise<AsyncDisposable & { readonly path: string }> {
  const directory = await Deno.makeTempDir({ dir: ".build", prefix: "e2e-" });
  // nspawn puts a lock beside it.
  const path = `${directory}/root`;
  const remove = async () =>
    void await succeed("rm", "-rf", "--one-file-system", directory);
  try {
    await Deno.mkdir(path);
    await succeed("tar", `--directory=${path}`, "-xpf", archive);
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, [Symbol.asyncDispose]: remove };
}

/**
 * Boots the system below `root`, with a network of its own that has only the
 * loopback interface.
 */
export function startContainer(root: string): Container {
  const name = `e2e-${Deno.pid}`;
  const [program = "", ...args] = buildCommand({ name, root });
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let terminal = "";
  const reading = [child.stdout, child.stderr].map(async (stream) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      terminal += text;
    }
  });
  let hasEnded = false;
  const ending = child.status.then(() => hasEnded = true);

  // Not forked, the waiting process stays outside: the stop signal that a
  // shutdown sends to all processes would leave nsenter stopped for good.
  const inContainer = async (...command: readonly string[]) => [
    ...["nsenter", `--target=${await findInit(child.pid)}`, "--no-fork"],
    ...["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"],
    ...["--root", "--wd", "timeout", String(COMMAND_SECONDS), ...command],
  ];
  const run = async (...command: readonly string[]) =>
    await runCommand(await inContainer(...command));
  return {
    run,
    async read(...command) {
      const stdout = await succeed(...await inContainer(...command));
      return stdout.replace(/\n$/, "");
    },
    async waitForBoot() {
      const problem = await eventually(async () => {
        if (hasEnded) return "systemd-nspawn has ended";
        const { stdout, stderr } = await run(
          ...["systemctl", "is-system-running", "--wait"],
        );
        // A failed unit of the system is not the exporter's business.
        if (!/^(?:running|degraded)$/m.test(stdout)) fail(stdout + stderr);
        return undefined;
      }, { seconds: 60 }).catch(messageOf);
      if (problem === undefined) return;
      throw new Error(
        `Cannot boot the container: ${problem}\n${terminal.slice(-2000)}`,
      );
    },
    async [Symbol.asyncDispose]() {
      // The first signal asks for a shutdown, any other ends it at once.
      const terminate = () => hasEnded || child.kill("SIGTERM");
      terminate();
      const timer = setInterval(terminate, STOP_SECONDS * 1000);
      await ending;
      clearInterval(timer);
      await Promise.all(reading);
      await removeLeftovers(name);
    },
  };
}

/** Whether the host has a systemd to ask for a scope. */
const isUnderSystemd = exists("/run/systemd/system");

/** Mounted hierarchies of control groups that systemd uses: v2, hybrid, v1. */
const hierarchies = ["", "/unified", "/systemd"]
  .map((name) => `/sys/fs/cgroup${name}`)
  .filter((path) => exists(`${path}/cgroup.procs`));

/**
 * Without systemd on the host, nspawn would leave its control groups in the
 * root of the hierarchies: it gets one that can be removed.
 */
const ENTER_CONTROL_GROUP = `
for group in ${hierarchies.map((path) => `${path}/$0`).join(" ")}; do
  mkdir "$group" && echo $$ >"$group/cgroup.procs" || exit
done
exec "$@"
`;

function buildCommand(
  { name, root }: { readonly name: string; readonly root: string },
): readonly string[] {
  return [
    ...(isUnderSystemd ? [] : ["sh", "-c", ENTER_CONTROL_GROUP, name]),
    ...["systemd-nspawn", "--quiet", "--boot", "--console=pipe"],
    ...[`--machine=${name}`, `--directory=${root}`, "--settings=no"],
    ...["--register=no", ...(isUnderSystemd ? [] : ["--keep-unit"])],
    ...["--private-network", "--resolv-conf=off", "--timezone=off"],
    "--link-journal=no",
  ];
}

async function removeLeftovers(name: string): Promise<void> {
  for (const group of hierarchies.map((path) => `${path}/${name}`)) {
    if (!exists(group)) continue;
    // What was killed needs a moment to leave it.
    await eventually(() =>
      succeed("find", group, "-depth", "-type", "d", "-delete")
    );
  }
  // nspawn leaves it where /run is no tmpfs.
  await Deno.remove(`/run/systemd/nspawn/propagate/${name}`).catch(() => {});
}

/**
 * Process 1 of the container: the child of nspawn that has become systemd. Any
 * earlier, it would still see the host.
 */
async function findInit(nspawn: number): Promise<string> {
  const children = await Deno.readTextFile(
    `/proc/${nspawn}/task/${nspawn}/children`,
  );
  for (const pid of children.trim().split(" ")) {
    const comm = await Deno.readTextFile(`/proc/${pid}/comm`).catch(() => "");
    if (comm === "systemd\n") return pid;
  }
  return fail("systemd-nspawn has started no systemd");
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
