/** The soak itself, in short: what it does for hours must work for seconds. */

import { assertEquals, assertMatch } from "@std/assert";
import { runCommand } from "../support/program.ts";

Deno.test("a soak of ten seconds keeps every promise", async () => {
  const { code, stdout, stderr } = await runCommand([
    "env",
    "SOAK_SECONDS=10",
    ...[Deno.execPath(), "run", "--quiet", "--allow-all"],
    "test/soak/soak.ts",
  ]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, stdout);
  assertMatch(
    stdout,
    /: \d+ scrapes, [1-9]\d* other pages, [1-9]\d* reloads, [1-9]\d* broken/,
  );
  const kept = [...stdout.matchAll(/^\| .* \| (yes|NO) \|$/gm)]
    .map(([, word]) => word);
  assertEquals(kept, Array(6).fill("yes"));
});
