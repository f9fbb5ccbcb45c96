import {
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { readSocketTable } from "../../src/procfs/read_socket_table.ts";
import { createProcfsReader } from "../../src/procfs/reader.ts";
import type { SocketRow, SocketTable } from "../../src/procfs/socket_table.ts";
import { rowText, tableText, wildcard4 } from "../support/kernel_text.ts";
import { parseSs, type Witnessed } from "../support/ss.ts";
import { createMemoryReader, type MemoryFile } from "./memory_reader.ts";

const TABLES = ["tcp", "tcp6", "udp", "udp6"] as const;
const breathe = () => undefined;

const readFixture = (situation: string, table: SocketTable) =>
  readSocketTable(
    createProcfsReader(`fixtures/procfs/linux-6.18-${situation}`),
    { table, breathe },
  );

const byPortAndInode = (
  a: Pick<SocketRow, "localPort" | "inode">,
  b: Pick<SocketRow, "localPort" | "inode">,
) => a.localPort - b.localPort || Number(a.inode) - Number(b.inode);

/** What ss calls the states, include/net/tcp_states.h. */
const STATES: Readonly<Record<string, string>> = {
  "ESTAB": "01",
  "UNCONN": "07",
  "LISTEN": "0A",
};

/** Rows of a table as ss tells of them; of TCP the listeners. */
function expectedRows(situation: string, table: SocketTable): SocketRow[] {
  const isTcp = table.startsWith("tcp");
  const text = Deno.readTextFileSync(
    `fixtures/procfs/linux-6.18-${situation}/ss.txt`,
  );
  return parseSs(text)
    .filter((socket) => socket.table === table)
    .filter(({ state }) => !isTcp || state === "LISTEN")
    .map(({ state, drops, ...socket }: Witnessed) => ({
      ...socket,
      state: STATES[state] ?? state,
      ...(!isTcp && { drops }),
    }))
    .sort(byPortAndInode);
}

for (const situation of ["mixed", "many", "empty"]) {
  for (const table of TABLES) {
    Deno.test(`readSocketTable() finds the sockets in ${table} of linux-6.18-${situation} that ss saw`, async () => {
      const { rows, problems } = await readFixture(situation, table);
      assertEquals(problems, []);
      assertEquals(
        rows.toSorted(byPortAndInode),
        expectedRows(situation, table),
      );
    });
  }
}

/** Port and address of each socket that the recipe opened. */
const opened: Readonly<Record<SocketTable, readonly string[]>> = {
  udp: [
    "618 0.0.0.0",
    "6180 0.0.0.0",
    "6984 0.0.0.0",
    "6987 0.0.0.0",
    "6987 0.0.0.0",
    "6988 127.0.0.1",
    "6991 10.1.2.3",
    "6993 0.0.0.0",
    "6994 0.0.0.0",
    "6995 0.0.0.0",
    "7001 127.0.0.1",
    "65535 0.0.0.0",
  ],
  udp6: [
    "6985 ::",
    "6986 ::",
    "6989 ::1",
    "6990 ::ffff:127.0.0.1",
    "6992 2001:db8::a1:b2c3",
  ],
  tcp: [
    "6180 0.0.0.0",
    "6984 0.0.0.0",
    "6988 127.0.0.1",
    "6996 0.0.0.0",
    "6997 0.0.0.0",
    "6999 0.0.0.0",
    "65535 0.0.0.0",
  ],
  tcp6: ["6985 ::", "6986 ::", "6992 2001:db8::a1:b2c3", "6998 ::"],
};

for (const table of TABLES) {
  Deno.test(`readSocketTable() finds the sockets in ${table} that the recipe opened`, async () => {
    const { rows } = await readFixture("mixed", table);
    assertEquals(
      rows.toSorted(byPortAndInode).map(({ localPort, localAddress }) =>
        `${localPort} ${localAddress}`
      ),
      opened[table],
    );
  });
}

Deno.test("readSocketTable() reads queues, drops and users as the recipe made them", async () => {
  const udp = await readFixture("mixed", "udp");
  const tcp = await readFixture("mixed", "tcp");
  const onPort = (port: number, { rows }: { rows: readonly SocketRow[] }) =>
    rows.find(({ localPort }) => localPort === port);
  assertEquals(onPort(6993, udp)?.uid, 65534);
  // 5 datagrams of 100 bytes, 832 bytes each with the kernel's overhead.
  assertEquals(onPort(6994, udp)?.receiveQueue, 5 * 832);
  assertEquals(onPort(6995, udp)?.drops, 19);
  assertEquals(onPort(6996, tcp)?.receiveQueue, 3);
  assertEquals(onPort(6996, tcp)?.drops, undefined);
});

// Reading page by page.

const listening = rowText("tcp", { inode: "1" });
const established = rowText("tcp", { state: "01", inode: "2" });

function openTable(table: SocketTable, file: MemoryFile) {
  const reader = createMemoryReader({ [`self/net/${table}`]: file });
  return {
    reader,
    read: (options = {}) =>
      readSocketTable(reader, { table, breathe, ...options }),
  };
}

Deno.test("readSocketTable() reads no page behind the LISTEN block of a TCP table", async () => {
  const { reader, read } = openTable("tcp", [
    tableText("tcp", [listening]),
    `${established}\n`,
    `${established}\n`,
  ]);
  assertEquals((await read()).rows.map(({ inode }) => inode), ["1"]);
  assertEquals(reader.pagesRead, 2);
});

Deno.test("readSocketTable() reads every page of a UDP table", async () => {
  const rows = ["1", "2", "3"].map((inode) => rowText("udp", { inode }));
  const { read } = openTable("udp", [
    tableText("udp", rows.slice(0, 1)),
    ...rows.slice(1).map((row) => `${row}\n`),
  ]);
  assertEquals((await read()).rows.map(({ inode }) => inode), ["1", "2", "3"]);
});

Deno.test("readSocketTable() reads only the rows of the wanted ports", async () => {
  const { read } = openTable(
    "udp",
    tableText("udp", [
      rowText("udp", { local: wildcard4(618) }),
      rowText("udp", { local: wildcard4(6180) }),
    ]),
  );
  const { rows } = await read({ ports: new Set([618]) });
  assertEquals(rows.map(({ localPort }) => localPort), [618]);
});

Deno.test("readSocketTable() gives the event loop room between pages", async () => {
  const events: string[] = [];
  const { reader, read } = openTable("udp", [
    tableText("udp"),
    listening,
    "\n",
  ]);
  await read({
    breathe: () => {
      events.push(`${reader.pagesRead} read`);
      return Promise.resolve().then(() => {
        events.push("breathed");
      });
    },
  });
  assertEquals(events, [
    "1 read",
    "breathed",
    "2 read",
    "breathed",
    "3 read",
    "breathed",
  ]);
});

Deno.test("readSocketTable() rejects with the error of opening", async () => {
  await assertRejects(
    () => openTable("udp", new Deno.errors.PermissionDenied("no")).read(),
    Deno.errors.PermissionDenied,
  );
});

Deno.test("readSocketTable() rejects a file that is no table", async () => {
  await assertRejects(
    () => openTable("udp", "").read(),
    SyntaxError,
    'Cannot parse udp: the first line is ""',
  );
});

const RELAYS = ["1", "2", "3"].map((inode) => rowText("tcp", { inode }));
const CONNECTION = rowText("tcp", { state: "01", inode: "9" });
const [FIRST = "", ...OTHERS] = RELAYS;

/** Pages of a table after some other pages of it, and the inodes to be found. */
const changes: readonly (readonly [
  name: string,
  before: readonly string[],
  after: readonly string[],
  want: readonly string[],
])[] = [
  ["a page that is the same", [tableText("tcp", RELAYS)], [
    tableText("tcp", RELAYS),
  ], ["1", "2", "3"]],
  ["a page that was added", [tableText("tcp", [FIRST])], [
    tableText("tcp", [FIRST]),
    ...OTHERS.map((row) => `${row}\n`),
  ], ["1", "2", "3"]],
  [
    "a page that went",
    [
      tableText("tcp", [FIRST]),
      ...OTHERS.map((row) => `${row}\n`),
    ],
    [tableText("tcp", [FIRST])],
    ["1"],
  ],
  ["a page that changed between two", [
    tableText("tcp", [FIRST]),
    `${rowText("tcp", { inode: "7" })}\n`,
    `${OTHERS[1]}\n`,
  ], [
    tableText("tcp", [FIRST]),
    ...OTHERS.map((row) => `${row}\n`),
  ], ["1", "2", "3"]],
  ["a LISTEN block that ends where it ended", [
    tableText("tcp", [FIRST]),
    `${CONNECTION}\n`,
  ], [
    tableText("tcp", [FIRST]),
    `${CONNECTION}\n`,
    `${OTHERS[0]}\n`,
  ], ["1"]],
  ["a LISTEN block that ends later", [
    tableText("tcp", [FIRST]),
    `${CONNECTION}\n`,
  ], [
    tableText("tcp", [FIRST]),
    `${OTHERS[0]}\n`,
    `${CONNECTION}\n`,
  ], ["1", "2"]],
];

for (const [name, before, after, want] of changes) {
  Deno.test(`readSocketTable() remembers a table and reads ${name}`, async () => {
    const { reader, read } = openTable("tcp", before);
    const memory = { rowsByLine: new Map() };
    await read({ memory });
    reader.files.set("self/net/tcp", after);
    const { rows, problems } = await read({ memory });
    assertEquals(rows.map(({ inode }) => inode), want);
    assertEquals(problems, []);
  });
}

Deno.test("readSocketTable() gives the same object for the same text only", async () => {
  const { reader, read } = openTable("udp", tableText("udp", [listening]));
  const memory = { rowsByLine: new Map() };
  const first = await read({ memory });
  assertStrictEquals(await read({ memory }), first);
  reader.files.set("self/net/udp", tableText("udp", [listening, listening]));
  const other = await read({ memory });
  assertNotStrictEquals(other, first);
  assertStrictEquals(await read({ memory }), other);
});
