import { assertEquals } from "@std/assert";
import { createTracker } from "../../src/watch/tracker.ts";
import { buildSocket, buildWatched } from "../support/builders.ts";

/** What a scan saw of the target, and when. */
interface Seen {
  /** Seconds of the monotonic clock; one more than before when not given. */
  readonly at?: number;
  /** Seconds since 1970; in step with the monotonic clock when not given. */
  readonly unix?: number;
  /** Inodes of the sockets; null: the state is unknown. */
  readonly sockets: readonly string[] | null;
  /** Whether the target is up; when it has a socket, when not given. */
  readonly up?: boolean;
  /** Another socket may exist that was not seen. */
  readonly isPartial?: boolean;
}

const MAX_GAP_SECONDS = 10;
const UNIX_AT_START = 1_700_000_000;
const WATCHED = buildWatched();
const { key: KEY } = WATCHED;

function observeAll(seen: readonly Seen[]) {
  const tracker = createTracker({
    maxGapSeconds: () => MAX_GAP_SECONDS,
  });
  let monotonicSeconds = 1_000;
  for (const { at, unix, sockets, up, isPartial } of seen) {
    monotonicSeconds = at === undefined ? monotonicSeconds + 1 : 1_000 + at;
    tracker.observe([{
      watched: WATCHED,
      ...(sockets !== null && {
        up: up ?? sockets.length > 0,
        ...(!isPartial && {
          sockets: sockets.map((inode) => buildSocket({ inode })),
        }),
      }),
    }], {
      monotonicSeconds,
      unixSeconds: unix ?? UNIX_AT_START - 1_000 + monotonicSeconds,
    });
  }
  return tracker;
}

const recordOf = (...seen: readonly Seen[]) => observeAll(seen).record(KEY);

/** Scans that saw these sockets, a second apart. */
const rebindsOf = (scans: readonly (readonly string[] | null)[]) =>
  recordOf(...scans.map((sockets) => ({ sockets })))?.rebinds;

// Rebinds.

const rebinds: readonly (readonly [
  name: string,
  scans: readonly (readonly string[] | null)[],
  want: number,
])[] = [
  ["does not count the first bind", [[], ["a"]], 0],
  ["does not count a socket that stays", [["a"], ["a"], ["a"]], 0],
  ["counts a socket that was replaced", [["a"], ["b"]], 1],
  ["counts each replacement", [["a"], ["b"], ["c"], ["c"], ["d"]], 3],
  ["counts two sockets that were both replaced once", [
    ["a", "b"],
    ["c", "d"],
  ], 1],
  ["does not count one of two", [["a", "b"], ["a", "c"]], 0],
  ["does not count one after the other", [["a", "b"], ["b", "c"], [
    "c",
    "d",
  ]], 0],
  ["does not count sockets that come and go", [["a"], ["a", "b"], ["b"]], 0],
  ["counts a replacement with the port down in between", [["a"], [], ["b"]], 1],
  ["does not count a port that only goes down", [["a"], [], []], 0],
  ["counts a replacement while the state was unknown", [["a"], null, ["b"]], 1],
  ["does not count a socket that came back", [["a"], [], ["a"]], 0],
];

for (const [name, scans, want] of rebinds) {
  Deno.test(`createTracker() ${name}`, () => {
    assertEquals(rebindsOf(scans), want);
  });
}

Deno.test("createTracker() does not compare sockets of which some may be missing", () => {
  const record = recordOf(
    { sockets: ["a"] },
    { sockets: ["b"], isPartial: true },
    { sockets: ["a", "b"] },
  );
  assertEquals(record?.rebinds, 0);
});

// Time.

const times: readonly (readonly [
  name: string,
  seen: readonly Seen[],
  observed: number,
  down: number,
])[] = [
  ["has observed nothing after one scan", [{ sockets: [] }], 0, 0],
  [
    "observes a port that is up",
    [
      { at: 0, sockets: ["a"] },
      { at: 3, sockets: ["a"] },
    ],
    3,
    0,
  ],
  [
    "observes a port that is down",
    [
      { at: 0, sockets: [] },
      { at: 3, sockets: [] },
      { at: 3.5, sockets: [] },
    ],
    3.5,
    3.5,
  ],
  [
    "counts the state before a change until the change is seen",
    [
      { at: 0, sockets: ["a"] },
      { at: 2, sockets: [] },
      { at: 5, sockets: ["b"] },
      { at: 9, sockets: ["b"] },
    ],
    9,
    3,
  ],
  [
    "counts a socket on a wrong address as down",
    [
      { at: 0, sockets: ["a"], up: false },
      { at: 4, sockets: ["a"], up: false },
    ],
    4,
    4,
  ],
  [
    "observes the longest gap allowed",
    [
      { at: 0, sockets: [] },
      { at: MAX_GAP_SECONDS, sockets: [] },
    ],
    10,
    10,
  ],
  [
    "does not observe a longer gap",
    [
      { at: 0, sockets: [] },
      { at: MAX_GAP_SECONDS + 0.1, sockets: [] },
      { at: MAX_GAP_SECONDS + 1.1, sockets: [] },
    ],
    1,
    1,
  ],
  [
    "does not observe what is unknown",
    [
      { at: 0, sockets: [] },
      { at: 2, sockets: [] },
      { at: 4, sockets: null },
      { at: 6, sockets: [] },
      { at: 7, sockets: [] },
    ],
    3,
    3,
  ],
  [
    "observes from the first scan that knows",
    [
      { at: 0, sockets: null },
      { at: 5, sockets: ["a"] },
      { at: 6, sockets: ["a"] },
    ],
    1,
    0,
  ],
  [
    "takes no notice of a clock that is set",
    [
      { at: 0, unix: 1_700_000_000, sockets: [] },
      { at: 2, unix: 1_800_000_000, sockets: [] },
      { at: 4, unix: 1_600_000_000, sockets: [] },
    ],
    4,
    4,
  ],
];

for (const [name, seen, observed, down] of times) {
  Deno.test(`createTracker() ${name}`, () => {
    const record = recordOf(...seen);
    const round = (seconds = NaN) => Math.round(seconds * 1e6) / 1e6;
    assertEquals(round(record?.observedSeconds), observed);
    assertEquals(round(record?.downSeconds), down);
  });
}

Deno.test("createTracker() asks for the longest gap each time, for the interval may stretch", () => {
  let maxGap = 1;
  const tracker = createTracker({ maxGapSeconds: () => maxGap });
  const observe = (monotonicSeconds: number) =>
    tracker.observe([{ watched: WATCHED, up: true, sockets: [] }], {
      monotonicSeconds,
      unixSeconds: 0,
    });
  observe(0);
  observe(5);
  maxGap = 5;
  observe(10);
  assertEquals(tracker.record(KEY)?.observedSeconds, 5);
});

// The last change.

const changes: readonly (readonly [
  name: string,
  seen: readonly Seen[],
  want: number | undefined,
])[] = [
  ["has seen no change at first", [{ sockets: ["a"] }], undefined],
  ["has seen no change of a port that stays up", [
    { sockets: ["a"] },
    { sockets: ["b"] },
  ], undefined],
  ["does not take the first state for a change", [
    { sockets: null },
    { sockets: ["a"] },
  ], undefined],
  ["dates a change with the time of day", [
    { unix: 1_700_000_000, sockets: ["a"] },
    { unix: 1_700_000_001, sockets: [] },
    { unix: 1_700_000_002, sockets: [] },
  ], 1_700_000_001],
  ["dates the last of several changes", [
    { unix: 1_700_000_000, sockets: ["a"] },
    { unix: 1_700_000_001, sockets: [] },
    { unix: 1_700_000_002, sockets: ["b"] },
  ], 1_700_000_002],
  ["dates a change with a clock that was set", [
    { unix: 1_700_000_000, sockets: ["a"] },
    { unix: 1_600_000_000, sockets: [] },
  ], 1_600_000_000],
  ["dates a change after the state was unknown", [
    { unix: 1_700_000_000, sockets: ["a"] },
    { unix: 1_700_000_001, sockets: null },
    { unix: 1_700_000_002, sockets: [] },
  ], 1_700_000_002],
  ["does not take the unknown for a change", [
    { unix: 1_700_000_000, sockets: ["a"] },
    { unix: 1_700_000_001, sockets: null },
    { unix: 1_700_000_002, sockets: ["a"] },
  ], undefined],
];

for (const [name, seen, want] of changes) {
  Deno.test(`createTracker() ${name}`, () => {
    assertEquals(recordOf(...seen)?.lastChangeSeconds, want);
  });
}

Deno.test("lastSockets() remembers what was known last", () => {
  const lastSockets = (...scans: readonly (readonly string[] | null)[]) =>
    observeAll(scans.map((sockets) => ({ sockets }))).lastSockets(KEY);
  assertEquals(lastSockets(), 0);
  assertEquals(lastSockets(null), 0);
  assertEquals(lastSockets(["a", "b"]), 2);
  assertEquals(lastSockets(["a", "b"], null), 2);
  assertEquals(lastSockets(["a", "b"], []), 0);
});

// What is remembered.

Deno.test("createTracker() has no record of a target that it never saw", () => {
  const tracker = observeAll([{ sockets: ["a"] }]);
  assertEquals(tracker.record("udp/7/other"), undefined);
  assertEquals(tracker.history("udp/7/other"), undefined);
});

Deno.test("createTracker() counts drops over several sockets", () => {
  const tracker = createTracker({
    maxGapSeconds: () => MAX_GAP_SECONDS,
  });
  for (
    const [monotonicSeconds, inode, drops] of [[1, "a", 5], [
      2,
      "b",
      2,
    ]] as const
  ) {
    tracker.observe([{
      watched: WATCHED,
      up: true,
      sockets: [buildSocket({ inode, drops })],
    }], { monotonicSeconds, unixSeconds: 0 });
  }
  assertEquals(tracker.record(KEY)?.drops, 7);
});

const losses: readonly (readonly [
  name: string,
  drops: readonly number[],
  want: number | undefined,
])[] = [
  ["what was dropped before it looked", [5, 5], undefined],
  ["the first drop that it sees", [0, 0, 3, 3], 2],
  ["the last of several drops", [5, 6, 7, 7], 2],
];

for (const [name, seen, want] of losses) {
  Deno.test(`createTracker() dates ${name}`, () => {
    const tracker = createTracker({
      maxGapSeconds: () => MAX_GAP_SECONDS,
    });
    for (const [second, drops] of seen.entries()) {
      tracker.observe([{
        watched: WATCHED,
        up: true,
        sockets: [buildSocket({ drops })],
      }], { monotonicSeconds: second, unixSeconds: second });
    }
    assertEquals(tracker.record(KEY)?.lastDropSeconds, want);
  });
}

Deno.test("createTracker() remembers when it looked at a target first", () => {
  const record = recordOf(
    { unix: 1_700_000_000, sockets: null },
    { unix: 1_700_000_001, sockets: ["a"] },
  );
  assertEquals(record?.sinceSeconds, 1_700_000_000);
});

Deno.test("createTracker() does not know drops before it saw a socket", () => {
  assertEquals("drops" in (recordOf({ sockets: [] }) ?? {}), false);
});

Deno.test("createTracker() keeps the day of each target", () => {
  const tracker = observeAll([{ at: 0, sockets: ["a"] }, {
    at: 60,
    sockets: [],
  }]);
  assertEquals(
    tracker.history(KEY)?.render(UNIX_AT_START + 60).slice(-3),
    "-ud",
  );
});

Deno.test("createTracker() forgets targets that left the configuration", () => {
  const tracker = createTracker({
    maxGapSeconds: () => MAX_GAP_SECONDS,
  });
  const [asa, ios] = [6984, 6985].map((port) => buildWatched({ port }));
  const observe = (
    targets: readonly (typeof asa)[],
    monotonicSeconds: number,
  ) =>
    tracker.observe(
      targets.flatMap((watched) =>
        watched === undefined ? [] : [{ watched, up: true, sockets: [] }]
      ),
      { monotonicSeconds, unixSeconds: 0 },
    );
  const observedSeconds = () =>
    [asa, ios].map((watched) =>
      tracker.record(watched?.key ?? "")?.observedSeconds
    );
  observe([asa, ios], 0);
  observe([asa, ios], 1);
  assertEquals(observedSeconds(), [1, 1]);
  observe([ios], 2);
  assertEquals(observedSeconds(), [undefined, 2]);
  // One for another.
  observe([asa], 3);
  assertEquals(observedSeconds(), [0, undefined]);
});

Deno.test("createTracker() tells of changes, and how a target is found at first", () => {
  const changes: string[] = [];
  const tracker = createTracker({
    maxGapSeconds: () => MAX_GAP_SECONDS,
    onChange: ({ name }, { up, isFirst }) =>
      changes.push(`${name} ${up ? "up" : "down"}${isFirst ? " first" : ""}`),
  });
  const watched = buildWatched({ name: "asa" });
  for (
    const up of [true, true, undefined, true, false, false, undefined, true]
  ) {
    tracker.observe([{ watched, ...(up !== undefined && { up }) }], {
      monotonicSeconds: 0,
      unixSeconds: 0,
    });
  }
  assertEquals(changes, ["asa up first", "asa down", "asa up"]);
});
