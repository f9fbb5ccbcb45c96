import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { mutated } from "./mutate.ts";
import { targets } from "./targets.ts";

// The quick form of `make fuzz`.
for (const { name, seeds, run } of targets) {
  Deno.test(`${name} keeps its promises at good inputs`, async () => {
    for (const seed of seeds()) await run(seed);
  });

  Deno.test(`${name} keeps its promises at mutated inputs`, async () => {
    await fc.assert(
      fc.asyncProperty(mutated(seeds()), async (input) => await run(input)),
      { interruptAfterTimeLimit: 200, numRuns: 500 },
    );
  });
}

Deno.test("every target has a name of its own", () => {
  assertEquals(new Set(targets.map(({ name }) => name)).size, targets.length);
});

Deno.test("mutated() makes the same inputs of the same seed", () => {
  const make = (seed: number) =>
    fc.sample(mutated(["a: 1\nb: 2\n"]), { seed, numRuns: 100 });
  assertEquals(make(7), make(7));
  assertEquals(make(7).some((input, index) => input !== make(8)[index]), true);
});

Deno.test("mutated() leaves some inputs whole, cuts some, and blows some up", () => {
  const seed = "port 6984\nport 6985\n";
  const inputs = fc.sample(mutated([seed]), { seed: 1, numRuns: 500 });
  for (
    const [what, found] of Object.entries({
      whole: inputs.includes(seed),
      cut: inputs.some((input) => seed.startsWith(input) && input !== seed),
      long: inputs.some(({ length }) => length > 60_000),
      carriageReturns: inputs.some((input) => input.includes("\r\n")),
      byteOrderMark: inputs.some((input) => input.startsWith("\ufeff")),
      brokenUtf8: inputs.some((input) => input.includes("\ufffd")),
      beyond64Bits: inputs.some((input) => input.includes("9".repeat(400))),
    })
  ) assertEquals([what, found], [what, true]);
});
