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
  assertEquals(await countCollections({ scans: 2 }), 1);
});

for (const targets of [0, 15, 1_000]) {
  Deno.test(`createGarbageCollector() collects after every 100 scans of ${targets} targets`, async () => {
    const count = (scans: number) => countCollections({ targets, scans });
    assertEquals(await count(100), 1);
    assertEquals(await count(101), 2);
    assertEquals(await count(501), 6);
  });
}

Deno.test("createGarbageCollector() leaves many targets to the runtime", async () => {
  assertEquals(await countCollections({ scans: 1_000, targets: 10_000 }), 0);
});

Deno.test("createGarbageCollector() does nothing when the runtime has no gc()", async () => {
  assertEquals(await countCollections({ scans: 1_000, hasGc: false }), 0);
});
