/** The manual page, as mandoc and man(1) see it. */

import { assertEquals, assertMatch } from "@std/assert";
import { runCommand } from "../support/program.ts";

/** The page with a date, as packages hold it. */
async function readPage(): Promise<string> {
  const text = await Deno.readTextFile("packaging/port_exporter.1");
  return text.replace(/^(\.TH .*?)""/m, '$1"2026-01-02"');
}

Deno.test("mandoc finds nothing wrong with the manual page", async () => {
  assertEquals(
    await runCommand(["mandoc", "-T", "lint"], await readPage()),
    { code: 0, stdout: "", stderr: "" },
  );
});

Deno.test("man finds nothing wrong with the manual page", async () => {
  const { code, stdout, stderr } = await runCommand(
    ["env", "MANWIDTH=80", "man", "--warnings", "--local-file", "-"],
    await readPage(),
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertMatch(
    stdout,
    /^PORT_EXPORTER\(1\) +User Commands +PORT_EXPORTER\(1\)$/m,
  );
  assertMatch(
    stdout,
    /^ +--tests\n +Print the unit tests of the rules instead$/m,
  );
  assertMatch(stdout, /^ +port_exporter check --config\.file=ports\.yml$/m);
  assertMatch(stdout, /^port_exporter \S+ +2026-01-02 +PORT_EXPORTER\(1\)$/m);
});
