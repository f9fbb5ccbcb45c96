import { assertEquals } from "@std/assert";
import type { Target } from "../../src/config/config.ts";
import {
  buildVerdict,
  type Observation,
  observeTarget,
  type Verdict,
} from "../../src/model/verdict.ts";
import { buildSocket, buildWatched } from "../support/builders.ts";

const sockets = (count: number) =>
  Array.from({ length: count }, () => buildSocket());

interface Seen {
  readonly bound: number;
  readonly serving: number;
  readonly sawAll?: boolean;
  readonly ownerMatches?: boolean;
}

const UNKNOWN: Verdict = {};

const cases: readonly (readonly [
  name: string,
  seen: Seen,
  want: Verdict,
  target?: Partial<Target>,
])[] = [
  ["up with one socket", { bound: 1, serving: 1 }, { up: true, state: "up" }],
  ["up with several sockets", { bound: 3, serving: 3 }, {
    up: true,
    state: "up",
  }],
  ["down without a socket", { bound: 0, serving: 0 }, {
    up: false,
    state: "down",
  }],
  ["wrong_address with a socket elsewhere", { bound: 1, serving: 0 }, {
    up: false,
    state: "wrong_address",
  }],
  ["up with one socket elsewhere beside", { bound: 2, serving: 1 }, {
    up: true,
    state: "up",
  }],
  [
    "wrong_owner with another owner",
    { bound: 1, serving: 1, ownerMatches: false },
    { up: true, state: "wrong_owner" },
  ],
  [
    "up with the expected owner",
    { bound: 1, serving: 1, ownerMatches: true },
    { up: true, state: "up" },
  ],
  ["up with the expected count", { bound: 2, serving: 2 }, {
    up: true,
    state: "up",
  }, { sockets: 2 }],
  ["wrong_count with fewer sockets", { bound: 1, serving: 1 }, {
    up: true,
    state: "wrong_count",
  }, { sockets: 2 }],
  ["wrong_count with more sockets", { bound: 3, serving: 3 }, {
    up: true,
    state: "wrong_count",
  }, { sockets: 2 }],
  ["counting only sockets that serve", { bound: 3, serving: 2 }, {
    up: true,
    state: "up",
  }, { sockets: 2 }],
  // Precedence: what is worse for the operator goes first.
  ["down before wrong_count", { bound: 0, serving: 0 }, {
    up: false,
    state: "down",
  }, { sockets: 2 }],
  [
    "wrong_address before wrong_owner",
    { bound: 1, serving: 0, ownerMatches: false },
    { up: false, state: "wrong_address" },
  ],
  [
    "wrong_owner before wrong_count",
    { bound: 1, serving: 1, ownerMatches: false },
    { up: true, state: "wrong_owner" },
    { sockets: 2 },
  ],
  // A table that could not be read may hold any socket.
  [
    "unknown without a socket",
    { bound: 0, serving: 0, sawAll: false },
    UNKNOWN,
  ],
  [
    "unknown with a socket elsewhere",
    { bound: 1, serving: 0, sawAll: false },
    UNKNOWN,
  ],
  [
    "up with a socket that was seen",
    { bound: 1, serving: 1, sawAll: false },
    { up: true, state: "up" },
  ],
  [
    "up in an unknown state when the count is not sure",
    { bound: 1, serving: 1, sawAll: false },
    { up: true },
    { sockets: 1 },
  ],
  [
    "wrong_owner with a socket that was seen",
    { bound: 1, serving: 1, sawAll: false, ownerMatches: false },
    { up: true, state: "wrong_owner" },
  ],
];

for (const [name, seen, want, target] of cases) {
  const { bound, serving, sawAll = true, ownerMatches } = seen;
  const half = sawAll ? "" : ", a table unread";
  Deno.test(`buildVerdict() says ${name}${half}`, () => {
    const observation: Observation = {
      bound: sockets(bound),
      serving: sockets(serving),
      sawAll,
    };
    assertEquals(
      buildVerdict(buildWatched(target), observation, ownerMatches),
      want,
    );
  });
}

const loopback = buildSocket({ address: "127.0.0.1", inode: "1" });
const external = buildSocket({ address: "10.0.0.5", inode: "2" });
const elsewhere = buildSocket({ port: 16984, inode: "3" });

const FOUND = {
  socketsByPort: new Map([[6984, [loopback, external]], [16984, [elsewhere]]]),
  complete: true,
  doubtfulPorts: new Set<number>(),
};

Deno.test("observeTarget() picks the sockets of the exact port", () => {
  assertEquals(observeTarget(buildWatched(), FOUND), {
    bound: [loopback, external],
    serving: [loopback, external],
    sawAll: true,
  });
  assertEquals(observeTarget(buildWatched({ port: 698 }), FOUND), {
    bound: [],
    serving: [],
    sawAll: true,
  });
});

Deno.test("observeTarget() tells sockets that serve from those that are only bound", () => {
  const watched = buildWatched({ address: { kind: "external" } });
  assertEquals(observeTarget(watched, FOUND), {
    bound: [loopback, external],
    serving: [external],
    sawAll: true,
  });
});

Deno.test("observeTarget() saw not all when a table is missing or a row of the port is broken", () => {
  const sawAll = (changes: Partial<typeof FOUND>) =>
    observeTarget(buildWatched(), { ...FOUND, ...changes }).sawAll;
  assertEquals(sawAll({ complete: false }), false);
  assertEquals(sawAll({ doubtfulPorts: new Set([6984]) }), false);
  assertEquals(sawAll({ doubtfulPorts: new Set([698]) }), true);
});
