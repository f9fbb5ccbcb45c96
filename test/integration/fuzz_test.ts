import { assertEquals, assertMatch } from "@std/assert";
import { readSavedInputs } from "../fuzz/corpus.ts";
import { startSandbox } from "../fuzz/sandbox.ts";
import { targets } from "../fuzz/targets.ts";
import { runCommand } from "../support/program.ts";

const childUrl = (name: string) =>
  new URL(`../fuzz/${name}.ts`, import.meta.url);

for (
  const [target, limit, failure] of [
    ["throwing", 60_000, /^TypeError: it is bad\n/],
    ["endless", 1000, /^Cannot parse 3 characters within 1000 ms$/],
    [
      "hungry",
      60_000,
      /^Cannot parse 3 characters: the process ended with code \d+, /,
    ],
    ["reading", 60_000, /^NotCapable: Requires read access/],
  ] as const
) {
  Deno.test(`a sandbox notices a parser that is ${target}, and goes on`, async () => {
    await using sandbox = startSandbox({
      module: childUrl("broken_child"),
      limitMilliseconds: ({ length }) => length === 3 ? limit : 60_000,
    });
    assertMatch(await sandbox.run({ target, input: "bad" }) ?? "", failure);
    const good = { target: "throwing", input: "good\u2028\ud800\0" };
    assertEquals(await sandbox.run(good), undefined);
  });
}

Deno.test("every input that once broke a promise keeps it", async () => {
  await using sandbox = startSandbox({ module: childUrl("child") });
  const names = targets.map(({ name }) => name);
  for (const { path, target, input } of readSavedInputs()) {
    assertEquals([path, names.includes(target)], [path, true]);
    assertEquals(
      [path, await sandbox.run({ target, input })],
      [path, undefined],
    );
  }
});

Deno.test("the fuzzer takes seed, time and target from the environment", async () => {
  const { code, stdout } = await runCommand([
    ...["env", "FUZZ_SEED=7", "FUZZ_SECONDS=1", "FUZZ_TARGET=passwd"],
    ...[Deno.execPath(), "run", "-A", "--quiet", "test/fuzz/fuzz.ts"],
  ]);
  assertMatch(
    stdout,
    /^FUZZ_SEED=7 FUZZ_SECONDS=1\npasswd +\d+ inputs\n\d+ inputs, /,
  );
  assertEquals(code, 0);
});
