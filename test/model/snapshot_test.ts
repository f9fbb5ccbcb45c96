import { assertEquals } from "@std/assert";
import type { Target } from "../../src/config/config.ts";
import type { OwnerProcess } from "../../src/model/owner.ts";
import {
  buildFindings,
  buildSnapshot,
  type Snapshot,
  type TableResult,
  type TableResults,
} from "../../src/model/snapshot.ts";
import { buildWatchedTargets } from "../../src/model/watched_target.ts";
import { createProcfsReader } from "../../src/procfs/reader.ts";
import {
  parseSocketTable,
  type RowProblem,
  type SocketRow,
} from "../../src/procfs/socket_table.ts";
import {
  buildConfig,
  buildOwners,
  buildProcess,
  buildRow,
} from "../support/builders.ts";

const FAILED: TableResult = { ok: false };

function table(
  rows: readonly Partial<SocketRow>[] = [],
  problems: readonly RowProblem[] = [],
): TableResult {
  return { ok: true, parsed: { rows: rows.map(buildRow), problems } };
}

interface Scene {
  readonly targets?: readonly Partial<Target>[];
  readonly tables: TableResults;
  readonly listeners?: boolean;
}

function takeSnapshot(
  { targets, tables, listeners = false }: Scene,
): Snapshot {
  const config = buildConfig(targets, {
    listeners: { enabled: listeners, ignore: [] },
  });
  const findings = buildFindings({
    config,
    watchedTargets: buildWatchedTargets(config),
    tables,
    ephemeralPorts: { first: 32768, last: 60999 },
  });
  return buildSnapshot(findings, {
    config,
    owners: buildOwners(),
    counters: {},
  });
}

/** What is known of the first target. */
function judge(scene: Scene) {
  const [status] = takeSnapshot(scene).targets;
  return {
    up: status?.up,
    state: status?.state,
    sockets: status?.sockets?.map(({ inode }) => inode),
    receiveQueue: status?.receiveQueue,
  };
}

const UNKNOWN = {
  up: undefined,
  state: undefined,
  sockets: undefined,
  receiveQueue: undefined,
};
const DOWN = { up: false, state: "down", sockets: [], receiveQueue: undefined };
const UP = { up: true, state: "up", sockets: ["4711"], receiveQueue: 0 };
const SEEN = {
  up: true,
  state: "up",
  sockets: undefined,
  receiveQueue: undefined,
};

const ROW_6 = { table: "udp6", localAddress: "::", inode: "6" } as const;
const BROKEN = { message: "Cannot parse row" };

/** Tables in which a UDP target on 6984 is looked for, and what is known. */
const cases: readonly (readonly [
  name: string,
  tables: TableResults,
  want: object,
])[] = [
  ["up with a socket in udp", { udp: table([{}]), udp6: table() }, UP],
  [
    "up with a socket in udp6 alone",
    { udp: table(), udp6: table([ROW_6]) },
    { ...UP, sockets: ["6"] },
  ],
  ["down without a socket", { udp: table(), udp6: table() }, DOWN],
  [
    "down with a connected socket",
    {
      udp: table([{ state: "01", remotePort: 514 }]),
      udp6: table(),
    },
    DOWN,
  ],
  ["unknown when both tables failed", { udp: FAILED, udp6: FAILED }, UNKNOWN],
  ["unknown when udp failed", { udp: FAILED, udp6: table() }, UNKNOWN],
  ["unknown when udp6 failed", { udp: table(), udp6: FAILED }, UNKNOWN],
  ["unknown when udp6 was not read", { udp: table() }, UNKNOWN],
  ["up when udp6 failed, of unknown count", {
    udp: table([{}]),
    udp6: FAILED,
  }, SEEN],
  [
    "unknown with a broken row without a port",
    { udp: table([], [BROKEN]), udp6: table() },
    UNKNOWN,
  ],
  [
    "unknown with a broken row of its port",
    { udp: table([], [{ ...BROKEN, localPort: 6984 }]), udp6: table() },
    UNKNOWN,
  ],
  [
    "down with a broken row of another port",
    { udp: table([], [{ ...BROKEN, localPort: 698 }]), udp6: table() },
    DOWN,
  ],
  [
    "up with a broken row of its port, of unknown count",
    { udp: table([{}], [{ ...BROKEN, localPort: 6984 }]), udp6: table() },
    SEEN,
  ],
  [
    "down when a table of TCP failed",
    { udp: table(), udp6: table(), tcp: FAILED, tcp6: FAILED },
    DOWN,
  ],
];

for (const [name, tables, want] of cases) {
  Deno.test(`buildSnapshot() says ${name}`, () => {
    assertEquals(judge({ tables }), want);
  });
}

Deno.test("buildSnapshot() counts the sockets of both tables and adds their queues", () => {
  assertEquals(
    judge({
      tables: {
        udp: table([
          { inode: "1", receiveQueue: 832 },
          { inode: "2", receiveQueue: 4160 },
        ]),
        udp6: table([{ ...ROW_6, receiveQueue: 8 }]),
      },
    }),
    { up: true, state: "up", sockets: ["1", "2", "6"], receiveQueue: 5000 },
  );
});

Deno.test("buildSnapshot() counts only sockets on an expected address", () => {
  const tables = {
    udp: table([
      { inode: "1", localAddress: "127.0.0.1", receiveQueue: 832 },
      { inode: "2", localAddress: "10.0.0.5", receiveQueue: 4160 },
    ]),
    udp6: table(),
  };
  const external = { address: { kind: "external" } } as const;
  assertEquals(judge({ targets: [external], tables }), {
    up: true,
    state: "up",
    sockets: ["2"],
    receiveQueue: 4160,
  });
});

Deno.test("buildSnapshot() keeps the targets in the order of the configuration", () => {
  const { targets } = takeSnapshot({
    targets: [{ port: 2 }, { port: 1 }, { protocol: "tcp", port: 3 }],
    tables: {},
  });
  assertEquals(targets.map(({ watched }) => watched.target.port), [2, 1, 3]);
});

const ALL_EMPTY = {
  udp: table(),
  udp6: table(),
  tcp: table(),
  tcp6: table(),
};

Deno.test("buildSnapshot() lists listeners only when they are asked for", () => {
  const tables = { ...ALL_EMPTY, udp: table([{ localPort: 514 }]) };
  assertEquals(takeSnapshot({ tables }).listeners, undefined);
  assertEquals(
    takeSnapshot({ tables, listeners: true }).listeners
      ?.map(({ port }) => port),
    [514],
  );
});

for (const failed of ["udp", "udp6", "tcp", "tcp6"] as const) {
  Deno.test(`buildSnapshot() does not know the listeners when ${failed} failed`, () => {
    const tables = { ...ALL_EMPTY, [failed]: FAILED };
    const snapshot = takeSnapshot({ tables, listeners: true });
    assertEquals(snapshot.listeners, undefined);
  });
}

// The captured tables: what the recipe opened.

const reader = createProcfsReader("fixtures/procfs/linux-6.18-mixed");
const captured: TableResults = Object.fromEntries(
  (["udp", "udp6", "tcp", "tcp6"] as const).map((table) => [table, {
    ok: true,
    parsed: parseSocketTable(reader.readText(`1/net/${table}`), { table }),
  }]),
);

const address = (text: string) => ({ kind: "address", text }) as const;

const capturedTargets: readonly (readonly [
  name: string,
  target: Partial<Target>,
  state: string,
  sockets: number,
])[] = [
  ["an IPv4 wildcard", { port: 6984 }, "up", 1],
  ["a v6-only wildcard", { port: 6985 }, "up", 1],
  ["a dual-stack wildcard", { port: 6986 }, "up", 1],
  [
    "a dual-stack wildcard for an IPv4 address",
    { port: 6986, address: address("10.1.2.3") },
    "up",
    1,
  ],
  ["an SO_REUSEPORT pair", { port: 6987, sockets: 2 }, "up", 2],
  [
    "an SO_REUSEPORT pair where one is expected",
    { port: 6987, sockets: 1 },
    "wrong_count",
    2,
  ],
  [
    "a loopback address where an external one is expected",
    { port: 6988, address: { kind: "external" } },
    "wrong_address",
    0,
  ],
  [
    "a v4-mapped loopback address where an external one is expected",
    { port: 6990, address: { kind: "external" } },
    "wrong_address",
    0,
  ],
  [
    "a v4-mapped address",
    { port: 6990, address: address("127.0.0.1") },
    "up",
    1,
  ],
  [
    "the expected address",
    { port: 6991, address: { kind: "network", text: "10.0.0.0/8" } },
    "up",
    1,
  ],
  ["port 65535", { port: 65535 }, "up", 1],
  ["port 618 of UDP", { port: 618 }, "up", 1],
  [
    "port 618 of TCP, where only 6180 is bound",
    { protocol: "tcp", port: 618 },
    "down",
    0,
  ],
  ["a connected UDP socket", { port: 7001 }, "down", 0],
  ["a port of the other protocol", { port: 6996 }, "down", 0],
  ["a TCP listener", { protocol: "tcp", port: 6996 }, "up", 1],
  ["a client's TCP connection", { protocol: "tcp", port: 7101 }, "down", 0],
  ["TIME_WAIT", { protocol: "tcp", port: 7301 }, "down", 0],
];

for (const [name, target, state, sockets] of capturedTargets) {
  Deno.test(`buildSnapshot() says ${state} for ${name}`, () => {
    const [status] = takeSnapshot({ targets: [target], tables: captured })
      .targets;
    assertEquals(status?.state, state);
    assertEquals(status?.up, state === "up" || state === "wrong_count");
    assertEquals(status?.sockets?.length, sockets);
  });
}

Deno.test("buildSnapshot() lists every listener that the recipe opened", () => {
  const { listeners } = takeSnapshot({
    targets: [],
    tables: captured,
    listeners: true,
  });
  // 65535 is above the ephemeral range; the pair on 6987 is one listener.
  assertEquals(
    listeners?.map(({ protocol, port }) => `${protocol} ${port}`).join(", "),
    "tcp 6180, tcp 6984, tcp 6985, tcp 6986, tcp 6988, tcp 6992, tcp 6996, " +
      "tcp 6997, tcp 6998, tcp 6999, tcp 65535, " +
      "udp 618, udp 6180, udp 6984, udp 6985, udp 6986, udp 6987, udp 6988, " +
      "udp 6989, udp 6990, udp 6991, udp 6992, udp 6993, udp 6994, udp 6995, " +
      "udp 65535",
  );
});

Deno.test("buildSnapshot() says of a changing host what it says of a new one", () => {
  const row = buildRow();
  const full = buildRow({ receiveQueue: 4160 });
  const second = buildRow({ inode: "4712" });
  const elsewhere = buildRow({ localAddress: "127.0.0.1", inode: "4713" });
  const filebeat = [buildProcess()];
  const socat = [buildProcess({ pid: 4243, comm: "socat" })];
  const hosts: readonly (readonly [
    TableResult,
    Readonly<Record<string, readonly OwnerProcess[]>>,
  ])[] = [
    [parsed(row), {}],
    [parsed(row), { 4711: filebeat }],
    [parsed(row), { 4711: socat }],
    [parsed(row), { 4711: [] }],
    [parsed(full), { 4711: filebeat }],
    [parsed(full, second), { 4711: filebeat, 4712: socat }],
    [parsed(second), { 4712: socat }],
    [parsed(elsewhere), { 4713: filebeat }],
    [parsed(), {}],
    [FAILED, {}],
    [parsed(row), { 4711: filebeat }],
    [parsed(row), { 4711: filebeat }],
  ];
  const config = buildConfig([{
    address: { kind: "external" },
    processes: ["filebeat"],
    sockets: 1,
  }]);
  const sameTargets = buildWatchedTargets(config);
  for (const [udp, owners] of hosts) {
    const [known, fresh] = [sameTargets, buildWatchedTargets(config)].map(
      (watchedTargets) => {
        const findings = buildFindings({
          config,
          watchedTargets,
          tables: { udp, udp6: table() },
          ephemeralPorts: { first: 32768, last: 60999 },
        });
        const [status] = buildSnapshot(findings, {
          config,
          owners: buildOwners(owners),
          counters: {},
        }).targets;
        return status && { ...status, watched: undefined };
      },
    );
    assertEquals(known, fresh);
  }
});

/** A table of rows that stay the same objects from one scan to the next. */
function parsed(...rows: readonly SocketRow[]): TableResult {
  return { ok: true, parsed: { rows, problems: [] } };
}
