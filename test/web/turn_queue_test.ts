import { assertEquals } from "@std/assert";
import { createTurnQueue } from "../../src/web/turn_queue.ts";
import { fail } from "../support/program.ts";

/** A queue whose jobs tell their name when they begin, and end when told to. */
function openQueue({ maxWaitingOfClient = 10, maxWaiting = 100 } = {}) {
  const queue = createTurnQueue({ maxWaitingOfClient, maxWaiting });
  const begun: string[] = [];
  let endCurrent = () => {};
  return {
    begun,
    add: (client: string, name: string) =>
      queue.run(client, () => {
        begun.push(name);
        return new Promise<string>((resolve) => {
          endCurrent = () => resolve(name);
        });
      }),
    async endCurrent() {
      endCurrent();
      // The next one begins after a few turns of the event loop's microtasks.
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

Deno.test("turn queue runs one job at a time, and clients take turns", async () => {
  const { begun, add, endCurrent } = openQueue();
  for (const name of ["a1", "a2", "a3"]) add("a", name);
  for (const name of ["b1", "b2"]) add("b", name);
  add("c", "c1");
  assertEquals(begun, ["a1"]);
  for (let i = 0; i < 6; i++) await endCurrent();
  assertEquals(begun, ["a1", "a2", "b1", "c1", "a3", "b2"]);
});

Deno.test("turn queue lets a newcomer wait for one job of each other client", async () => {
  const { begun, add, endCurrent } = openQueue();
  for (let i = 1; i <= 9; i++) add("attacker", `attacker ${i}`);
  add("scraper", "scraper");
  await endCurrent();
  await endCurrent();
  assertEquals(begun.includes("scraper"), true);
});

Deno.test("turn queue refuses what is too much of one client, or of all", async () => {
  const { add, endCurrent } = openQueue({
    maxWaitingOfClient: 2,
    maxWaiting: 3,
  });
  const isTaken = (client: string) => add(client, client) !== undefined;
  // The first one runs and does not wait.
  assertEquals([1, 2, 3, 4].map(() => isTaken("a")), [true, true, true, false]);
  assertEquals(["b", "c"].map(isTaken), [true, false]);
  await endCurrent();
  assertEquals(["a", "a"].map(isTaken), [true, false]);
});

Deno.test("turn queue hands on results and errors, and goes on", async () => {
  const queue = createTurnQueue({ maxWaitingOfClient: 9, maxWaiting: 9 });
  const results = await Promise.allSettled([
    queue.run("a", () => Promise.resolve(1)),
    queue.run("a", () => Promise.reject(new RangeError("no"))),
    queue.run("a", () => Promise.resolve(3)),
  ]);
  assertEquals(
    results.map((result) =>
      result.status === "fulfilled" ? result.value : String(result.reason)
    ),
    [1, "RangeError: no", 3],
  );
  const later = queue.run("b", () => Promise.resolve("later")) ??
    fail("refused");
  assertEquals(await later, "later");
});
