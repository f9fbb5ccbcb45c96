/**
 * The parsers of kernel files and what they promise.
 *
 * @module
 */

import { parseKernelAddress } from "../../src/procfs/address.ts";
import { parseCgroup } from "../../src/procfs/cgroup.ts";
import { parseLocalPortRange } from "../../src/procfs/ip_local_port_range.ts";
import { parseSnmp, parseSnmp6 } from "../../src/procfs/net_counters.ts";
import { parsePasswd } from "../../src/procfs/passwd.ts";
import { parseBootTime, parsePidStat } from "../../src/procfs/pid_stat.ts";
import { parseEffectiveUid } from "../../src/procfs/pid_status.ts";
import {
  createSocketTableParser,
  type ParsedSocketTable,
  parseSocketTable,
  type RowMemory,
  type SocketRow,
  type SocketTable,
} from "../../src/procfs/socket_table.ts";
import { parseSocketsInUse } from "../../src/procfs/sockstat.ts";
import { HOST_STAT, statText, statusText } from "../support/process_text.ts";
import {
  assertMessage,
  assertSame,
  type FuzzTarget,
  promise,
  valueOrRefusal,
} from "./fuzz_target.ts";

const SITUATIONS = ["mixed", "many", "empty"];

const captured = (path: string) => () =>
  SITUATIONS.map((situation) =>
    Deno.readTextFileSync(`fixtures/procfs/linux-6.18-${situation}/${path}`)
  );

/** About the size of the kernel's pages. */
const PAGE = 4093;

const LONG = 20_000;

function runSocketTable(table: SocketTable, text: string): void {
  const parsed = valueOrRefusal(() => parseSocketTable(text, { table }));
  if (parsed === undefined) return;
  const { rows, problems } = parsed;
  const numbers = new Set(text.match(/\d+/g));
  for (const row of rows) {
    assertRow(row);
    promise(numbers.has(row.inode), `the text has no inode ${row.inode}`);
  }
  for (const { message, localPort = 0 } of problems) {
    assertMessage(message);
    promise(message.length < 3000, "a long line makes a long message");
    promise(isPort(localPort), `a problem's port is ${localPort}`);
  }
  const lines = text.split("\n").length;
  promise(rows.length + problems.length <= lines, "more rows than lines");

  // What follows parses five times more.
  if (text.length > LONG) return;
  assertPages(table, text, parsed);
  assertMemory(table, text, parsed);
  assertPorts(table, text, rows);
  assertPrefix(table, text, rows);
}

/** How the table is cut into pages does not matter. */
function assertPages(
  table: SocketTable,
  text: string,
  parsed: ParsedSocketTable,
): void {
  const paged = createSocketTableParser({ table });
  for (let start = 0; start < text.length; start += PAGE) {
    if (!paged.push(text.slice(start, start + PAGE))) break;
  }
  assertSame(paged.finish(), parsed, "pages change what a table says");
}

/** What was read before does not matter. */
function assertMemory(
  table: SocketTable,
  text: string,
  parsed: ParsedSocketTable,
): void {
  const memory: RowMemory = { rowsByLine: new Map() };
  parseSocketTable(text, { table, memory });
  assertSame(
    parseSocketTable(text, { table, memory }),
    parsed,
    "a second reading differs from the first",
  );
}

function assertRow(row: SocketRow): void {
  promise(isPort(row.localPort), `a port is ${row.localPort}`);
  promise(isPort(row.remotePort), `a remote port is ${row.remotePort}`);
  promise(isAddress(row.localAddress), `an address is ${row.localAddress}`);
  promise(/^[0-9A-F]{2}$/.test(row.state), `a state is ${row.state}`);
  promise(/^\d{1,20}$/.test(row.inode), `an inode is ${row.inode}`);
  for (const count of [row.receiveQueue, row.uid, row.drops ?? 0]) {
    promise(isCount(count), `a count is ${count}`);
  }
}

/** Asking for one port finds just the rows of this port. */
function assertPorts(
  table: SocketTable,
  text: string,
  rows: readonly SocketRow[],
): void {
  const port = rows.at(-1)?.localPort ?? 0;
  const options = { table, ports: new Set([port]) };
  assertSame(
    parseSocketTable(text, options).rows.map(identify).sort(),
    rows.filter(({ localPort }) => localPort === port).map(identify).sort(),
    `the rows of port ${port} differ from those of all ports`,
  );
}

/** What is found in a table that is cut stands in the whole table too. */
function assertPrefix(
  table: SocketTable,
  text: string,
  rows: readonly SocketRow[],
): void {
  const whole = new Set(rows.map(identify));
  const prefix = text.slice(0, text.length * 2 / 3);
  const cut = valueOrRefusal(() => parseSocketTable(prefix, { table }));
  for (const row of cut?.rows ?? []) {
    promise(whole.has(identify(row)), "a cut table has another row");
  }
}

function identify(row: SocketRow): string {
  const { localAddress, localPort, remoteAddress, remotePort, inode } = row;
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort} ${inode}`;
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 65535;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}

/** An independent reader of addresses; it does not know the dotted mapped form. */
function isAddress(text: string): boolean {
  return URL.canParse(
    text.includes(":") ? `http://[${text}]` : `http://${text}`,
  );
}

function assertCounts(counts: Iterable<number | undefined>): void {
  for (const count of counts) {
    promise(count === undefined || isCount(count), `a count is ${count}`);
  }
}

/** The parsers of kernel files. */
export const kernelTargets: readonly FuzzTarget[] = [
  ...(["tcp", "tcp6", "udp", "udp6"] as const).map((table) => ({
    name: `socket_table_${table}`,
    seeds: captured(`1/net/${table}`),
    run: (input: string) => runSocketTable(table, input),
  })),
  {
    name: "address",
    seeds: () => ["0100007F", "0000000000000000FFFF00000100007F"],
    run(input) {
      const address = valueOrRefusal(() => parseKernelAddress(input));
      promise(address === undefined || isAddress(address), `it is ${address}`);
    },
  },
  {
    name: "net_counters",
    seeds: () =>
      ["snmp", "snmp6", "netstat"].flatMap((name) =>
        captured(`1/net/${name}`)()
      ),
    run(input) {
      assertCounts(parseSnmp(input, "Udp", ["NoPorts", "MemErrors"]).values());
      assertCounts(parseSnmp(input, "TcpExt", ["ListenDrops"]).values());
      assertCounts(parseSnmp6(input, ["Udp6NoPorts"]).values());
    },
  },
  {
    name: "sockstat",
    seeds: () =>
      ["sockstat", "sockstat6"].flatMap((name) => captured(`1/net/${name}`)()),
    run: (input) =>
      assertCounts(
        ["TCP", "TCP6", "UDP", "UDP6"].map((name) =>
          parseSocketsInUse(input, name)
        ),
      ),
  },
  {
    name: "ip_local_port_range",
    seeds: captured("sys/net/ipv4/ip_local_port_range"),
    run(input) {
      const range = valueOrRefusal(() => parseLocalPortRange(input));
      if (range === undefined) return;
      const { first, last } = range;
      promise(isPort(first) && isPort(last), `it is ${first} to ${last}`);
      promise(first <= last, `it runs from ${first} back to ${last}`);
    },
  },
  {
    name: "pid_stat",
    seeds: () => [statText(), statText({ comm: ") 1 (S) S 7 8" }), HOST_STAT],
    run(input) {
      const stat = valueOrRefusal(() => parsePidStat(input));
      assertCounts([stat?.parentPid, stat?.startTicks]);
      assertCounts([valueOrRefusal(() => parseBootTime(input))]);
    },
  },
  {
    name: "pid_status",
    seeds: () => [statusText(), statusText({ uid: 4294967294 })],
    run: (input) =>
      assertCounts([valueOrRefusal(() => parseEffectiveUid(input))]),
  },
  {
    name: "cgroup",
    seeds: () => [
      "0::/system.slice/system-filebeat.slice/filebeat@asa.service\n",
      "12:pids:/x.service\n1:name=systemd:/a.slice/b.scope\n0::/\n",
      `0::/system.slice/docker-${"3b2f5d4c".repeat(8)}.scope\n`,
    ],
    run(input) {
      const { unit, container } = parseCgroup(input);
      promise(
        unit === undefined || /^[^/]+\.[a-z]+$/.test(unit),
        `a unit is ${unit}`,
      );
      promise(
        container === undefined || /^[0-9a-f]{64}$/.test(container),
        `a container is ${container}`,
      );
    },
  },
  {
    name: "passwd",
    seeds: () => [
      "root:x:0:0:root:/root:/bin/bash\nsyslog:x:107:113::/:/bin/sh\n",
      "#old:x:7:7:::\n+::::::\nnobody:x:65534:65534::/:\n",
    ],
    run(input) {
      for (const [uid, name] of parsePasswd(input)) {
        promise(isCount(uid), `a uid is ${uid}`);
        promise(/^[^#:\n][^:\n]*$/.test(name), `a name is ${name}`);
      }
    },
  },
];
