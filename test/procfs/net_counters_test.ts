import { assertEquals } from "@std/assert";
import { parseSnmp, parseSnmp6 } from "../../src/procfs/net_counters.ts";

const SNMP = `Ip: Forwarding DefaultTTL InReceives
Ip: 1 64 29
Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors
Udp: 7 3 19 28 18446744073709551615
UdpLite: InDatagrams NoPorts InErrors
UdpLite: 1 99 3
`;

const SNMP6 = `Ip6InReceives                   \t29
Udp6NoPorts                     \t2
Udp6RcvbufErrors                \t0
UdpLite6NoPorts                 \t99
`;

/** Values of the counters, whatever their keys are. */
const valuesOf = (counters: ReadonlyMap<string, number>) => [
  ...counters.values(),
];

Deno.test("parseSnmp() finds columns by their header, not by their place", () => {
  assertEquals(valuesOf(parseSnmp(SNMP, "Udp", ["NoPorts"])), [3]);
  assertEquals(valuesOf(parseSnmp(SNMP, "Udp", ["OutDatagrams"])), [28]);
  assertEquals(valuesOf(parseSnmp(SNMP, "UdpLite", ["NoPorts"])), [99]);
});

Deno.test("parseSnmp() leaves out what the text does not have", () => {
  assertEquals(valuesOf(parseSnmp(SNMP, "Udp", ["MemErrors"])), []);
  assertEquals(valuesOf(parseSnmp(SNMP, "TcpExt", ["ListenDrops"])), []);
  assertEquals(valuesOf(parseSnmp("", "Udp", ["NoPorts"])), []);
});

for (
  const [name, text] of [
    ["a header without values", "Udp: InDatagrams NoPorts\n"],
    ["a value that is no number", "Udp: InDatagrams NoPorts\nUdp: 7 -1\n"],
    [
      "more digits than 64 bits have",
      `Udp: InDatagrams NoPorts\nUdp: 7 ${"9".repeat(400)}\n`,
    ],
    ["values of another group", "Udp: InDatagrams NoPorts\nUdp6: 7 3\n"],
    ["a line that is cut off", "Udp: InDatagrams NoPorts\nUdp: 7"],
  ] as const
) {
  Deno.test(`parseSnmp() does not know a counter with ${name}`, () => {
    assertEquals(valuesOf(parseSnmp(text, "Udp", ["NoPorts"])), []);
  });
}

Deno.test("parseSnmp6() finds counters by their whole name", () => {
  assertEquals(valuesOf(parseSnmp6(SNMP6, ["Udp6NoPorts"])), [2]);
  assertEquals(valuesOf(parseSnmp6(SNMP6, ["NoPorts"])), []);
  assertEquals(valuesOf(parseSnmp6(SNMP6, ["Udp6MemErrors"])), []);
  const tooLong = `Udp6NoPorts ${"9".repeat(400)}\n`;
  assertEquals(valuesOf(parseSnmp6(tooLong, ["Udp6NoPorts"])), []);
});
