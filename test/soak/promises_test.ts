import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  findFloors,
  type Findings,
  fitSlope,
  judge,
  type MemoryPoint,
} from "./promises.ts";

/** An hour, a point each second. */
function hour(residentKib: (atSeconds: number) => number): MemoryPoint[] {
  return Array.from({ length: 3601 }, (_, atSeconds) => ({
    atSeconds,
    residentKib: residentKib(atSeconds),
  }));
}

/** 60 MiB, and garbage that is collected every 30 s. */
const breathing = (atSeconds: number) => 61_440 + atSeconds % 30 * 800;

const GOOD: Findings = {
  memory: hour(breathing),
  scrapes: 1_000,
  lostScrapes: 0,
  lateScrapes: 3,
  wrongVerdicts: 0,
  descriptors: { before: 17, after: 18 },
  missedSeconds: 0.2,
  drops: { exporter: 7, kernel: 7 },
};

Deno.test("fitSlope() of a line is its slope", () => {
  assertAlmostEquals(fitSlope(hour((at) => 1_000 - 2 * at)), -2);
});

Deno.test("findFloors() leaves the garbage out", () => {
  const floors = findFloors(hour(breathing));
  assertEquals(new Set(floors.map((point) => point.residentKib)).size, 1);
  assertEquals(floors.length, 31);
  assertEquals(floors[0]?.atSeconds, 1_800);
});

const broken: Readonly<Record<string, Partial<Findings>>> = {
  // 20 KiB a second are 35 MiB in half an hour.
  "resident memory is flat": { memory: hour((at) => breathing(at) + 20 * at) },
  "no descriptor is left open": { descriptors: { before: 17, after: 23 } },
  "no scrape is lost": { lostScrapes: 1 },
  "no verdict is wrong, no counter falls": { wrongVerdicts: 1 },
  "no time is missed between samples": { missedSeconds: 5.1 },
  "drops are the kernel's": { drops: { exporter: 6, kernel: 7 } },
};

const listBroken = (findings: Findings) =>
  judge(findings).filter(({ isKept }) => !isKept)
    .map(({ promise }) => promise);

Deno.test("judge() finds every promise kept", () => {
  assertEquals(listBroken(GOOD), []);
  assertEquals(judge(GOOD).length, Object.keys(broken).length);
});

for (const [promise, findings] of Object.entries(broken)) {
  Deno.test(`judge() sees when it breaks: ${promise}`, () => {
    assertEquals(listBroken({ ...GOOD, ...findings }), [promise]);
  });
}

Deno.test("judge() takes nothing measured for broken", () => {
  assertEquals(
    listBroken({
      ...GOOD,
      memory: [],
      scrapes: 0,
      missedSeconds: NaN,
      drops: { exporter: NaN, kernel: NaN },
    }),
    [
      "resident memory is flat",
      "no scrape is lost",
      "no time is missed between samples",
      "drops are the kernel's",
    ],
  );
});
