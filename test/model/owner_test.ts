import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Target } from "../../src/config/config.ts";
import type { ListeningSocket } from "../../src/model/listening_socket.ts";
import {
  buildOwnerInfos,
  buildOwnerStatus,
  matchesProcessName,
  matchesUser,
  type OwnerProcess,
} from "../../src/model/owner.ts";
import {
  buildOwners,
  buildProcess,
  buildSocket,
  buildTarget,
} from "../support/builders.ts";

/** The processes of one socket; null when they are not known. */
type Held = readonly Partial<OwnerProcess>[] | null;

/** The status of a target whose sockets have the inodes 0, 1, … */
function statusOf(
  target: Partial<Target>,
  held: readonly Held[],
  socket: Partial<ListeningSocket> = {},
) {
  const owners = buildOwners(Object.fromEntries(
    held.flatMap((processes, index) =>
      processes === null ? [] : [[String(index), processes.map(buildProcess)]]
    ),
  ));
  const sockets = held.map((_, index) =>
    buildSocket({ inode: String(index), ...socket })
  );
  return buildOwnerStatus(buildTarget(target), sockets, {
    ...owners,
    userName: (uid) => uid === 107 ? "syslog" : String(uid),
  });
}

const FILEBEAT = {
  comm: "filebeat",
  unit: "filebeat@asa.service",
  user: "syslog",
  uid: 107,
};
const NETCAT = { pid: 7, comm: "nc", user: "mallory", uid: 1000 };

// Whether the owner is the expected one.

const matches: readonly (readonly [
  name: string,
  target: Partial<Target>,
  held: readonly Held[],
  want: boolean | undefined,
])[] = [
  ["does not judge when nobody is expected", {}, [[FILEBEAT]], undefined],
  [
    "does not judge a port that is down",
    { processes: ["filebeat"], users: ["syslog"] },
    [],
    undefined,
  ],
  ["knows the process", { processes: ["filebeat"] }, [[FILEBEAT]], true],
  ["knows a wrong process", { processes: ["filebeat"] }, [[NETCAT]], false],
  [
    "does not take a part of a name for the name",
    { processes: ["file", "beat", "filebeats"] },
    [[FILEBEAT]],
    false,
  ],
  [
    "accepts any process named",
    { processes: ["nc", "socat"] },
    [[NETCAT]],
    true,
  ],
  ["knows the unit", { units: ["filebeat@asa.service"] }, [[FILEBEAT]], true],
  [
    "tells instances of a template apart",
    { units: ["filebeat@ios.service"] },
    [[FILEBEAT]],
    false,
  ],
  [
    "knows a process without a unit",
    { units: ["a.service"] },
    [[NETCAT]],
    false,
  ],
  ["knows the user by name", { users: ["syslog"] }, [[FILEBEAT]], true],
  ["knows the user by uid", { users: ["107"] }, [[FILEBEAT]], true],
  ["knows a wrong user", { users: ["syslog"] }, [[NETCAT]], false],
  [
    "accepts who is right in everything",
    {
      processes: ["filebeat"],
      units: ["filebeat@asa.service"],
      users: ["syslog"],
    },
    [[FILEBEAT]],
    true,
  ],
  [
    "refuses a right process in a wrong unit",
    { processes: ["filebeat"], units: ["other.service"] },
    [[FILEBEAT]],
    false,
  ],
  [
    "refuses a right process of a wrong user",
    { processes: ["filebeat"], users: ["root"] },
    [[FILEBEAT]],
    false,
  ],
  [
    "accepts a socket of which one process is right",
    { processes: ["filebeat"], users: ["syslog"] },
    [[NETCAT, FILEBEAT]],
    true,
  ],
  [
    "wants one process to be right in everything",
    { processes: ["filebeat"], users: ["mallory"] },
    [[NETCAT, FILEBEAT]],
    false,
  ],
  [
    "refuses two sockets of which one is wrong",
    { processes: ["filebeat"] },
    [[FILEBEAT], [NETCAT]],
    false,
  ],
  [
    "does not know two sockets of which one is unknown",
    { processes: ["filebeat"] },
    [[FILEBEAT], null],
    undefined,
  ],
  [
    "refuses a wrong socket beside an unknown one",
    { processes: ["filebeat"] },
    [null, [NETCAT]],
    false,
  ],
  [
    "does not know an unknown process",
    { processes: ["nc"] },
    [null],
    undefined,
  ],
  [
    "does not know an unknown unit",
    { units: ["a.service"] },
    [null],
    undefined,
  ],
  [
    "refuses a socket of the kernel where a process is expected",
    { processes: ["filebeat"] },
    [[]],
    false,
  ],
];

for (const [name, target, held, want] of matches) {
  Deno.test(`buildOwnerStatus() ${name}`, () => {
    assertEquals(statusOf(target, held).matches, want);
  });
}

/** Without privileges the socket's uid is all that is known. */
const unprivileged: readonly (readonly [
  name: string,
  target: Partial<Target>,
  want: boolean | undefined,
])[] = [
  ["accepts a right user alone", { users: ["syslog"] }, true],
  ["accepts a right uid alone", { users: ["107"] }, true],
  ["refuses a wrong user alone", { users: ["root"] }, false],
  [
    "refuses a wrong user whatever the process",
    { users: ["root"], processes: ["filebeat"] },
    false,
  ],
  [
    "refuses a wrong user whatever the unit",
    { users: ["root"], units: ["a.service"] },
    false,
  ],
  [
    "does not know the process of a right user",
    { users: ["syslog"], processes: ["filebeat"] },
    undefined,
  ],
  [
    "does not know the unit of a right user",
    { users: ["syslog"], units: ["a.service"] },
    undefined,
  ],
];

for (const [name, target, want] of unprivileged) {
  Deno.test(`buildOwnerStatus() ${name}, without privileges`, () => {
    assertEquals(statusOf(target, [null], { uid: 107 }).matches, want);
  });
}

// What is shown.

Deno.test("buildOwnerStatus() shows who holds the port", () => {
  const held = [{ ...FILEBEAT, container: "ab12" }];
  assertEquals(statusOf({}, [held], { address: "10.0.0.5", uid: 7 }).infos, [{
    address: "10.0.0.5",
    process: "filebeat",
    unit: "filebeat@asa.service",
    user: "syslog",
    container: "ab12",
  }]);
});

for (
  const [name, held] of [
    ["is not known", null],
    ["is the kernel", []],
  ] as const
) {
  Deno.test(`buildOwnerStatus() shows the socket's user when its process ${name}`, () => {
    assertEquals(statusOf({}, [held], { uid: 107 }).infos, [
      { address: "0.0.0.0", user: "syslog" },
    ]);
  });
}

Deno.test("buildOwnerStatus() shows equal owners once", () => {
  const worker = { ...FILEBEAT, pid: 4243 };
  const { infos } = statusOf({}, [[FILEBEAT, worker], [worker], [NETCAT]]);
  assertEquals(infos.map(({ process }) => process), ["filebeat", "nc"]);
});

Deno.test("buildOwnerStatus() shows an owner for each address", () => {
  const sockets = ["0.0.0.0", "::"].map((address) => buildSocket({ address }));
  const { infos } = buildOwnerStatus(
    buildTarget(),
    sockets,
    buildOwners({ 4711: [buildProcess()] }),
  );
  assertEquals(infos.map(({ address }) => address), ["0.0.0.0", "::"]);
});

Deno.test("buildOwnerStatus() lists each process once for an address", () => {
  const parent = buildProcess({ pid: 4242, user: "syslog" });
  const worker = buildProcess({ pid: 4243, user: "syslog" });
  const sockets = [
    buildSocket({ address: "0.0.0.0", inode: "1" }),
    buildSocket({ address: "::", inode: "2" }),
    buildSocket({ address: "::", inode: "3" }),
    buildSocket({ address: "::1", inode: "4", uid: 107 }),
  ];
  const { holders } = buildOwnerStatus(
    buildTarget(),
    sockets,
    buildOwners({ 1: [parent, worker], 2: [parent], 3: [parent] }),
  );
  assertEquals(
    holders.map(({ address, process, user }) => [address, process?.pid, user]),
    [
      ["0.0.0.0", 4242, "syslog"],
      ["0.0.0.0", 4243, "syslog"],
      ["::", 4242, "syslog"],
      ["::1", undefined, "107"],
    ],
  );
});

Deno.test("buildOwnerStatus() shows nobody when the port is down", () => {
  assertEquals(statusOf({}, []), {
    infos: [],
    holders: [],
    processes: [],
  });
});

Deno.test("buildOwnerStatus() lists every process once, the oldest first", () => {
  const parent = { pid: 900, startTimeSeconds: 100 };
  const worker = { pid: 20, startTimeSeconds: 200 };
  const sibling = { pid: 10, startTimeSeconds: 200 };
  const { processes } = statusOf({}, [[worker, parent], [sibling, parent]]);
  assertEquals(processes?.map(({ pid }) => pid), [900, 10, 20]);
});

Deno.test("buildOwnerStatus() does not list processes when a socket's are unknown", () => {
  assertEquals("processes" in statusOf({}, [[FILEBEAT], null]), false);
  assertEquals(statusOf({}, [[]]).processes, []);
});

Deno.test("buildOwnerInfos() tells every process of a socket", () => {
  const infos = buildOwnerInfos(
    buildSocket({ address: "::1" }),
    [buildProcess(), buildProcess({ comm: "nc", user: "mallory" })],
    buildOwners(),
  );
  assertEquals(infos, [
    { address: "::1", process: "filebeat", user: "root" },
    { address: "::1", process: "nc", user: "mallory" },
  ]);
});

// Names. The kernel keeps 15 bytes of a name, TASK_COMM_LEN - 1.

const processNames: readonly (readonly [
  name: string,
  expected: string,
  comm: string,
  want: boolean,
])[] = [
  ["of 15 bytes", "123456789012345", "123456789012345", true],
  ["of 16 bytes by the first 15", "1234567890123456", "123456789012345", true],
  [
    "that differs in the 15th byte",
    "123456789012345",
    "12345678901234x",
    false,
  ],
  ["shorter than the one expected", "filebeat", "filebea", false],
  ["longer than the one expected", "filebeat", "filebeat2", false],
  ["in another case", "filebeat", "Filebeat", false],
  // 14 bytes and the first of the two of ü, which is no text by itself.
  ["cut inside of ü", "12345678901234über", "12345678901234\ufffd", true],
  // 13 bytes and the first two of the three of €.
  ["cut inside of €", "1234567890123€uro", "1234567890123\ufffd", true],
  ["cut behind ü", "1234567890123über", "1234567890123ü", true],
  [
    "of another text cut inside of ü",
    "ü2345678901234",
    "12345678901234ü",
    false,
  ],
];

for (const [name, expected, comm, want] of processNames) {
  Deno.test(`matchesProcessName() ${want ? "knows" : "refuses"} a name ${name}`, () => {
    assertEquals(matchesProcessName(["other", expected], comm), want);
  });
}

Deno.test("matchesProcessName() knows what the kernel makes of any name", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (name) => {
    const bytes = new TextEncoder().encode(name).slice(0, 15);
    const comm = new TextDecoder().decode(bytes);
    assertEquals(matchesProcessName([name], comm), true);
  }));
});

Deno.test("matchesUser() compares names and uids, no parts of them", () => {
  const syslog = { user: "syslog", uid: 107 };
  assertEquals(matchesUser(["syslog"], syslog), true);
  assertEquals(matchesUser(["root", "107"], syslog), true);
  assertEquals(matchesUser(["0", "sys", "10", "1070"], syslog), false);
  assertEquals(matchesUser([], { user: "root", uid: 0 }), false);
});

Deno.test("matchesUser() does not judge a name by a uid that has none", () => {
  const nameless = { user: "61184", uid: 61184 };
  assertEquals(matchesUser(["61184"], nameless), true);
  assertEquals(matchesUser(["filebeat"], nameless), undefined);
  assertEquals(matchesUser(["0", "107"], nameless), false);
});
