/**
 * A copy of this host's file system to install packages in: an overlay in a
 * mount namespace of its own, which is gone with the value.
 *
 * @module
 */

import { eventually, type Finished, runCommand, succeed } from "./program.ts";

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
  const inNamespace = (
    ...words: readonly string[]
  ) => ["nsenter", `--target=${holder.pid}`, "--mount", ...words];
  const inRoot = (...words: readonly string[]) =>
    inNamespace("chroot", root, ...words);
  const end = async () => {
    holder.kill("SIGKILL");
    await holder.status;
    await Deno.remove(directory, { recursive: true });
  };
  try {
    await eventually(() =>
      succeed(...inNamespace("test", "-e", `${root}/made`))
    );
  } catch (error) {
    await end();
    throw error;
  }
  return {
    run: (...words) => runCommand(inRoot(...words)),
    sh: (script) => succeed(...inRoot("sh", "-euc", script)),
    async put(source, path) {
      await succeed(...inNamespace("cp", source, `${root}${path}`));
    },
    [Symbol.asyncDispose]: end,
  };
}
