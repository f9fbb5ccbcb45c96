import { assertEquals, assertRejects } from "@std/assert";
import { walkProcesses } from "../../src/watch/owner_walk.ts";
import {
  createMemoryReader,
  type MemoryFile,
} from "../procfs/memory_reader.ts";
import { processFiles, type ProcessText } from "../support/process_text.ts";

const EACCES = new Deno.errors.PermissionDenied(
  "Permission denied (os error 13)",
);
/** What Deno makes of it has no class of its own. */
const ESRCH = new Error("No such process (os error 3)");

interface Scene {
  readonly processes?: readonly Partial<ProcessText>[];
  /** Files beside those of the processes; null takes one away. */
  readonly files?: Readonly<Record<string, MemoryFile | null>>;
  readonly inodes?: readonly string[];
  readonly likelyNames?: readonly string[];
}

/** Walks; holders are written `pid/fd`. */
async function walk(
  { processes = [], files = {}, inodes = ["a"], likelyNames = [] }: Scene,
) {
  const reader = createMemoryReader(processFiles(processes));
  for (const [path, file] of Object.entries(files)) {
    if (file === null) reader.files.delete(path);
    else reader.files.set(path, file);
  }
  let breaths = 0;
  const { holdersByInode, unreadable } = await walkProcesses(reader, {
    inodes: new Set(inodes),
    likelyNames: new Set(likelyNames),
    breathe: () => ++breaths % 2 ? Promise.resolve() : undefined,
  });
  return {
    holders: Object.fromEntries(
      Array.from(holdersByInode, ([inode, holders]) => [
        inode,
        holders.map(({ pid, fd }) => `${pid}/${fd}`),
      ]),
    ),
    unreadable,
    /** Processes in the order in which their open files were looked at. */
    looked: reader.listed.flatMap((path) =>
      path.endsWith("/fd") ? [Number.parseInt(path)] : []
    ),
    breaths,
  };
}

const nc = (pid: number, changes: Partial<ProcessText> = {}) => ({
  pid,
  comm: "nc",
  parentPid: 1,
  ...changes,
});

Deno.test("walkProcesses() finds a socket among other open files", async () => {
  const { holders, unreadable } = await walk({
    processes: [nc(10, { sockets: { 3: "b", 7: "a" } }), nc(20)],
  });
  assertEquals({ holders, unreadable }, {
    holders: { a: ["10/7"] },
    unreadable: 0,
  });
});

Deno.test("walkProcesses() finds several sockets of several processes", async () => {
  const { holders } = await walk({
    inodes: ["a", "b", "c"],
    processes: [
      nc(10, { sockets: { 3: "a", 4: "b" } }),
      nc(20, { parentPid: 5, sockets: { 5: "c" } }),
    ],
  });
  assertEquals(holders, { a: ["10/3"], b: ["10/4"], c: ["20/5"] });
});

Deno.test("walkProcesses() names a process once that opened a socket twice", async () => {
  const { holders } = await walk({
    processes: [nc(10, { sockets: { 3: "a", 4: "a" } })],
  });
  assertEquals(holders, { a: ["10/3"] });
});

Deno.test("walkProcesses() does not take a part of an inode for the inode", async () => {
  const { holders } = await walk({
    inodes: ["471"],
    processes: [nc(10, { sockets: { 3: "4711", 4: "47" } })],
    // A pipe's inode may be equal.
    files: { "10/fd/5": { link: "pipe:[471]" } },
  });
  assertEquals(holders, {});
});

// How much is looked at.

Deno.test("walkProcesses() looks at everybody when nobody has the socket", async () => {
  const { holders, looked } = await walk({
    processes: [10, 20, 30].map((pid) => nc(pid)),
  });
  assertEquals(holders, {});
  assertEquals(looked.toSorted(), [10, 20, 30]);
});

Deno.test("walkProcesses() begins with the newest process", async () => {
  const { looked } = await walk({
    processes: [nc(9), nc(100), nc(20, { parentPid: 2, sockets: { 3: "a" } })],
  });
  assertEquals(looked, [100, 20]);
});

Deno.test("walkProcesses() begins with likely names and ends when all are found", async () => {
  const { holders, looked } = await walk({
    likelyNames: ["filebeat", "rsyslogd"],
    processes: [
      { pid: 10, parentPid: 1, sockets: { 3: "a" } },
      ...[20, 30, 40].map((pid) => nc(pid, { parentPid: 2 })),
    ],
  });
  assertEquals(holders, { a: ["10/3"] });
  assertEquals(looked, [10]);
});

Deno.test("walkProcesses() knows a likely name by the 15 bytes that the kernel keeps", async () => {
  const { looked } = await walk({
    likelyNames: ["filebeat-collector"],
    processes: [
      { pid: 10, comm: "filebeat-collec", parentPid: 1, sockets: { 3: "a" } },
      nc(20, { parentPid: 2 }),
    ],
  });
  assertEquals(looked, [10]);
});

Deno.test("walkProcesses() goes on until every socket is found", async () => {
  const { holders } = await walk({
    inodes: ["a", "b"],
    likelyNames: ["filebeat"],
    processes: [
      { pid: 30, sockets: { 3: "a" } },
      nc(10, { parentPid: 2, sockets: { 3: "b" } }),
    ],
  });
  assertEquals(holders, { a: ["30/3"], b: ["10/3"] });
});

const relatives: readonly (readonly [
  name: string,
  relative: Partial<ProcessText>,
  isLookedAt: boolean,
])[] = [
  ["the parent", { pid: 5, comm: "init" }, true],
  ["a child", { pid: 7, comm: "worker", parentPid: 50 }, true],
  ["a sibling of the same name", { pid: 7, parentPid: 5 }, true],
  ["a sibling of another name", { pid: 7, parentPid: 5, comm: "nc" }, false],
  ["one of the same name", { pid: 7, parentPid: 6 }, false],
];

for (const [name, relative, isLookedAt] of relatives) {
  Deno.test(`walkProcesses() ${isLookedAt ? "looks" : "does not look"} at ${name} of a holder`, async () => {
    const { holders, looked } = await walk({
      processes: [
        { pid: 50, parentPid: 5, sockets: { 3: "a" } },
        { ...relative, sockets: { 3: "a" } },
      ],
    });
    assertEquals(looked, [50, ...(isLookedAt ? [Number(relative.pid)] : [])]);
    assertEquals(holders["a"]?.length, looked.length);
  });
}

Deno.test("walkProcesses() finds a family to its last grandchild", async () => {
  const { holders } = await walk({
    processes: [
      { pid: 60, parentPid: 1, sockets: { 3: "a" } },
      ...[[10, 60], [20, 10], [30, 20]].map(([pid = 0, parentPid = 0]) => ({
        pid,
        parentPid,
        comm: "worker",
        sockets: { 3: "a" },
      })),
    ],
  });
  assertEquals(holders["a"]?.toSorted(), ["10/3", "20/3", "30/3", "60/3"]);
});

Deno.test("walkProcesses() gives the event loop room", async () => {
  const processes = [10, 20, 30].map((pid) => nc(pid));
  const { breaths } = await walk({ processes });
  // Once for each process and once for each of its three open files.
  assertEquals(breaths, 3 + 3 * 3);
});

// What cannot be read.

const gone: readonly (readonly [
  name: string,
  files: Readonly<Record<string, MemoryFile | null>>,
])[] = [
  ["before its files were listed", { "20/fd": new Deno.errors.NotFound() }],
  ["while its files were listed", { "20/fd": ESRCH }],
  ["before an open file was read", { "20/fd/0": new Deno.errors.NotFound() }],
  ["while an open file was read", { "20/fd/0": ESRCH }],
  ["before its name was read", { "20/stat": null }],
  ["while its name was read", { "20/stat": ESRCH }],
];

for (const [name, files] of gone) {
  Deno.test(`walkProcesses() goes on when a process went ${name}`, async () => {
    const { holders, unreadable } = await walk({
      processes: [nc(10, { parentPid: 2, sockets: { 3: "a" } }), nc(20)],
      files,
    });
    assertEquals({ holders, unreadable }, {
      holders: { a: ["10/3"] },
      unreadable: 0,
    });
  });
}

Deno.test("walkProcesses() goes on with the files of a process of which one was closed", async () => {
  const { holders } = await walk({
    processes: [nc(10, { sockets: { 3: "a" } })],
    files: { "10/fd/0": new Deno.errors.NotFound() },
  });
  assertEquals(holders, { a: ["10/3"] });
});

Deno.test("walkProcesses() goes on with the files of a process of which one has too long a path", async () => {
  const { holders, unreadable } = await walk({
    processes: [nc(10, { sockets: { 3: "b", 4: "a" } })],
    files: { "10/fd/3": new Error("File name too long (os error 36)") },
  });
  assertEquals({ holders, unreadable }, {
    holders: { a: ["10/4"] },
    unreadable: 0,
  });
});

for (
  const [name, path] of [
    ["without CAP_DAC_READ_SEARCH", "20/fd"],
    ["without CAP_SYS_PTRACE", "20/fd/0"],
  ] as const
) {
  Deno.test(`walkProcesses() counts the processes that it may not look into ${name}`, async () => {
    const { holders, unreadable } = await walk({
      processes: [nc(10, { sockets: { 3: "a" } }), nc(20), nc(30)],
      files: { [path]: EACCES, [path.replace("20", "30")]: EACCES },
    });
    assertEquals({ holders, unreadable }, {
      holders: { a: ["10/3"] },
      unreadable: 2,
    });
  });
}

Deno.test("walkProcesses() throws when the processes cannot be listed", async () => {
  const error = new Error("Input/output error (os error 5)");
  const thrown = await assertRejects(() => walk({ files: { "": error } }));
  assertEquals(thrown, error);
});

Deno.test("walkProcesses() does not list many open files in one go", async () => {
  const reader = createMemoryReader(
    processFiles([nc(10, { sockets: { 3: "a" } })]),
  );
  const listed: string[] = [];
  const { holdersByInode } = await walkProcesses({
    ...reader,
    countOpenFiles: () => 10_000,
    listManyNames(path) {
      listed.push(path);
      return Promise.resolve(reader.listNames(path));
    },
  }, {
    inodes: new Set(["a"]),
    likelyNames: new Set(),
    breathe: () => undefined,
  });
  assertEquals(listed, ["10/fd"]);
  assertEquals(holdersByInode.get("a"), [{ pid: 10, fd: "3" }]);
});
