import { assertEquals } from "@std/assert";
import type { Config, Target } from "../../src/config/config.ts";
import type { ProcfsReader } from "../../src/procfs/reader.ts";
import type { SocketTable } from "../../src/procfs/socket_table.ts";
import { createScanner } from "../../src/watch/scanner.ts";
import {
  createMemoryReader,
  type MemoryFile,
} from "../procfs/memory_reader.ts";
import { buildConfig } from "../support/builders.ts";
import { rowText, tableText, wildcard4 } from "../support/kernel_text.ts";
import { createMemoryLog } from "../support/log.ts";

const TABLES = ["udp", "udp6", "tcp", "tcp6"] as const;

/** A host on which nothing listens. */
const IDLE: Readonly<Record<string, MemoryFile>> = {
  ...Object.fromEntries(
    TABLES.map((table) => [`self/net/${table}`, tableText(table)]),
  ),
  "self/net/sockstat": "sockets: used 7\n",
  "self/net/sockstat6": "TCP6: inuse 1\nUDP6: inuse 1\n",
  "sys/net/ipv4/ip_local_port_range": "40000\t40999\n",
};

const bound = (table: SocketTable) => tableText(table, [rowText(table)]);

interface Scene {
  readonly targets?: readonly Partial<Target>[];
  readonly config?: Partial<Config>;
  /** Files beside those of an idle host; null takes one away. */
  readonly files?: Readonly<Record<string, MemoryFile | null>>;
}

function openScanner({ targets, config, files = {} }: Scene = {}) {
  const reader = createMemoryReader(IDLE);
  for (const [path, file] of Object.entries(files)) {
    if (file === null) reader.files.delete(path);
    else reader.files.set(path, file);
  }
  const { log, lines } = createMemoryLog();
  const scanner = createScanner({
    reader: reader satisfies ProcfsReader,
    config: buildConfig(targets, config),
    log,
  });
  return {
    reader,
    scanner,
    /** Lines of the log that tell of a table. */
    told: (table: SocketTable) =>
      lines.filter(({ source }) => source === table)
        .map(({ level, message }) => `${level}: ${message}`),
    /** Health of a table after the last scan. */
    health(table: SocketTable) {
      const source = scanner.sources()
        .find(({ labels }) => labels.source === table);
      return source && { success: source.success, errors: source.errors };
    },
    /** Socket tables in the order in which they were opened. */
    tablesOpened: () =>
      reader.opened.flatMap((path) =>
        TABLES.filter((table) => path === `self/net/${table}`)
      ),
  };
}

/** Scans once: the state of the first target, undefined when unknown. */
async function scanOnce(scene: Scene) {
  const opened = openScanner(scene);
  const { targets: [target] } = await opened.scanner.scan();
  return { ...opened, state: target?.state };
}

const WELL = { success: true, errors: 0 };
const FAILED = { success: false, errors: 1 };
const TCP: readonly Partial<Target>[] = [{ protocol: "tcp" }];
const LISTENERS = { listeners: { enabled: true, ignore: [] } };

Deno.test("scan() finds a port that is bound and one that is not", async () => {
  const udp = { "self/net/udp": bound("udp") };
  assertEquals((await scanOnce({ files: udp })).state, "up");
  assertEquals((await scanOnce({})).state, "down");
});

Deno.test("scan() finds a socket that stands only in the IPv6 table", async () => {
  const udp6 = { "self/net/udp6": bound("udp6") };
  assertEquals((await scanOnce({ files: udp6 })).state, "up");
  const tcp6 = { "self/net/tcp6": bound("tcp6") };
  assertEquals((await scanOnce({ targets: TCP, files: tcp6 })).state, "up");
});

// Which tables are read.

const needed: readonly (readonly [
  name: string,
  scene: Scene,
  tables: readonly SocketTable[],
])[] = [
  ["UDP targets", {}, ["udp", "udp6"]],
  ["TCP targets", { targets: TCP }, ["tcp", "tcp6"]],
  ["targets of both", { targets: [...TCP, {}] }, TABLES],
  ["listeners", { targets: [], config: LISTENERS }, TABLES],
  ["no targets", { targets: [] }, []],
];

for (const [name, scene, tables] of needed) {
  Deno.test(`scan() reads only the tables that ${name} need`, async () => {
    const { tablesOpened, health } = await scanOnce(scene);
    assertEquals(tablesOpened(), [...tables]);
    for (const table of TABLES) {
      assertEquals(health(table), tables.includes(table) ? WELL : undefined);
    }
  });
}

Deno.test("scan() does not read tcp6 when no socket is in it", async () => {
  const { state, tablesOpened, health } = await scanOnce({
    targets: TCP,
    files: { "self/net/sockstat6": "TCP6: inuse 0\nUDP6: inuse 1\n" },
  });
  assertEquals(tablesOpened(), ["tcp"]);
  assertEquals(health("tcp6"), WELL);
  assertEquals(state, "down");
});

for (
  const [name, sockstat6] of [
    ["counts sockets", "TCP6: inuse 12\n"],
    ["is missing", null],
    ["does not say", "UDP6: inuse 0\n"],
  ] as const
) {
  Deno.test(`scan() reads tcp6 when sockstat6 ${name}`, async () => {
    const { state, tablesOpened } = await scanOnce({
      targets: TCP,
      files: {
        "self/net/sockstat6": sockstat6,
        "self/net/tcp6": bound("tcp6"),
      },
    });
    assertEquals(tablesOpened(), ["tcp", "tcp6"]);
    assertEquals(state, "up");
  });
}

Deno.test("scan() asks the kernel's ephemeral range for the listeners", async () => {
  const rows = [39999, 40000, 41000].map((port) =>
    rowText("udp", { local: wildcard4(port) })
  );
  const { scanner } = openScanner({
    targets: [],
    config: LISTENERS,
    files: { "self/net/udp": tableText("udp", rows) },
  });
  const { listeners } = await scanner.scan();
  assertEquals(listeners?.map(({ port }) => port), [39999, 41000]);
});

Deno.test("scan() keeps the ephemeral range when it cannot be read again", async () => {
  // A client's socket on this host, none where the kernel's default holds.
  const client = rowText("udp", { local: wildcard4(20_000) });
  const { scanner, reader } = openScanner({
    targets: [],
    config: LISTENERS,
    files: {
      "self/net/udp": tableText("udp", [client]),
      "sys/net/ipv4/ip_local_port_range": "15000\t30000\n",
    },
  });
  assertEquals((await scanner.scan()).unexpectedListeners, 0);
  reader.files.set("sys/net/ipv4/ip_local_port_range", EMFILE);
  assertEquals((await scanner.scan()).unexpectedListeners, 0);
});

// What cannot be read.

const EACCES = new Deno.errors.PermissionDenied(
  "Permission denied (os error 13)",
);
const EIO = new Error("Input/output error (os error 5)");
const EMFILE = new Error("Too many open files (os error 24)");

/** A table that cannot be read, and what the log tells of it. */
const failures: readonly (readonly [
  name: string,
  table: SocketTable,
  file: MemoryFile | null,
  message: string,
])[] = [
  [
    "is missing",
    "udp",
    null,
    "Cannot read /proc/self/net/udp: it does not exist",
  ],
  [
    "may not be read",
    "udp6",
    EACCES,
    "Cannot read /proc/self/net/udp6: permission denied; run as root or drop --path.procfs",
  ],
  [
    "fails",
    "tcp",
    EIO,
    "Cannot read /proc/self/net/tcp: Input/output error (os error 5)",
  ],
  [
    "is no table",
    "tcp6",
    "",
    'Cannot parse tcp6: the first line is "", want the header "sl local_address …"',
  ],
];

for (const [name, table, file, message] of failures) {
  Deno.test(`scan() does not know the state when ${table} ${name}`, async () => {
    const { state, health, told } = await scanOnce({
      targets: table.startsWith("tcp") ? TCP : [{}],
      files: { [`self/net/${table}`]: file },
    });
    assertEquals(state, undefined);
    assertEquals(health(table), FAILED);
    assertEquals(told(table), [`warn: ${message}`]);
  });
}

for (const protocol of ["udp", "tcp"] as const) {
  const [version4, version6] = [protocol, `${protocol}6`] as const;

  Deno.test(`scan() takes IPv6 as switched off when ${version6} and sockstat6 are missing`, async () => {
    const { state, health, told } = await scanOnce({
      targets: [{ protocol }],
      files: { [`self/net/${version6}`]: null, "self/net/sockstat6": null },
    });
    assertEquals(state, "down");
    assertEquals(health(version6), WELL);
    assertEquals(told(version6), []);
  });

  Deno.test(`scan() does not take IPv6 as switched off when only ${version6} is missing of its files`, async () => {
    const { state, health } = await scanOnce({
      targets: [{ protocol }],
      files: { [`self/net/${version6}`]: null },
    });
    assertEquals(state, undefined);
    assertEquals(health(version6), FAILED);
  });

  Deno.test(`scan() does not take IPv6 as switched off when procfs goes after ${version4} was read`, async () => {
    const { state, health } = await scanOnce({
      targets: [{ protocol }],
      files: {
        [`self/net/${version6}`]: null,
        "self/net/sockstat": null,
        "self/net/sockstat6": null,
      },
    });
    assertEquals(state, undefined);
    assertEquals(health(version4), WELL);
    assertEquals(health(version6), FAILED);
  });
}

Deno.test("scan() knows that a port is up although another table failed", async () => {
  const { state } = await scanOnce({
    files: { "self/net/udp": bound("udp"), "self/net/udp6": EACCES },
  });
  assertEquals(state, "up");
});

Deno.test("scan() goes on after a broken row, counts it and tells the log", async () => {
  const broken = rowText("udp", { local: wildcard4(698), inode: "-1" });
  const { state, health, told } = await scanOnce({
    targets: [{}, { port: 698 }],
    files: { "self/net/udp": tableText("udp", [broken, rowText("udp")]) },
  });
  assertEquals(state, "up");
  assertEquals(health("udp"), { success: true, errors: 1 });
  assertEquals(told("udp"), [
    `warn: Cannot parse row ${JSON.stringify(broken.trim())}: inode is "-1"`,
  ]);
});

Deno.test("scan() takes a row without a port as a failure: it could be anybody's", async () => {
  const broken = rowText("udp", { local: "00000000;1B48" });
  const { state, health } = await scanOnce({
    files: { "self/net/udp": tableText("udp", [broken]) },
  });
  assertEquals(state, undefined);
  assertEquals(health("udp"), FAILED);
});

Deno.test("scan() tells the log once when a table fails and once when it is well again", async () => {
  const { reader, scanner, told, health } = openScanner();
  const scanWith = async (file: MemoryFile) => {
    reader.files.set("self/net/udp", file);
    await scanner.scan();
  };
  await scanWith(tableText("udp"));
  for (let scan = 0; scan < 3; scan++) await scanWith(EACCES);
  assertEquals(health("udp"), { success: false, errors: 3 });
  await scanWith(tableText("udp"));
  await scanWith(tableText("udp"));
  assertEquals(health("udp"), { success: true, errors: 3 });
  assertEquals(told("udp"), [
    "warn: Cannot read /proc/self/net/udp: permission denied; run as root or drop --path.procfs",
    "info: source is well again",
  ]);
});

// Scans at the same time.

Deno.test("scan() lets simultaneous callers share one scan", async () => {
  const { scanner, tablesOpened } = openScanner();
  const [first, ...others] = await Promise.all(
    Array.from({ length: 5 }, () => scanner.scan()),
  );
  for (const other of others) assertEquals(other, first);
  assertEquals(tablesOpened(), ["udp", "udp6"]);
});

Deno.test("scan() scans afresh when no scan is under way", async () => {
  const { reader, scanner, tablesOpened } = openScanner();
  const stateNow = async () => (await scanner.scan()).targets[0]?.state;
  assertEquals(await stateNow(), "down");
  reader.files.set("self/net/udp", bound("udp"));
  assertEquals(await stateNow(), "up");
  assertEquals(tablesOpened(), ["udp", "udp6", "udp", "udp6"]);
});

Deno.test("scan() waits for a sample, whose older rows must not come after newer ones", async () => {
  // Each piece is followed by a pause: the older table takes longer.
  const withDrops = (drops: number, pieces: number) => [
    tableText("udp", [
      rowText("udp", { rest: `2 0000000000000000 ${drops}` }),
    ]),
    ...Array.from(
      { length: pieces },
      (_, index) =>
        `${rowText("udp", { local: "0100007F:0007", inode: `${index}` })}\n`,
    ),
  ];
  const reader = createMemoryReader(IDLE);
  reader.files.set("self/net/udp", withDrops(1_000, 9));
  let now = 0;
  const scanner = createScanner({
    reader,
    config: buildConfig(),
    log: createMemoryLog().log,
    // Every look at the clock is late: each piece of a table is followed by a
    // pause.
    now: () => now += 100,
  });
  const sampling = scanner.sample();
  await Promise.resolve();
  await Promise.resolve();
  reader.files.set("self/net/udp", withDrops(1_001, 1));
  await Promise.all([sampling, scanner.scan()]);
  assertEquals(scanner.tracker.record("udp 6984 any asa")?.drops, 1_001);
});

Deno.test("reconfigure() does not change a scan that is under way, nor lets the next one join it", async () => {
  const { scanner } = openScanner({
    files: { "self/net/udp": bound("udp") },
  });
  const before = scanner.scan();
  scanner.reconfigure(buildConfig([{ name: "after" }, { port: 7 }]));
  const after = scanner.scan();
  const names = async (snapshot: ReturnType<typeof scanner.scan>) =>
    (await snapshot).targets.map(({ watched }) => watched.target.name);
  assertEquals(await names(before), ["asa"]);
  assertEquals(await names(after), ["after", "asa"]);
  assertEquals(scanner.tracker.record("udp 6984 any asa"), undefined);
});

Deno.test("reconfigure() drops the health of tables that are not read any more", async () => {
  const { scanner, health } = openScanner({
    targets: TCP,
    files: { "self/net/tcp": null },
  });
  await scanner.scan();
  assertEquals(health("tcp"), FAILED);
  scanner.reconfigure(buildConfig([{}]));
  await scanner.scan();
  assertEquals(health("tcp"), undefined);
  assertEquals(health("udp"), WELL);
});

Deno.test("reconfigure() keeps what was seen of a target that stays", async () => {
  const { scanner, reader } = openScanner({
    files: { "self/net/udp": bound("udp") },
  });
  await scanner.scan();
  reader.files.set(
    "self/net/udp",
    tableText("udp", [rowText("udp", { inode: "2" })]),
  );
  scanner.reconfigure(buildConfig([{ severity: "info" }]));
  await scanner.scan();
  assertEquals(scanner.tracker.record("udp 6984 any asa")?.rebinds, 1);
});
