/**
 * Fuzzes every target for its share of the time:
 *
 *   make fuzz FUZZ_SECONDS=60 FUZZ_SEED=1 FUZZ_TARGET=config
 *
 * The seed tells the inputs and their order, the time how many there are. What
 * breaks a promise is made small, saved in fixtures/fuzz and run by every
 * `make test` from then on.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a tool talks to people

import fc from "fast-check";
import { saveInput } from "./corpus.ts";
import type { FuzzTarget } from "./fuzz_target.ts";
import { mutated } from "./mutate.ts";
import { type Sandbox, startSandbox } from "./sandbox.ts";
import { targets } from "./targets.ts";

const seconds = readNumber("FUZZ_SECONDS") ?? 60;
const seed = readNumber("FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31);
const wanted = Deno.env.get("FUZZ_TARGET") || undefined;

function readNumber(name: string): number | undefined {
  const text = Deno.env.get(name);
  if (!text) return undefined;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  console.error(`Cannot use ${name}: ${JSON.stringify(text)}, want digits`);
  Deno.exit(2);
}

interface BrokenPromise {
  readonly input: string;
  readonly failure: string;
}

/** Returns how many inputs were run, and what broke. */
async function fuzz(
  target: FuzzTarget,
  { sandbox, milliseconds }: {
    readonly sandbox: Sandbox;
    readonly milliseconds: number;
  },
): Promise<{ readonly inputs: number; readonly broken?: string }> {
  let inputs = 0;
  let smallest: BrokenPromise | undefined;
  let last: Promise<void> = Promise.resolve();
  async function run(input: string): Promise<void> {
    inputs++;
    const failure = await sandbox.run({ target: target.name, input });
    if (failure === undefined) return;
    // Failures are met in the order of shrinking, each smaller than the last.
    smallest = { input, failure };
    throw new Error(failure);
  }
  const property = fc.asyncProperty(
    mutated(target.seeds()),
    (input) => last = run(input),
  );
  const { failed, errorInstance } = await fc.check(property, {
    seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: milliseconds,
    markInterruptAsFailure: false,
  });
  // fast-check does not wait for the input that is running when time is up.
  await last.catch(() => {});
  if (smallest === undefined) {
    if (failed) throw errorInstance ?? new Error("Cannot run an input");
    return { inputs };
  }
  const path = await saveInput({ target: target.name, ...smallest });
  return { inputs, broken: `${smallest.failure}\nsaved as ${path}` };
}

const chosen = targets.filter(({ name }) =>
  wanted === undefined || name === wanted
);
if (chosen.length === 0) {
  const names = targets.map(({ name }) => name).join(", ");
  console.error(
    `Cannot use FUZZ_TARGET: ${JSON.stringify(wanted)}, want ${names}`,
  );
  Deno.exit(2);
}
console.log(`FUZZ_SEED=${seed} FUZZ_SECONDS=${seconds}`);
await using sandbox = startSandbox({
  module: new URL("child.ts", import.meta.url),
});
const start = performance.now();
let total = 0;
for (const target of chosen) {
  const milliseconds = seconds * 1000 / chosen.length;
  const { inputs, broken } = await fuzz(target, { sandbox, milliseconds });
  total += inputs;
  console.log(`${target.name.padEnd(20)} ${String(inputs).padStart(9)} inputs`);
  if (broken === undefined) continue;
  Deno.exitCode = 1;
  console.error(`${target.name}: ${broken}`);
}
const perSecond = total / (performance.now() - start) * 1000;
console.log(
  `${total} inputs, ${Math.round(perSecond)} per second, peak memory ${
    Math.round(sandbox.readPeakMemory() / 1e6)
  } MB`,
);
