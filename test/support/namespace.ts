/**
 * Runs a program of this folder again in namespaces of its own, where every
 * port is free and every connection is its own.
 *
 * @module
 */

const INSIDE = "--inside-namespace";

/**
 * Returns inside; outside, runs the program there and exits as it did.
 *
 * @param program `import.meta.url` of the program
 * @param namespaces Options of `unshare`; with `--kill-child` all ends at once
 *   on Ctrl-C, without it the program is told and ends by itself
 */
export async function enterNamespaces(
  program: string,
  namespaces: readonly string[] = ["--net"],
): Promise<void> {
  if (Deno.args.includes(INSIDE)) return;
  const child = new Deno.Command("unshare", {
    args: [
      ...namespaces,
      "--",
      "sh",
      "-c",
      'ip link set lo up && ulimit -n "$(ulimit -Hn)" && exec "$@"',
      "sh",
      Deno.execPath(),
      "run",
      "--quiet",
      "--allow-all",
      "--unstable-net",
      new URL(program).pathname,
      INSIDE,
      ...Deno.args,
    ],
    stdin: "null",
  }).spawn();
  const isKilled = namespaces.includes("--kill-child");
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(
      signal,
      () => child.kill(isKilled ? "SIGKILL" : signal),
    );
  }
  Deno.exit((await child.status).code);
}
