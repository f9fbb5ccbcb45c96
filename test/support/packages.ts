/**
 * Builds packages and archives for the tests.
 *
 * @module
 */

import { succeed } from "./program.ts";

/** A folder that is gone when the tests have ended. */
export function makeWorkFolder(): string {
  const path = Deno.makeTempDirSync({ prefix: "port_exporter-" });
  globalThis.addEventListener(
    "unload",
    () => Deno.removeSync(path, { recursive: true }),
  );
  return path;
}

/** Copies all that git knows or would take, and its history, to `path`. */
export async function copyCheckout(path: string): Promise<void> {
  await Deno.mkdir(path);
  await succeed(
    "sh",
    "-euc",
    `git ls-files -z --cached --others --exclude-standard |
      xargs -0 cp --parents --target-directory="$0"
    cp -R .git "$0"
    # A folder of links: git does not ignore a link of that name.
    mkdir "$0/.toolchain"
    ln -s "$PWD"/.toolchain/* "$0/.toolchain"`,
    path,
  );
}

/** Runs a script of `tools/` of a checkout that prints the file it made. */
export async function buildFile(
  checkout: string,
  { script, output }: { readonly script: string; readonly output: string },
): Promise<string> {
  const stdout = await succeed(
    "env",
    // Quick: xz is not what is tested.
    "DPKG_DEB_COMPRESSOR_TYPE=gzip",
    `${checkout}/tools/${script}`,
    Deno.build.arch,
    output,
  );
  return stdout.trim();
}
