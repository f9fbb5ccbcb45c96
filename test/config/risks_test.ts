import { assertEquals } from "@std/assert";
import { findRisks } from "../../src/config/risks.ts";
import { parseGoodConfig } from "../support/good_config.ts";

/** The kernel's default for `net.ipv4.ip_local_port_range`. */
const ephemeralPorts = { first: 32768, last: 60999 };

function risksOf(entry: string): readonly string[] {
  return findRisks(parseGoodConfig(`ports: [{${entry}}]`), ephemeralPorts);
}

Deno.test("findRisks() warns of a UDP port of client sockets", () => {
  assertEquals(risksOf("port: 40000"), [
    "Watch out for ports[0].port: UDP port 40000 is in the range of client " +
    'sockets (32768-60999) and can be "up" through any program; ' +
    "set process, unit or user to settle it",
  ]);
});

Deno.test("findRisks() counts both ends of the range", () => {
  assertEquals(risksOf("port: [32767, 32768, 60999, 61000]").length, 2);
});

const settled = [
  ["TCP", "port: 40000, protocol: tcp"],
  ["an expected process", "port: 40000, process: filebeat"],
  ["an expected unit", "port: 40000, unit: filebeat"],
  ["an expected user", "port: 40000, user: root"],
  ["a port below the range", "port: 514"],
] as const;

for (const [reason, entry] of settled) {
  Deno.test(`findRisks() has no fear for ${reason}`, () => {
    assertEquals(risksOf(entry), []);
  });
}

Deno.test("findRisks() names the protocol's target of an entry for both", () => {
  assertEquals(risksOf("port: 40000, protocol: [tcp, udp]").length, 1);
});

Deno.test("findRisks() warns once of a process that is a path", () => {
  assertEquals(risksOf("port: 514-515, process: [/usr/sbin/rsyslogd, in]"), [
    'Watch out for ports[0].process: "/usr/sbin/rsyslogd" is a path, and ' +
    'processes go by their name; "rsyslogd" would match it',
  ]);
});
