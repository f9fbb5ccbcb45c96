/**
 * A copy of this host's file system to install packages in: an overlay in a
 * mount namespace of its own, which is gone with the value.
 *
 * @module
 */

import { eventually, fail, type Finished, runCommand } from "./program.ts";

/** A root that may be changed. */
export interface ThrowAwayRoot extends AsyncDisposable {
  /** Runs a command with it as its root. */
  run(...words: readonly string[]): Promise<Finished>;
  /** Runs a shell script in it, and returns what it prints. */
  sh(script: string): Promise<string>;
  /** Copies a file of the host into it. */
  put(source: string, path: string): Promise<void>;
}

/** Makes the root. */
export async function makeThrowAwayRoot(): Promise<ThrowAwayRoot> {
  const directory = await Deno.makeTempDir({ prefix: "port_exporter-" });
  const root = `${directory}/root`;
  const holder = new Deno.Command("unshare", {
    args: [
      "--mount",
      "sh",
      "-euc",
      `mount -t tmpfs tmpfs "$0"
      mkdir "$0/upper" "$0/work" "$0/root"
      mount -t overlay overlay -o "lowerdir=/,upperdir=$0/upper,workdir=$0/work" "$0/root"
      mount -t proc proc "$0/root/proc"
      mount --bind /dev "$0/root/dev"
      touch "$0/root/made"
      exec sleep infinity`,
      directory,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const inNamespace = (...words: readonly string[]) =>
    runCommand(["nsenter", `--target=${holder.pid}`, "--mount", ...words]);
  const run = (...words: readonly string[]) =>
    inNamespace("chroot", root, ...words);
  const end = async () => {
    holder.kill("SIGKILL");
    await holder.status;
    await Deno.remove(directory, { recursive: true });
  };
  try {
    await eventually(async () => {
      const { code } = await inNamespace("test", "-e", `${root}/made`);
      if (code !== 0) fail(`no root in ${directory}`);
    });
  } catch (error) {
    await end();
    throw error;
  }
  const succeed = ({ code, stdout, stderr }: Finished) =>
    code === 0 ? stdout : fail(stderr);
  return {
    run,
    sh: async (script) => succeed(await run("sh", "-euc", script)),
    async put(source, path) {
      succeed(await inNamespace("cp", source, `${root}${path}`));
    },
    [Symbol.asyncDispose]: end,
  };
}
