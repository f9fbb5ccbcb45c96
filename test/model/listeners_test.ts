import { assertEquals } from "@std/assert";
import type { IgnoreRule, Target } from "../../src/config/config.ts";
import { buildListeners, selectCandidates } from "../../src/model/listeners.ts";
import type { ListeningSocket } from "../../src/model/listening_socket.ts";
import type { OwnerProcess, Owners } from "../../src/model/owner.ts";
import {
  buildConfig,
  buildOwners,
  buildProcess,
  buildSocket,
} from "../support/builders.ts";

interface Listening {
  readonly sockets: readonly Partial<ListeningSocket>[];
  readonly targets?: readonly Partial<Target>[];
  readonly ignore?: readonly IgnoreRule[];
  /** Processes by inode. */
  readonly processes?: Readonly<Record<string, readonly OwnerProcess[]>>;
}

/** The listeners, each as `udp 0.0.0.0 514`. */
function listListeners(
  { sockets, targets = [], ignore = [], processes }: Listening,
): string[] {
  const config = buildConfig(targets, { listeners: { enabled: true, ignore } });
  const candidates = selectCandidates(sockets.map(buildSocket), {
    config,
    ephemeralPorts: { first: 40000, last: 40999 },
  });
  return buildListeners(candidates, { config, owners: buildOwners(processes) })
    .listeners.map(({ protocol, address, port }) =>
      `${protocol} ${address} ${port}`
    );
}

const SSH = [
  { protocol: "tcp", address: "0.0.0.0", port: 22 },
  { protocol: "tcp", address: "::", port: 22 },
] as const;
const SYSLOG = { protocol: "udp", address: "10.0.0.5", port: 514 } as const;
const STUB = { protocol: "udp", address: "127.0.0.53", port: 53 } as const;

const ALL = [
  "tcp 0.0.0.0 22",
  "tcp :: 22",
  "udp 127.0.0.53 53",
  "udp 10.0.0.5 514",
];

Deno.test("buildListeners() sorts by protocol, port as a number, and address", () => {
  assertEquals(listListeners({ sockets: [SYSLOG, STUB, ...SSH] }), ALL);
  assertEquals(listListeners({ sockets: [SSH[1], STUB, SSH[0], SYSLOG] }), ALL);
});

Deno.test("buildListeners() takes sockets that differ only in their inode as one", () => {
  assertEquals(
    listListeners({
      sockets: [{ ...SYSLOG, inode: "1" }, { ...SYSLOG, inode: "2" }],
    }),
    ["udp 10.0.0.5 514"],
  );
});

Deno.test("buildListeners() leaves out UDP in the ephemeral range, both ends included", () => {
  const on = (port: number) => [
    { protocol: "udp", port } as const,
    { protocol: "tcp", port } as const,
  ];
  assertEquals(
    listListeners({
      sockets: [39999, 40000, 40999, 41000].flatMap(on),
    }),
    [
      "tcp 0.0.0.0 39999",
      "tcp 0.0.0.0 40000",
      "tcp 0.0.0.0 40999",
      "tcp 0.0.0.0 41000",
      "udp 0.0.0.0 39999",
      "udp 0.0.0.0 41000",
    ],
  );
});

Deno.test("buildListeners() leaves out configured ports of the same protocol", () => {
  assertEquals(
    listListeners({
      sockets: [SYSLOG, { ...SYSLOG, protocol: "tcp" }, {
        ...SYSLOG,
        port: 5140,
      }],
      targets: [{ protocol: "udp", port: 514 }],
    }),
    ["tcp 10.0.0.5 514", "udp 10.0.0.5 5140"],
  );
});

/** A rule, and those of ALL that it leaves. */
const rules: readonly (readonly [
  name: string,
  ignore: readonly IgnoreRule[],
  left: readonly string[],
])[] = [
  ["a protocol", [{ protocol: "tcp" }], ALL.slice(2)],
  ["a port", [{ ports: [{ first: 22, last: 22 }] }], ALL.slice(2)],
  [
    "a range of ports, both ends included",
    [{ ports: [{ first: 22, last: 53 }] }],
    ALL.slice(3),
  ],
  [
    "a protocol and a port, only where both match",
    [{ protocol: "udp", ports: [{ first: 22, last: 53 }] }],
    ["tcp 0.0.0.0 22", "tcp :: 22", "udp 10.0.0.5 514"],
  ],
  [
    "an address, but no wildcard that covers it",
    [{ address: { kind: "address", text: "10.0.0.5" } }],
    ALL.slice(0, 3),
  ],
  [
    "a network, but no wildcard that covers it",
    [{ address: { kind: "network", text: "127.0.0.0/8" } }],
    ["tcp 0.0.0.0 22", "tcp :: 22", "udp 10.0.0.5 514"],
  ],
  ["wildcards", [{ address: { kind: "wildcard" } }], ALL.slice(2)],
  [
    "what one of several rules matches",
    [{ protocol: "tcp" }, { ports: [{ first: 514, last: 514 }] }],
    ["udp 127.0.0.53 53"],
  ],
];

for (const [name, ignore, left] of rules) {
  Deno.test(`buildListeners() ignores ${name}`, () => {
    assertEquals(
      listListeners({ sockets: [...SSH, SYSLOG, STUB], ignore }),
      [...left],
    );
  });
}

const chronyd = [buildProcess({ comm: "chronyd", uid: 998, user: "chrony" })];

/** Rules that name an owner, and whether they match chronyd's socket. */
const ownerRules: readonly (readonly [
  name: string,
  rule: IgnoreRule,
  matches: boolean,
])[] = [
  ["its process", { processes: ["chronyd"] }, true],
  ["another process", { processes: ["ntpd"] }, false],
  ["its user", { users: ["chrony"] }, true],
  ["its uid", { users: ["998"] }, true],
  ["another user", { users: ["root"] }, false],
  ["its process and another port", {
    processes: ["chronyd"],
    ports: [{ first: 514, last: 514 }],
  }, false],
];

for (const [name, rule, matches] of ownerRules) {
  Deno.test(`buildListeners() ${matches ? "ignores" : "keeps"} a socket by ${name}`, () => {
    const socket = { port: 323, uid: 998, inode: "9" };
    assertEquals(
      listListeners({
        sockets: [socket],
        ignore: [rule],
        processes: { "9": chronyd },
      }),
      matches ? [] : ["udp 0.0.0.0 323"],
    );
  });
}

Deno.test("buildListeners() keeps a socket whose process is unknown when a rule names one, but counts none", () => {
  const listening = {
    sockets: [{ port: 323 }],
    ignore: [{ processes: ["chronyd"] }],
  };
  assertEquals(listListeners(listening), ["udp 0.0.0.0 323"]);
  const config = buildConfig([], {
    listeners: { enabled: true, ignore: listening.ignore },
  });
  const count = (owners: Owners) =>
    buildListeners([buildSocket({ port: 323 })], { config, owners }).unexpected;
  assertEquals(count(buildOwners()), undefined);
  assertEquals(
    count(buildOwners({ "4711": [buildProcess({ comm: "ntpd" })] })),
    1,
  );
});

Deno.test("buildListeners() ignores a socket that any of its processes is named for", () => {
  const systemd = buildProcess({ pid: 1, comm: "systemd" });
  const sshd = buildProcess({ pid: 700, comm: "sshd" });
  assertEquals(
    listListeners({
      sockets: [{ protocol: "tcp", port: 22, inode: "9" }],
      ignore: [{ processes: ["sshd"] }],
      processes: { "9": [systemd, sshd] },
    }),
    [],
  );
});
