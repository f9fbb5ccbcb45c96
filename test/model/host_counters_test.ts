import { assertEquals } from "@std/assert";
import {
  buildHostCounters,
  type CounterFiles,
  type HostCounters,
} from "../../src/model/host_counters.ts";

const SNMP = new Map([["NoPorts", 3], ["RcvbufErrors", 19]]);
const SNMP6 = new Map([["Udp6NoPorts", 2], ["Udp6RcvbufErrors", 1]]);
const NETSTAT = new Map([["ListenOverflows", 4], ["ListenDrops", 0]]);
const TCP = { tcpListenOverflows: 4, tcpListenDrops: 0 };

const cases: readonly (readonly [
  name: string,
  files: CounterFiles,
  want: HostCounters,
])[] = [
  ["adds IPv4 and IPv6", { snmp: SNMP, snmp6: SNMP6, netstat: NETSTAT }, {
    udpNoPort: 5,
    udpReceiveBufferErrors: 20,
    ...TCP,
  }],
  [
    "counts IPv4 alone when IPv6 is switched off",
    { snmp: SNMP, snmp6: "off", netstat: NETSTAT },
    { udpNoPort: 3, udpReceiveBufferErrors: 19, ...TCP },
  ],
  [
    "does not know a sum when snmp6 lacks its part",
    { snmp: SNMP, snmp6: new Map(), netstat: NETSTAT },
    TCP,
  ],
  // A sum that loses a part for one scan would look like a reset.
  [
    "does not know a sum without snmp6",
    { snmp: SNMP, netstat: NETSTAT },
    TCP,
  ],
  [
    "does not know a sum without snmp",
    { snmp6: SNMP6, netstat: NETSTAT },
    TCP,
  ],
  ["does not know TCP without netstat", { snmp: SNMP, snmp6: SNMP6 }, {
    udpNoPort: 5,
    udpReceiveBufferErrors: 20,
  }],
  [
    "does not know what the kernel does not tell",
    {
      snmp: new Map([["NoPorts", 0]]),
      snmp6: "off",
      netstat: new Map([["ListenDrops", 7]]),
    },
    { udpNoPort: 0, tcpListenDrops: 7 },
  ],
  ["knows nothing without files", {}, {}],
];

for (const [name, files, want] of cases) {
  Deno.test(`buildHostCounters() ${name}`, () => {
    assertEquals(buildHostCounters(files), want);
  });
}
