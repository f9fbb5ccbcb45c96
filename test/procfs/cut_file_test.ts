/**
 * A file that was not read to its end must not give another value than the
 * whole: 4711 cut to 47 is a number too. Every parser, cut at every place.
 */

import { assertEquals } from "@std/assert";
import { parseCgroup } from "../../src/procfs/cgroup.ts";
import { parseLocalPortRange } from "../../src/procfs/ip_local_port_range.ts";
import { parseSnmp, parseSnmp6 } from "../../src/procfs/net_counters.ts";
import { parsePasswd } from "../../src/procfs/passwd.ts";
import { parseBootTime, parsePidStat } from "../../src/procfs/pid_stat.ts";
import { parseEffectiveUid } from "../../src/procfs/pid_status.ts";
import { parseSocketTable } from "../../src/procfs/socket_table.ts";
import { parseSocketsInUse } from "../../src/procfs/sockstat.ts";
import { HOST_STAT, statText, statusText } from "../support/process_text.ts";

const MIXED = "fixtures/procfs/linux-6.18-mixed";
const read = (path: string) => Deno.readTextFileSync(`${MIXED}/${path}`);

const tables = ["tcp", "tcp6", "udp", "udp6"] as const;

/** A file and how to read it: its facts by name, none for what is unknown. */
const files: readonly (readonly [
  name: string,
  text: string,
  read: (text: string) => Readonly<Record<string, unknown>>,
])[] = [
  ...tables.map((table) =>
    [
      table,
      read(`1/net/${table}`),
      (text: string) =>
        Object.fromEntries(
          parseSocketTable(text, { table }).rows.map((row) => [row.inode, row]),
        ),
    ] as const
  ),
  ["snmp", read("1/net/snmp"), (text) =>
    Object.fromEntries(
      parseSnmp(text, "Udp", ["NoPorts", "RcvbufErrors", "MemErrors"]),
    )],
  ["netstat", read("1/net/netstat"), (text) =>
    Object.fromEntries(
      parseSnmp(text, "TcpExt", ["ListenOverflows", "ListenDrops"]),
    )],
  [
    "snmp6",
    read("1/net/snmp6"),
    (text) =>
      Object.fromEntries(parseSnmp6(text, ["Ip6InReceives", "Udp6NoPorts"])),
  ],
  [
    "sockstat",
    "sockets: used 97\nTCP: inuse 12 orphan 0\n",
    (text) => known({ inUse: parseSocketsInUse(text, "TCP") }),
  ],
  ["sockstat6", "TCP6: inuse 12\nUDP6: inuse 34\n", (text) =>
    known({
      tcp: parseSocketsInUse(text, "TCP6"),
      udp: parseSocketsInUse(text, "UDP6"),
    })],
  [
    "ip_local_port_range",
    read("sys/net/ipv4/ip_local_port_range"),
    (text) => ({ ...parseLocalPortRange(text) }),
  ],
  ["a process's stat", statText(), (text) => ({ ...parsePidStat(text) })],
  ["a process's status", statusText({ uid: 1000 }), (text) => ({
    uid: parseEffectiveUid(text),
  })],
  ["stat", HOST_STAT, (text) => ({ bootTime: parseBootTime(text) })],
  [
    "a process's cgroup",
    "1:name=systemd:/\n0::/system.slice/a.service.d/b.service\n",
    (text) => ({ ...parseCgroup(text) }),
  ],
  [
    "passwd",
    "root:x:0:0::/:/bin/sh\nsyslog:x:107:113::/:/bin/sh\n",
    (text) => Object.fromEntries(parsePasswd(text)),
  ],
];

function known(facts: Readonly<Record<string, number | undefined>>) {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  );
}

for (const [name, text, readFacts] of files) {
  Deno.test(`a cut ${name} never gives another value than the whole`, () => {
    const whole = readFacts(text);
    for (let length = 0; length < text.length; length++) {
      let facts = {};
      try {
        facts = readFacts(text.slice(0, length));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
      const shared = Object.fromEntries(
        Object.keys(facts).map((key) => [key, whole[key]]),
      );
      assertEquals(facts, shared, JSON.stringify(text.slice(0, length)));
    }
  });
}
