import { assertEquals } from "@std/assert";
import { buildHostCounters } from "../../src/model/host_counters.ts";
import { createProcfsReader } from "../../src/procfs/reader.ts";
import type { ProcfsReader } from "../../src/procfs/reader.ts";
import { readCounterFiles } from "../../src/watch/read_host_counters.ts";
import {
  createMemoryReader,
  type MemoryFile,
} from "../procfs/memory_reader.ts";

/** The counters, and the errors by source. */
function readCounters(reader: ProcfsReader) {
  const errors: Record<string, readonly string[]> = {};
  const files = readCounterFiles(reader, (source, report) => {
    errors[source] = report.errors;
    assertEquals(report.success, report.errors.length === 0);
  });
  return { counters: buildHostCounters(files), errors };
}

const FILES: Readonly<Record<string, MemoryFile>> = {
  "self/net/snmp": "Udp: NoPorts RcvbufErrors\nUdp: 3 19\n",
  "self/net/snmp6": "Udp6NoPorts \t2\nUdp6RcvbufErrors \t1\n",
  "self/net/netstat": "TcpExt: ListenOverflows ListenDrops\nTcpExt: 4 5\n",
  "self/net/sockstat": "sockets: used 7\n",
  "self/net/sockstat6": "TCP6: inuse 1\n",
};

const COUNTERS = {
  udpNoPort: 5,
  udpReceiveBufferErrors: 20,
  tcpListenOverflows: 4,
  tcpListenDrops: 5,
};

const NO_ERRORS = { snmp: [], snmp6: [], netstat: [] };

Deno.test("readCounterFiles() counts what the recipe lost", () => {
  const reader = createProcfsReader("fixtures/procfs/linux-6.18-mixed");
  assertEquals(readCounters(reader), {
    // 3 datagrams over IPv4 and 2 over IPv6 went to a closed port, and a full
    // socket dropped 19; no listener was full.
    counters: {
      udpNoPort: 3 + 2,
      udpReceiveBufferErrors: 19,
      tcpListenOverflows: 0,
      tcpListenDrops: 0,
    },
    errors: NO_ERRORS,
  });
});

Deno.test("readCounterFiles() adds IPv4 and IPv6", () => {
  assertEquals(readCounters(createMemoryReader(FILES)), {
    counters: COUNTERS,
    errors: NO_ERRORS,
  });
});

Deno.test("readCounterFiles() counts IPv4 alone when IPv6 is switched off", () => {
  const reader = createMemoryReader(FILES);
  reader.files.delete("self/net/snmp6");
  reader.files.delete("self/net/sockstat6");
  assertEquals(readCounters(reader), {
    counters: { ...COUNTERS, udpNoPort: 3, udpReceiveBufferErrors: 19 },
    errors: NO_ERRORS,
  });
});

for (
  const [file, unknown] of [
    ["snmp", ["udpNoPort", "udpReceiveBufferErrors"]],
    // IPv6 has other files: it is not switched off.
    ["snmp6", ["udpNoPort", "udpReceiveBufferErrors"]],
    ["netstat", ["tcpListenOverflows", "tcpListenDrops"]],
  ] as const
) {
  Deno.test(`readCounterFiles() does not know what only ${file} tells when it is missing`, () => {
    const reader = createMemoryReader(FILES);
    reader.files.delete(`self/net/${file}`);
    const known = Object.entries(COUNTERS)
      .filter(([name]) => !unknown.some((each) => each === name));
    assertEquals(readCounters(reader), {
      counters: Object.fromEntries(known),
      errors: {
        ...NO_ERRORS,
        [file]: [`Cannot read /proc/self/net/${file}: it does not exist`],
      },
    });
  });
}

Deno.test("readCounterFiles() does not know a sum when snmp6 may not be read", () => {
  const reader = createMemoryReader(FILES);
  reader.files.set("self/net/snmp6", new Deno.errors.PermissionDenied());
  const { counters, errors } = readCounters(reader);
  assertEquals(counters, { tcpListenOverflows: 4, tcpListenDrops: 5 });
  assertEquals(errors["snmp6"]?.length, 1);
});
