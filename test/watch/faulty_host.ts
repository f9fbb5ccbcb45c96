/**
 * A small host in memory whose reads can be made to fail one by one, and what
 * is true of it.
 *
 * @module
 */

import type { Target } from "../../src/config/config.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import type { ProcfsReader } from "../../src/procfs/reader.ts";
import { createScanner, type Scanner } from "../../src/watch/scanner.ts";
import { createMemoryReader } from "../procfs/memory_reader.ts";
import { buildConfig } from "../support/builders.ts";
import {
  hexPort,
  rowText,
  tableText,
  wildcard4,
} from "../support/kernel_text.ts";
import { createMemoryLog } from "../support/log.ts";
import {
  HOST_STAT,
  processFiles,
  type ProcessText,
} from "../support/process_text.ts";

/** A read that can fail: what is read, and as which read of a scan. */
export interface Read {
  readonly path: string;
  readonly ordinal: number;
}

/** Decides whether a read fails; undefined lets it pass. */
export type Fault = (read: Read) => Error | undefined;

/** A host, its scanner and its faults. */
export interface FaultyHost {
  /** Scans with reads that may fail; the reads of the scan. */
  scan(fault?: Fault): Promise<{ snapshot: Snapshot; reads: readonly Read[] }>;
  /** Whether each source is well. */
  sources(): Readonly<Record<string, boolean>>;
  /** Lets time pass. */
  pass(milliseconds: number): void;
  /** Filebeat restarts, and rsyslogd forks a child. */
  restart(): void;
}

const FILEBEAT: Partial<ProcessText> = { pid: 10, uid: 107 };
const WORKER = { comm: "worker", parentPid: 10, uid: 107 };
const RSYSLOGD = {
  pid: 20,
  comm: "rsyslogd",
  cgroup: "0::/system.slice/rsyslog.service\n",
};

/** The child that rsyslogd forks. */
export const NEW_CHILD = 32;

/** What is expected of filebeat, and of nobody else. */
const EXPECTED = {
  processes: ["filebeat"],
  units: ["filebeat.service"],
  users: ["syslog"],
} as const;

const TARGETS: readonly Partial<Target>[] = [
  { port: 6984, name: "shared", ...EXPECTED },
  { port: 514, name: "dual", processes: ["rsyslogd"] },
  { port: 514, name: "tcp", protocol: "tcp", sockets: 1 },
  { port: 6514, name: "tcp6", protocol: "tcp" },
  { port: 7000, name: "gone" },
  { port: 7001, name: "wrong", ...EXPECTED },
];

const wildcard6 = (port: number) => `${"0".repeat(32)}:${hexPort(port)}`;

/** Each row is a page of its own: every one of them is a read that can fail. */
const pages = (table: "udp" | "udp6" | "tcp" | "tcp6", rows: string[]) => [
  tableText(table),
  ...rows.map((row) => `${row}\n`),
];

function tables(filebeatInode: string) {
  const udp = (port: number, inode: string) =>
    rowText("udp", { local: wildcard4(port), uid: "  107", inode });
  return {
    "self/net/udp": pages("udp", [
      udp(6984, filebeatInode),
      udp(7001, "103"),
      udp(9999, "104"),
      // A client's socket: in the range of this host, not in the default one.
      udp(25_000, "105"),
    ]),
    "self/net/udp6": pages("udp6", [
      rowText("udp6", { local: wildcard6(514), inode: "102" }),
    ]),
    "self/net/tcp": pages("tcp", [
      rowText("tcp", { local: wildcard4(514), inode: "106" }),
    ]),
    "self/net/tcp6": pages("tcp6", [
      rowText("tcp6", { local: wildcard6(6514), inode: "107" }),
    ]),
  };
}

/** What is true of a target. */
export interface TargetTruth {
  readonly state: string;
  readonly sockets: number;
  readonly matches: boolean | undefined;
  /** Who holds its sockets, the oldest first; absent when it is down. */
  readonly pids?: readonly number[];
}

/** What is true of the host while all its processes can be seen. */
export function truth(
  { restarted }: { readonly restarted: boolean },
): Readonly<Record<string, TargetTruth>> {
  const held = (pids: readonly number[], matches?: boolean) => ({
    state: matches === false ? "wrong_owner" : "up",
    sockets: 1,
    matches,
    pids,
  });
  const rsyslogd = restarted ? [20, NEW_CHILD] : [20];
  return {
    shared: held(restarted ? [30, 31] : [10, 11], true),
    dual: held(rsyslogd, true),
    tcp: held(rsyslogd),
    tcp6: held(rsyslogd),
    gone: { state: "down", sockets: 0, matches: undefined },
    wrong: held([40], false),
  };
}

/** What is true of the counters, IPv4 and IPv6 together. */
export const COUNTERS: Snapshot["counters"] = {
  udpNoPort: 11 + 2,
  udpReceiveBufferErrors: 13 + 4,
  tcpListenOverflows: 5,
  tcpListenDrops: 6,
};

/** Ports of the unexpected listeners. */
export const UNEXPECTED: readonly number[] = [9999];

/** Opens a host on which nothing fails. */
export function openFaultyHost(): FaultyHost {
  const rsyslogdSockets = { 5: "102", 6: "106", 7: "107" };
  const reader = createMemoryReader({
    ...tables("101"),
    ...processFiles([
      { ...FILEBEAT, sockets: { 7: "101" } },
      { ...FILEBEAT, ...WORKER, pid: 11, sockets: { 7: "101" } },
      { ...RSYSLOGD, sockets: rsyslogdSockets },
      { pid: 40, comm: "nc", sockets: { 3: "103", 4: "104", 5: "105" } },
    ]),
    "2/stat":
      "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 1 0\n",
    "stat": HOST_STAT,
    "loadavg": "0.07 0.02 0.00 1/130 40\n",
    "etc/passwd": "root:x:0:0\nsyslog:x:107:113\n",
    "self/net/sockstat": "sockets: used 70\n",
    "self/net/sockstat6": "TCP6: inuse 1\nUDP6: inuse 1\n",
    "self/net/snmp": "Udp: NoPorts RcvbufErrors\nUdp: 11 13\n",
    "self/net/snmp6": "Udp6NoPorts 2\nUdp6RcvbufErrors 4\n",
    "self/net/netstat": "TcpExt: ListenOverflows ListenDrops\nTcpExt: 5 6\n",
    "sys/net/ipv4/ip_local_port_range": "20000\t30000\n",
  });
  const clock = { now: 0 };
  let fault: Fault = () => undefined;
  let reads: Read[] = [];

  function attempt(path: string): void {
    const read = { path, ordinal: reads.length };
    reads.push(read);
    const error = fault(read);
    if (error !== undefined) throw error;
  }
  const faulty: ProcfsReader = {
    ...reader,
    readText(path) {
      attempt(path);
      return reader.readText(path);
    },
    listNames(path) {
      attempt(path);
      return reader.listNames(path);
    },
    readLink(path) {
      attempt(path);
      return reader.readLink(path);
    },
    countOpenFiles(pid) {
      attempt(`${pid}/fd`);
      return reader.countOpenFiles(pid);
    },
    readPasswd() {
      attempt("etc/passwd");
      return reader.readPasswd();
    },
    *readPages(path) {
      for (const page of reader.readPages(path)) {
        attempt(path);
        yield page;
      }
    },
  };
  const scanner: Scanner = createScanner({
    reader: faulty,
    config: buildConfig(TARGETS, { listeners: { enabled: true, ignore: [] } }),
    log: createMemoryLog().log,
    now: () => clock.now,
  });
  return {
    async scan(wanted = () => undefined) {
      fault = wanted;
      reads = [];
      const snapshot = await scanner.scan();
      return { snapshot, reads };
    },
    sources: () =>
      Object.fromEntries(
        scanner.sources().map((
          { labels, success },
        ) => [labels.source, success]),
      ),
    pass: (milliseconds) => void (clock.now += milliseconds),
    restart() {
      for (const path of reader.files.keys()) {
        if (/^1[01]\//.test(path)) reader.files.delete(path);
      }
      const files = {
        ...tables("201"),
        ...processFiles([
          { ...FILEBEAT, pid: 30, sockets: { 7: "201" } },
          {
            ...FILEBEAT,
            ...WORKER,
            pid: 31,
            parentPid: 30,
            sockets: { 7: "201" },
          },
          {
            ...RSYSLOGD,
            pid: NEW_CHILD,
            parentPid: 20,
            sockets: rsyslogdSockets,
          },
        ]),
        "loadavg": `0.07 0.02 0.00 1/130 ${NEW_CHILD}\n`,
      };
      for (const [path, file] of Object.entries(files)) {
        reader.files.set(path, file);
      }
    },
  };
}
