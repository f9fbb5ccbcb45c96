import { assertEquals } from "@std/assert";
import { createGarbageCollector } from "../../src/watch/collect_garbage.ts";
import { installFakeTimers } from "../support/timers.ts";

/** Collections after scans of so many targets. */
async function countCollections(
  { scans, targets = 15, hasGc = true }: {
    readonly scans: number;
    readonly targets?: number;
    readonly hasGc?: boolean;
  },
) {
  using timers = installFakeTimers();
  let collections = 0;
  const before = Object.getOwnPropertyDescriptor(globalThis, "gc");
  Object.defineProperty(globalThis, "gc", {
    configurable: true,
    value: hasGc ? () => void collections++ : undefined,
  });
  try {
    const onScan = createGarbageCollector();
    for (let scan = 0; scan < scans; scan++) onScan(targets);
    // Not within a scan, which somebody waits for.
    assertEquals(collections, 0);
    await timers.fire();
  } finally {
    if (before) Object.defineProperty(globalThis, "gc", before);
    else Reflect.deleteProperty(globalThis, "gc");
  }
  return collections;
}

Deno.test("createGarbageCollector() collects after the first scan", async () => {
  assertEquals(await countCollections({ scans: 0 }), 0);
  assertEquals(await countCollections({ scans: 1 }), 1);
  assertEquals(await countCollections({ scans: 500 }), 1);
});

for (
  const [targets, scans] of [
    [0, 500],
    [1, 500],
    [15, 500],
    [100, 500],
    [200, 250],
    [1_000, 50],
  ] as const
) {
  Deno.test(`createGarbageCollector() collects after every ${scans} scans of ${targets} targets`, async () => {
    const count = (times: number) =>
      countCollections({ targets, scans: 1 + times * scans });
    assertEquals(await count(1), 2);
    assertEquals(await count(5), 6);
  });
}

Deno.test("createGarbageCollector() leaves many targets to the runtime", async () => {
  assertEquals(await countCollections({ scans: 100, targets: 10_000 }), 0);
});

Deno.test("createGarbageCollector() does nothing when the runtime has no gc()", async () => {
  assertEquals(await countCollections({ scans: 1_000, hasGc: false }), 0);
});
