import { assertEquals } from "@std/assert";
import type { AddressExpectation } from "../../src/config/config.ts";
import { buildAddressMatcher } from "../../src/model/address_match.ts";

/** Local addresses as the socket tables give them. */
const LOCAL = [
  "0.0.0.0",
  "::",
  "::ffff:0.0.0.0",
  "127.0.0.1",
  "::1",
  "::ffff:127.0.0.1",
  "10.0.0.5",
  "::ffff:10.0.0.5",
  "fe80::1",
  "2001:db8::1",
] as const;

const V4_WILDCARDS = ["0.0.0.0", "::", "::ffff:0.0.0.0"];

/** `::` may be dual-stack, as Go's and Java's `0.0.0.0` is: it covers all. */
const V6_WILDCARDS = ["::"];

const address = (text: string): AddressExpectation => ({
  kind: "address",
  text,
});
const network = (text: string): AddressExpectation => ({
  kind: "network",
  text,
});

/** An expectation, and those of the local addresses that satisfy it. */
const cases: readonly (readonly [
  name: string,
  expectation: AddressExpectation,
  matching: readonly string[],
])[] = [
  ["any", { kind: "any" }, LOCAL],
  ["wildcard", { kind: "wildcard" }, V4_WILDCARDS],
  ["external", { kind: "external" }, [
    ...V4_WILDCARDS,
    "10.0.0.5",
    "::ffff:10.0.0.5",
    "fe80::1",
    "2001:db8::1",
  ]],
  ["10.0.0.5", address("10.0.0.5"), [
    ...V4_WILDCARDS,
    "10.0.0.5",
    "::ffff:10.0.0.5",
  ]],
  ["::ffff:10.0.0.5", address("::ffff:10.0.0.5"), [
    ...V4_WILDCARDS,
    "10.0.0.5",
    "::ffff:10.0.0.5",
  ]],
  ["10.0.0.6", address("10.0.0.6"), V4_WILDCARDS],
  ["127.0.0.1", address("127.0.0.1"), [
    ...V4_WILDCARDS,
    "127.0.0.1",
    "::ffff:127.0.0.1",
  ]],
  ["::1", address("::1"), [...V6_WILDCARDS, "::1"]],
  ["2001:db8::1", address("2001:db8::1"), [...V6_WILDCARDS, "2001:db8::1"]],
  ["2001:0DB8:0:0::0001", address("2001:0DB8:0:0::0001"), [
    ...V6_WILDCARDS,
    "2001:db8::1",
  ]],
  ["fe80::1", address("fe80::1"), [...V6_WILDCARDS, "fe80::1"]],
  ["0.0.0.0/0", network("0.0.0.0/0"), [
    ...V4_WILDCARDS,
    "127.0.0.1",
    "::ffff:127.0.0.1",
    "10.0.0.5",
    "::ffff:10.0.0.5",
  ]],
  ["::/0", network("::/0"), [
    ...V6_WILDCARDS,
    "::1",
    "fe80::1",
    "2001:db8::1",
  ]],
  ["10.0.0.0/8", network("10.0.0.0/8"), [
    ...V4_WILDCARDS,
    "10.0.0.5",
    "::ffff:10.0.0.5",
  ]],
  ["11.0.0.0/8", network("11.0.0.0/8"), V4_WILDCARDS],
  ["10.0.0.4/31", network("10.0.0.4/31"), [
    ...V4_WILDCARDS,
    "10.0.0.5",
    "::ffff:10.0.0.5",
  ]],
  ["10.0.0.5/32", network("10.0.0.5/32"), [
    ...V4_WILDCARDS,
    "10.0.0.5",
    "::ffff:10.0.0.5",
  ]],
  ["10.0.0.4/32", network("10.0.0.4/32"), V4_WILDCARDS],
  ["fe80::/10", network("fe80::/10"), [...V6_WILDCARDS, "fe80::1"]],
  ["2001:db8::1/128", network("2001:db8::1/128"), [
    ...V6_WILDCARDS,
    "2001:db8::1",
  ]],
  ["2001:db8::2/128", network("2001:db8::2/128"), V6_WILDCARDS],
];

for (const [name, expectation, matching] of cases) {
  Deno.test(`buildAddressMatcher() decides which sockets serve ${name}`, () => {
    const matches = buildAddressMatcher(expectation);
    assertEquals(LOCAL.filter(matches), [...matching]);
  });
}
