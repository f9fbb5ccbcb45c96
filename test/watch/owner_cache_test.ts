import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Breathe } from "../../src/procfs/read_socket_table.ts";
import {
  createOwnerCache,
  type ResolvedOwners,
} from "../../src/watch/owner_cache.ts";
import { createMemoryReader } from "../procfs/memory_reader.ts";
import {
  HOST_STAT,
  processFiles,
  type ProcessText,
} from "../support/process_text.ts";

const EACCES = new Deno.errors.PermissionDenied(
  "Permission denied (os error 13)",
);

interface Scene {
  readonly processes?: readonly Partial<ProcessText>[];
  readonly netDirectory?: string;
  readonly breathe?: Breathe;
}

/** A cache, its host and its clock in milliseconds. */
function openCache(
  { processes = [], netDirectory = "self", breathe = () => undefined }: Scene,
) {
  const reader = createMemoryReader({
    "stat": HOST_STAT,
    // The first of the kernel's threads: all processes of the host are visible.
    "2/stat":
      "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 1 0\n",
    "etc/passwd": "root:x:0:0\nsyslog:x:107:113\n",
  });
  const clock = { now: 0 };
  const cache = createOwnerCache({
    reader: { ...reader, netDirectory },
    now: () => clock.now,
    createBreather: () => breathe,
  });
  const add = (...added: readonly Partial<ProcessText>[]) => {
    for (const [path, file] of Object.entries(processFiles(added))) {
      reader.files.set(path, file);
    }
    // The last column is the pid that was given last.
    reader.files.set("loadavg", `0.07 0.02 0.00 1/130 ${added.at(-1)?.pid}\n`);
  };
  add(...processes);
  return {
    reader,
    cache,
    clock,
    /** Starts processes. */
    add,
    /** Ends a process. */
    end(pid: number) {
      for (const path of reader.files.keys()) {
        if (path.startsWith(`${pid}/`)) reader.files.delete(path);
      }
    },
    resolve: (
      inodes: readonly string[] = ["a"],
      { likelyNames = [], maxWait = 5_000 }: {
        readonly likelyNames?: readonly string[];
        readonly maxWait?: number;
      } = {},
    ) =>
      cache.resolve({
        inodes: new Set(inodes),
        likelyNames: new Set(likelyNames),
        maxWaitMilliseconds: maxWait,
      }),
  };
}

/** Pids of a socket's processes; undefined when they are unknown. */
function pidsOf({ owners }: ResolvedOwners, inode = "a") {
  return owners.processesByInode.get(inode)?.map(({ pid }) => pid);
}

/** Lets everything run that waits for nothing but its turn. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

const WELL = { success: true, errors: [] };
const HOLDER = { pid: 10, sockets: { 3: "a" } };
const OTHER = { pid: 20, comm: "nc", parentPid: 2 };

// What is found, and at what cost.

Deno.test("resolve() describes who holds a socket", async () => {
  const { resolve } = openCache({
    processes: [{ ...HOLDER, uid: 107, startTicks: 98765 }],
  });
  const { owners, report } = await resolve();
  assertEquals(owners.processesByInode.get("a"), [{
    pid: 10,
    comm: "filebeat",
    uid: 107,
    user: "syslog",
    startTimeSeconds: 1_700_000_000 + 987.65,
    unit: "filebeat.service",
  }]);
  assertEquals(report, WELL);
});

Deno.test("resolve() walks once for several sockets and lists the oldest process first", async () => {
  const { cache, resolve } = openCache({
    processes: [
      { pid: 10, startTicks: 900, sockets: { 3: "a" } },
      { pid: 11, parentPid: 12, startTicks: 800, sockets: { 3: "a" } },
      { pid: 12, startTicks: 700, sockets: { 3: "a", 4: "b" } },
    ],
  });
  const resolved = await resolve(["a", "b"]);
  assertEquals(pidsOf(resolved, "a"), [12, 11, 10]);
  assertEquals(pidsOf(resolved, "b"), [12]);
  assertEquals(cache.walks, 1);
});

Deno.test("resolve() costs a readlink for each holder when nothing has changed", async () => {
  const { reader, cache, resolve } = openCache({
    processes: [
      { pid: 10, sockets: { 3: "a", 4: "b" } },
      { pid: 11, parentPid: 10, sockets: { 3: "a" } },
      OTHER,
    ],
  });
  const first = await resolve(["a", "b"]);
  reader.opened.length = 0;
  reader.listed.length = 0;
  for (let scan = 0; scan < 3; scan++) {
    const again = await resolve(["a", "b"]);
    assertEquals(again.owners.processesByInode, first.owners.processesByInode);
    assertEquals(again.report, WELL);
  }
  assertEquals(cache.walks, 1);
  assertEquals(reader.listed, []);
  const readlinks = ["10/fd/3", "11/fd/3", "10/fd/4"];
  assertEquals(
    reader.opened.toSorted(),
    Array.from({ length: 3 }, () => [...readlinks, "loadavg"]).flat()
      .toSorted(),
  );
});

Deno.test("resolve() walks once for a socket that is new", async () => {
  const { cache, resolve, add } = openCache({ processes: [HOLDER] });
  await resolve();
  add({ ...OTHER, sockets: { 5: "b" } });
  for (let scan = 0; scan < 3; scan++) {
    const resolved = await resolve(["a", "b"]);
    assertEquals([pidsOf(resolved), pidsOf(resolved, "b")], [[10], [20]]);
  }
  assertEquals(cache.walks, 2);
});

Deno.test("resolve() does not walk without sockets", async () => {
  const { cache, resolve } = openCache({ processes: [HOLDER] });
  assertEquals((await resolve([])).report, WELL);
  assertEquals(cache.walks, 0);
});

Deno.test("resolve() looks first where a name is likely, or held a socket before", async () => {
  const { reader, resolve, add, end } = openCache({
    processes: [{ ...HOLDER, sockets: { 3: "a" } }, OTHER],
  });
  const looked = () => reader.listed.filter((path) => path.endsWith("/fd"));
  await resolve(["a"], { likelyNames: ["filebeat"] });
  assertEquals(looked(), ["10/fd"]);
  // The service is restarted; nobody says now that its name is likely.
  end(10);
  add({ pid: 15, sockets: { 3: "b" } });
  reader.listed.length = 0;
  assertEquals(pidsOf(await resolve(["b"]), "b"), [15]);
  assertEquals(looked(), ["15/fd"]);
});

// Changes.

for (const netDirectory of ["self", "1"]) {
  Deno.test(`resolve() adopts forked children without a walk, network of ${netDirectory}`, async () => {
    const { reader, cache, resolve, add } = openCache({
      processes: [HOLDER, OTHER],
      netDirectory,
    });
    const loadavg = reader.readText("loadavg");
    await resolve();
    add(
      { pid: 30, parentPid: 10, comm: "worker", sockets: { 3: "a" } },
      { pid: 31, parentPid: 30, comm: "worker", sockets: { 3: "a" } },
      // Closed it.
      { pid: 32, parentPid: 10, comm: "worker" },
      // Is nobody's child.
      { pid: 33, parentPid: 20, comm: "worker", sockets: { 3: "a" } },
    );
    // Below another mount it may tell of another pid namespace.
    if (netDirectory !== "self") reader.files.set("loadavg", loadavg);
    assertEquals(pidsOf(await resolve()), [10, 30, 31]);
    assertEquals(pidsOf(await resolve()), [10, 30, 31]);
    assertEquals(cache.walks, 1);
  });
}

Deno.test("resolve() keeps a child that outlives its parent", async () => {
  const { cache, resolve, add, end } = openCache({ processes: [HOLDER] });
  await resolve();
  add({ pid: 30, parentPid: 10, sockets: { 3: "a" } });
  await resolve();
  end(10);
  assertEquals(pidsOf(await resolve()), [30]);
  assertEquals(cache.walks, 1);
});

const handovers: readonly (readonly [
  name: string,
  change: (host: ReturnType<typeof openCache>) => void,
  want: readonly number[],
])[] = [
  ["its holder is gone and another process has it", ({ end, add }) => {
    end(10);
    add({ ...OTHER, sockets: { 9: "a" } });
  }, [20]],
  [
    "it was passed to a process that had been there",
    ({ reader, end }) => {
      end(10);
      reader.files.set("20/fd/9", { link: "socket:[a]" });
    },
    [20],
  ],
  ["its inode was given to another process's socket", ({ reader }) => {
    reader.files.set("10/fd/3", { link: "socket:[c]" });
    reader.files.set("20/fd/3", { link: "socket:[a]" });
  }, [20]],
  ["its holder moved it to another number", ({ reader }) => {
    reader.files.delete("10/fd/3");
    reader.files.set("10/fd/8", { link: "socket:[a]" });
  }, [10]],
  ["its holder's number is another process's now", ({ end, add }) => {
    end(10);
    add({ pid: 10, comm: "nc", sockets: { 5: "a" } });
  }, [10]],
  ["its holder opened a file under that number", ({ reader, add }) => {
    reader.files.set("10/fd/3", { link: "/var/log/filebeat" });
    add({ ...OTHER, pid: 40, sockets: { 3: "a" } });
  }, [40]],
];

for (const [name, change, want] of handovers) {
  Deno.test(`resolve() walks for a socket when ${name}`, async () => {
    const host = openCache({ processes: [HOLDER, OTHER] });
    await host.resolve();
    change(host);
    const resolved = await host.resolve();
    assertEquals(pidsOf(resolved), [...want]);
    assertEquals(resolved.report, WELL);
    assertEquals(host.cache.walks, 2);
    // What was known of a process by this number does not count any more.
    assertEquals(
      resolved.owners.processesByInode.get("a")?.map(({ comm }) => `${comm}\n`),
      want.map((pid) => host.reader.files.get(`${pid}/comm`)),
    );
  });
}

Deno.test("resolve() forgets sockets that are not asked for any more", async () => {
  const { reader, cache, resolve } = openCache({ processes: [HOLDER] });
  await resolve(["a"]);
  await resolve([]);
  reader.opened.length = 0;
  await resolve([]);
  assertEquals(reader.opened, ["loadavg"]);
  assertEquals(pidsOf(await resolve(["a"])), [10]);
  assertEquals(cache.walks, 2);
});

// What has no owner, or none that may be known.

Deno.test("resolve() knows that a socket without a process is the kernel's", async () => {
  const { clock, resolve } = openCache({ processes: [OTHER] });
  // At first the socket itself may have gone since its table was read.
  const first = await resolve();
  assertEquals(pidsOf(first), undefined);
  assertEquals(first.report, WELL);
  clock.now += 5_000;
  const second = await resolve();
  assertEquals(pidsOf(second), []);
  assertEquals(second.report, WELL);
});

/** What pid 2 is where not all processes of the host are visible. */
const hidden:
  readonly (readonly [name: string, process: Partial<ProcessText>])[] = [
    ["nobody has pid 2", { pid: 3 }],
    ["pid 2 is a program", { pid: 2, comm: "bash" }],
    ["pid 2 is a program of that name", { pid: 2, comm: "kthreadd" }],
  ];

for (const [name, process] of hidden) {
  Deno.test(`resolve() does not take a socket for the kernel's when ${name}`, async () => {
    const { reader, resolve } = openCache({ processes: [OTHER] });
    reader.files.delete("2/stat");
    for (const [path, file] of Object.entries(processFiles([process]))) {
      reader.files.set(path, file);
    }
    const resolved = await resolve();
    assertEquals(pidsOf(resolved), undefined);
    assertEquals(resolved.report, {
      success: false,
      errors: [
        "Cannot find the owners of sockets: processes of the host are " +
        "hidden, want its pid namespace, and CAP_SYS_PTRACE where /proc has " +
        "hidepid",
      ],
    });
  });
}

Deno.test("resolve() takes processes that went for no obstacle", async () => {
  const { reader, clock, resolve } = openCache({ processes: [OTHER] });
  reader.files.set("30/fd", new Error("No such process (os error 3)"));
  reader.files.set("40/fd", new Deno.errors.NotFound());
  await resolve();
  clock.now += 5_000;
  const resolved = await resolve();
  assertEquals(pidsOf(resolved), []);
  assertEquals(resolved.report, WELL);
});

for (const path of ["stat", "status", "comm"]) {
  Deno.test(`resolve() does not know a process that goes before its ${path} is read`, async () => {
    const { reader, resolve } = openCache({
      processes: [HOLDER, { pid: 11, parentPid: 10, sockets: { 3: "a" } }],
    });
    reader.files.set(`10/${path}`, new Error("No such process (os error 3)"));
    assertEquals(pidsOf(await resolve()), [11]);
  });
}

for (
  const [name, path] of [
    ["the directory", "10/fd"],
    ["the links", "10/fd/3"],
  ] as const
) {
  Deno.test(`resolve() names the capabilities when ${name} of open files may not be read`, async () => {
    const { reader, resolve, cache } = openCache({ processes: [HOLDER] });
    reader.files.set(path, EACCES);
    for (let scan = 0; scan < 2; scan++) {
      const resolved = await resolve();
      assertEquals(pidsOf(resolved), undefined);
      assertEquals(resolved.report, {
        success: false,
        errors: [
          "Cannot read the owners of sockets: permission denied, want the " +
          "capabilities CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE",
        ],
      });
    }
    assertEquals(cache.walks, 1);
  });
}

Deno.test("resolve() is well when all sockets were found although some processes may not be read", async () => {
  const { reader, resolve } = openCache({
    processes: [{ ...HOLDER, pid: 30 }, OTHER],
  });
  reader.files.set("20/fd", EACCES);
  const resolved = await resolve();
  assertEquals(pidsOf(resolved), [30]);
  assertEquals(resolved.report, WELL);
});

Deno.test("resolve() knows an owner again when it may be read again", async () => {
  const { reader, clock, resolve } = openCache({ processes: [HOLDER] });
  reader.files.set("10/fd", EACCES);
  await resolve();
  reader.files.delete("10/fd");
  clock.now += 5_000;
  const resolved = await resolve();
  assertEquals(pidsOf(resolved), [10]);
  assertEquals(resolved.report, WELL);
});

for (
  const reason of [
    "Too many open files (os error 24)",
    "Input/output error (os error 5)",
  ]
) {
  Deno.test(`resolve() tells why the processes cannot be listed: ${reason}`, async () => {
    const { reader, resolve, clock } = openCache({ processes: [HOLDER] });
    reader.files.set("", new Error(reason));
    const resolved = await resolve();
    assertEquals(pidsOf(resolved), undefined);
    assertEquals(resolved.report.success, false);
    assertStringIncludes(resolved.report.errors.join(), reason);
    reader.files.delete("");
    clock.now += 5_000;
    assertEquals(pidsOf(await resolve()), [10]);
  });

  Deno.test(`resolve() keeps what it knows when the processes cannot be listed: ${reason}`, async () => {
    const { reader, resolve, add } = openCache({ processes: [HOLDER] });
    await resolve();
    add({ pid: 30, parentPid: 10, sockets: { 3: "a" } });
    reader.files.set("", new Error(reason));
    assertEquals(pidsOf(await resolve()), [10]);
    reader.files.delete("");
    assertEquals(pidsOf(await resolve()), [10, 30]);
  });
}

Deno.test("resolve() looks for a socket without an owner ever less often", async () => {
  const { cache, clock, resolve } = openCache({ processes: [OTHER] });
  const walkedAtSeconds: number[] = [];
  for (let second = 0; second < 1_300; second++) {
    clock.now = second * 1_000;
    const walks = cache.walks;
    assertEquals(pidsOf(await resolve()), second < 5 ? undefined : []);
    if (cache.walks > walks) walkedAtSeconds.push(second);
  }
  // After 5, 10, 20, … seconds, at last every 300.
  assertEquals(walkedAtSeconds, [
    0,
    5,
    15,
    35,
    75,
    155,
    315,
    615,
    915,
    1215,
  ]);
});

Deno.test("resolve() looks at once for a socket that had an owner in between", async () => {
  const { reader, cache, clock, resolve } = openCache({ processes: [OTHER] });
  const walksAt = async (second: number) => {
    clock.now = second * 1_000;
    const walks = cache.walks;
    await resolve();
    return cache.walks - walks;
  };
  assertEquals(await walksAt(0), 1);
  reader.files.set("20/fd/3", { link: "socket:[a]" });
  assertEquals(await walksAt(5), 1);
  reader.files.delete("20/fd/3");
  assertEquals(await walksAt(6), 1);
  // The waits begin anew.
  assertEquals(await walksAt(10), 0);
  assertEquals(await walksAt(11), 1);
});

Deno.test("resolve() tells the reason of the last walk", async () => {
  const { reader, clock, resolve } = openCache({ processes: [HOLDER] });
  const reason = async () => (await resolve()).report.errors.join();
  reader.files.set("", new Error("Input/output error (os error 5)"));
  assertStringIncludes(await reason(), "(os error 5)");
  reader.files.delete("");
  reader.files.set("10/fd", EACCES);
  clock.now += 5_000;
  assertStringIncludes(await reason(), "CAP_SYS_PTRACE");
});

Deno.test("resolve() walks at once for a new socket beside one without an owner", async () => {
  const { cache, resolve, add } = openCache({ processes: [OTHER] });
  await resolve(["a"]);
  add({ pid: 30, sockets: { 3: "b" } });
  const resolved = await resolve(["a", "b"]);
  assertEquals(
    [pidsOf(resolved, "a"), pidsOf(resolved, "b")],
    [undefined, [30]],
  );
  assertEquals(cache.walks, 2);
});

// Walks that take long.

/** A host whose walks stop at each open file until the gate is opened. */
function openSlowCache() {
  const gate = Promise.withResolvers<void>();
  const host = openCache({
    processes: [HOLDER],
    breathe: () => gate.promise,
  });
  return { ...host, openGate: gate.resolve };
}

Deno.test("resolve() does not wait for a walk longer than asked, the next caller has its result", async () => {
  const { cache, resolve, openGate } = openSlowCache();
  const early = await resolve(["a"], { maxWait: 5 });
  assertEquals(pidsOf(early), undefined);
  // Not known yet is no failure.
  assertEquals(early.report, WELL);
  openGate();
  await settle();
  assertEquals(pidsOf(await resolve(["a"], { maxWait: 0 })), [10]);
  assertEquals(cache.walks, 1);
});

Deno.test("resolve() lets callers at the same time share a walk", async () => {
  const { cache, resolve, openGate } = openSlowCache();
  const callers = [resolve(), resolve(), resolve()];
  openGate();
  for (const resolved of await Promise.all(callers)) {
    assertEquals(pidsOf(resolved), [10]);
  }
  assertEquals(cache.walks, 1);
});

Deno.test("resolve() walks again when the walk under way looks for other sockets", async () => {
  const { cache, resolve, add, openGate } = openSlowCache();
  const first = resolve(["a"]);
  add({ ...OTHER, sockets: { 3: "b" } });
  const second = resolve(["a", "b"]);
  openGate();
  assertEquals(pidsOf(await first), [10]);
  assertEquals(pidsOf(await second, "b"), [20]);
  assertEquals(cache.walks, 2);
});

// How long descriptions hold.

Deno.test("resolve() describes a process afresh after ten seconds", async () => {
  const { reader, clock, resolve } = openCache({ processes: [HOLDER] });
  const name = async () =>
    (await resolve()).owners.processesByInode.get("a")?.[0]?.comm;
  assertEquals(await name(), "filebeat");
  // exec() keeps the pid and the sockets.
  reader.files.set("10/comm", "rsyslogd\n");
  clock.now += 9_000;
  assertEquals(await name(), "filebeat");
  clock.now += 1_001;
  assertEquals(await name(), "rsyslogd");
});

Deno.test("resolve() reads the names of users afresh after a minute", async () => {
  const { reader, clock, resolve } = openCache({
    processes: [{ ...HOLDER, uid: 107 }],
  });
  const names = async () => {
    const { owners } = await resolve();
    return [owners.processesByInode.get("a")?.[0]?.user, owners.userName(107)];
  };
  assertEquals(await names(), ["syslog", "syslog"]);
  reader.files.set("etc/passwd", "logger:x:107:113\n");
  clock.now += 59_000;
  assertEquals(await names(), ["syslog", "syslog"]);
  clock.now += 11_000;
  assertEquals(await names(), ["logger", "logger"]);
});

Deno.test("resolve() names users by uid when their names cannot be read", async () => {
  const { reader, resolve } = openCache({
    processes: [{ ...HOLDER, uid: 107 }],
  });
  reader.files.set("etc/passwd", EACCES);
  const { owners } = await resolve();
  assertEquals(owners.processesByInode.get("a")?.[0]?.user, "107");
  assertEquals(owners.userName(0), "0");
});

Deno.test("resolve() keeps a newline inside of a program's name", async () => {
  const { resolve } = openCache({ processes: [{ ...HOLDER, comm: "a\n" }] });
  const { owners } = await resolve();
  assertEquals(owners.processesByInode.get("a")?.[0]?.comm, "a\n");
});

Deno.test("resolve() knows a process on a kernel without cgroups", async () => {
  const { reader, resolve } = openCache({ processes: [HOLDER] });
  reader.files.delete("10/cgroup");
  const resolved = await resolve();
  assertEquals(pidsOf(resolved), [10]);
});
