import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createDropCounter } from "../../src/watch/drop_counter.ts";
import { buildSocket } from "../support/builders.ts";

/** Drops by inode as one scan saw them; null where the kernel does not tell. */
type Seen = Readonly<Record<string, number | null>>;

/** The total after each scan. */
function totals(...scans: readonly Seen[]): (number | undefined)[] {
  const counter = createDropCounter();
  return scans.map((seen) => {
    counter.observe(
      Object.entries(seen).map(([inode, drops]) =>
        buildSocket({ inode, ...(drops !== null && { drops }) })
      ),
    );
    return counter.total;
  });
}

const cases: readonly (readonly [
  name: string,
  scans: readonly Seen[],
  want: readonly (number | undefined)[],
])[] = [
  ["does not know without a socket", [{}], [undefined]],
  ["does not know what the kernel does not tell", [{ a: null }], [undefined]],
  ["begins with the drops since the socket was opened", [{ a: 19 }], [19]],
  ["follows a socket", [{ a: 0 }, { a: 3 }, { a: 3 }, { a: 7 }], [0, 3, 3, 7]],
  ["adds the sockets of one port", [{ a: 1, b: 2 }, { a: 2, b: 4 }], [3, 6]],
  ["keeps what a closed socket dropped", [{ a: 5, b: 2 }, { b: 2 }, {}], [
    7,
    7,
    7,
  ]],
  ["adds the drops of a socket that came", [{ a: 5 }, { b: 2 }], [5, 7]],
  // An inode number may be given to another socket.
  ["takes a counter that fell for a new socket", [{ a: 5 }, { a: 2 }], [5, 7]],
  // The table is no snapshot: a row may be missing from one scan.
  ["counts a socket once that one scan did not see", [
    { a: 5, b: 1 },
    { b: 1 },
    { a: 6, b: 1 },
  ], [6, 6, 7]],
];

for (const [name, scans, want] of cases) {
  Deno.test(`createDropCounter() ${name}`, () => {
    assertEquals(totals(...scans), [...want]);
  });
}

Deno.test("createDropCounter() never falls, whatever opens and closes", () => {
  const seen = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.nat(100));
  fc.assert(fc.property(fc.array(seen), (scans: Seen[]) => {
    let before = 0;
    for (const total of totals(...scans)) {
      assert(total === undefined || total >= before);
      before = total ?? before;
    }
  }));
});
