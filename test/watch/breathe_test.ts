import { assert, assertEquals } from "@std/assert";
import { createBreather } from "../../src/watch/breathe.ts";

/** A breather, and its clock in milliseconds. */
function startWork() {
  const clock = { now: 1000 };
  return { clock, breathe: createBreather(() => clock.now) };
}

Deno.test("createBreather() does not pause work that has just begun", () => {
  const { clock, breathe } = startWork();
  assertEquals(breathe(), undefined);
  clock.now += 1;
  assertEquals(breathe(), undefined);
});

Deno.test("createBreather() pauses work before it has lasted 50 ms", async () => {
  const { clock, breathe } = startWork();
  // One kernel call more may take 20 ms.
  clock.now += 50 - 20;
  const pause = breathe();
  assert(pause !== undefined);
  await pause;
});

Deno.test("createBreather() counts from the end of the last pause", async () => {
  const { clock, breathe } = startWork();
  clock.now += 30;
  const pause = breathe();
  // Others have the event loop in between.
  clock.now += 500;
  await pause;
  assertEquals(breathe(), undefined);
  clock.now += 30;
  assert(breathe() !== undefined);
  await breathe();
});

Deno.test("createBreather() lets timers run during a pause", async () => {
  const { clock, breathe } = startWork();
  const events: string[] = [];
  setTimeout(() => events.push("timer"));
  clock.now += 30;
  await breathe();
  events.push("work");
  assertEquals(events, ["timer", "work"]);
});
