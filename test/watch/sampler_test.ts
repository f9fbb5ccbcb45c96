import { assertEquals } from "@std/assert";
import { startSampler } from "../../src/watch/sampler.ts";
import { installFakeTimers } from "../support/timers.ts";

/** A sampler whose samples take as long as `sample` says, in milliseconds. */
function start(
  sample: (count: number) => number | Promise<number>,
  intervalSeconds = 1,
) {
  const timers = installFakeTimers();
  let now = 5_000;
  let samples = 0;
  const errors: unknown[] = [];
  const sampler = startSampler({
    intervalSeconds,
    now: () => now,
    onError: (error) => errors.push(error),
    async sample() {
      now += await sample(++samples);
    },
  });
  return {
    sampler,
    errors,
    waits: timers.waits,
    fire: timers.fire,
    samples: () => samples,
    [Symbol.dispose]: timers[Symbol.dispose],
  };
}

Deno.test("startSampler() waits for an interval before the first sample", () => {
  using run = start(() => 0, 2.5);
  assertEquals(run.waits(), [2_500]);
  assertEquals(run.samples(), 0);
  assertEquals(run.sampler.intervalSeconds, 2.5);
});

Deno.test("startSampler() samples again after each interval", async () => {
  using run = start(() => 0);
  for (let count = 1; count <= 3; count++) {
    await run.fire();
    assertEquals(run.samples(), count);
    assertEquals(run.waits(), [1_000]);
  }
});

// At most 1 % of a core: the interval is 100 times the cost.
const costs: readonly (readonly [costMilliseconds: number, wait: number])[] = [
  [0, 1_000],
  [9, 1_000],
  [10, 1_000],
  [11, 1_100],
  [50, 5_000],
  [500, 50_000],
  // A host that stood still must not be blind for long.
  [3_000, 60_000],
];

for (const [cost, wait] of costs) {
  Deno.test(`startSampler() waits for ${wait} ms after a sample of ${cost} ms`, async () => {
    using run = start(() => cost);
    await run.fire();
    assertEquals(run.waits().map(Math.round), [wait]);
    assertEquals(Math.round(run.sampler.intervalSeconds * 1_000), wait);
  });
}

Deno.test("startSampler() goes back to the interval when samples cost less again", async () => {
  using run = start((count) => count === 1 ? 70 : 1);
  await run.fire();
  assertEquals(run.waits().map(Math.round), [7_000]);
  await run.fire();
  assertEquals(run.waits(), [1_000]);
});

Deno.test("startSampler() goes on after a sample that failed, and tells", async () => {
  const error = new Error("Input/output error (os error 5)");
  using run = start((count) => {
    if (count === 1) throw error;
    return 0;
  });
  await run.fire();
  assertEquals(run.errors, [error]);
  assertEquals(run.waits(), [1_000]);
  await run.fire();
  assertEquals(run.samples(), 2);
  assertEquals(run.errors, [error]);
});

Deno.test("startSampler() does not begin a sample while one is under way", async () => {
  const gate = Promise.withResolvers<number>();
  using run = start(() => gate.promise);
  const firing = run.fire();
  assertEquals(run.waits(), []);
  gate.resolve(0);
  await firing;
  assertEquals(run.waits(), [1_000]);
});

Deno.test("stop() ends the waiting", async () => {
  using run = start(() => 0);
  await run.fire();
  run.sampler.stop();
  assertEquals(run.waits(), []);
});

Deno.test("stop() ends sampling after the sample that is under way", async () => {
  const gate = Promise.withResolvers<number>();
  using run = start(() => gate.promise);
  const firing = run.fire();
  run.sampler.stop();
  gate.resolve(0);
  await firing;
  assertEquals(run.waits(), []);
  assertEquals(run.samples(), 1);
});
