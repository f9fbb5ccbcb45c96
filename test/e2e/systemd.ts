/**
 * Boots a container, installs the Debian package in it, and shows that systemd
 * runs the service as the unit says, beside receivers of equal name.
 *
 *   test/e2e/systemd.ts ROOT.tar PACKAGE.deb
 *
 * Prints a line for each check and ends with `N passed, N failed`. Needs root.
 * Whatever ends it, the container and its files are gone afterwards.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a tool talks to people

import { runChecks } from "./checks.ts";
import { type Container, startContainer, unpackRoot } from "./container.ts";
import { createHost } from "./host.ts";
import { createReport } from "./report.ts";

const MINUTES = 5;

const [archive, debianPackage] = Deno.args;
if (archive === undefined || debianPackage === undefined) {
  console.error("Usage: test/e2e/systemd.ts ROOT.tar PACKAGE.deb");
  Deno.exit(2);
}
if (Deno.uid() !== 0) {
  console.error(`Cannot boot a container: user ${Deno.uid()}, want root`);
  Deno.exit(1);
}

let hasAborted = false;
const aborted = new Promise<never>((_, reject) => {
  const abort = (reason: string) => {
    hasAborted = true;
    reject(new Error(reason));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => abort(`ended by ${signal}`));
  }
  setTimeout(
    () => abort(`not done after ${MINUTES} minutes`),
    MINUTES * 60_000,
  );
});
// Whoever waits then is told; it may be nobody.
aborted.catch(() => {});

const report = createReport();
await report.check("everything ran and is cleaned up", async () => {
  await using resources = new AsyncDisposableStack();
  const root = resources.use(await unpackRoot(archive));
  await Deno.copyFile(debianPackage, `${root.path}/root/port_exporter.deb`);
  let container: Container | undefined;
  await runChecks({
    async check(title, body) {
      if (hasAborted) await aborted;
      await report.check(title, () => Promise.race([aborted, body()]));
    },
    async boot() {
      await container?.[Symbol.asyncDispose]();
      container = resources.use(startContainer(root.path));
      await Promise.race([aborted, container.waitForBoot()]);
      return createHost(container, root.path);
    },
  });
});
Deno.exit(report.close() ? 0 : 1);
