import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  parseAddressExpectation,
  parseBoolean,
  parseCount,
  parsePortRange,
  parseText,
  parseUnit,
} from "../../src/config/scalars.ts";

Deno.test("parseBoolean() knows true and false only", () => {
  assertEquals(parseBoolean("true"), true);
  assertEquals(parseBoolean("false"), false);
  for (const text of ["yes", "no", "on", "off", "True", "1", "", "true "]) {
    assertEquals(parseBoolean(text), undefined, text);
  }
});

Deno.test("parseCount() reads whole numbers above zero", () => {
  assertEquals(parseCount("1"), 1);
  assertEquals(parseCount("64"), 64);
  for (const text of ["0", "-1", "+1", "01", "1.0", "1e3", "0x1", "two", ""]) {
    assertEquals(parseCount(text), undefined, text);
  }
});

Deno.test("parsePortRange() reads ports and ranges", () => {
  assertEquals(parsePortRange("1"), { first: 1, last: 1 });
  assertEquals(parsePortRange("65535"), { first: 65535, last: 65535 });
  assertEquals(parsePortRange("7878-7880"), { first: 7878, last: 7880 });
  assertEquals(parsePortRange("514-514"), { first: 514, last: 514 });
});

const badPorts = [
  ["zero", "0"],
  ["a port above 65535", "65536"],
  ["a number that only a wide integer holds", "4294967810"],
  ["a negative port", "-514"],
  ["a sign", "+514"],
  ["a leading zero", "0514"],
  ["hex", "0x202"],
  ["a float", "514.0"],
  ["an exponent", "1e3"],
  ["a blank", " 514"],
  ["a line break", "514\n"],
  ["a name", "syslog"],
  ["an empty text", ""],
  ["digits of another script", "٥١٤"],
  ["a range from zero", "0-10"],
  ["a range beyond 65535", "65000-65536"],
  ["a range without end", "1024-"],
  ["a range without start", "-1024-2048"],
  ["a range with blanks", "1 - 2"],
  ["a range of three", "1-2-3"],
] as const;

for (const [mistake, text] of badPorts) {
  Deno.test(`parsePortRange() refuses ${mistake}`, () => {
    assertEquals(parsePortRange(text), undefined);
  });
}

Deno.test("parsePortRange() says how to turn a backward range", () => {
  const error = assertThrows(() => parsePortRange("7880-7878"), SyntaxError);
  assertEquals(error.message, " is a backward range, want 7878-7880");
});

Deno.test("parsePortRange() reads every range that it can be given", () => {
  const port = fc.integer({ min: 1, max: 65535 });
  fc.assert(fc.property(port, port, (one, other) => {
    const first = Math.min(one, other);
    const last = Math.max(one, other);
    assertEquals(parsePortRange(`${first}-${last}`), { first, last });
  }));
});

const addresses = [
  ["any", { kind: "any" }],
  ["wildcard", { kind: "wildcard" }],
  ["external", { kind: "external" }],
  ["10.0.0.5", { kind: "address", text: "10.0.0.5" }],
  ["0.0.0.0", { kind: "address", text: "0.0.0.0" }],
  ["::", { kind: "address", text: "::" }],
  ["::1", { kind: "address", text: "::1" }],
  ["2001:DB8:0:0::5", { kind: "address", text: "2001:db8::5" }],
  ["::ffff:10.0.0.5", { kind: "address", text: "::ffff:10.0.0.5" }],
  ["::ffff:a00:5", { kind: "address", text: "::ffff:10.0.0.5" }],
  ["10.0.0.0/8", { kind: "network", text: "10.0.0.0/8" }],
  ["10.0.0.5/32", { kind: "network", text: "10.0.0.5/32" }],
  ["0.0.0.0/0", { kind: "network", text: "0.0.0.0/0" }],
  ["2001:db8::/32", { kind: "network", text: "2001:db8::/32" }],
  ["::/0", { kind: "network", text: "::/0" }],
  ["::1/128", { kind: "network", text: "::1/128" }],
] as const;

for (const [text, expectation] of addresses) {
  Deno.test(`parseAddressExpectation() reads ${text}`, () => {
    assertEquals(parseAddressExpectation(text), expectation);
  });
}

const badAddresses = [
  ["an empty text", ""],
  ["a host name", "logs.example"],
  ["a number out of range", "10.0.0.256"],
  ["a short form", "10.1"],
  ["a plain number", "167772165"],
  ["an octal number", "010.0.0.5"],
  ["a hex number", "0xa.0.0.5"],
  ["a port behind it", "10.0.0.5:514"],
  ["brackets", "[::1]"],
  ["a zone", "fe80::1%eth0"],
  ["two gaps", "2001::db8::5"],
  ["nine groups", "1:2:3:4:5:6:7:8:9"],
  ["a group of five digits", "2001:db8::12345"],
  ["a network of a keyword", "any/8"],
  ["a blank", "10.0.0.5 "],
  ["a capital keyword", "Any"],
] as const;

for (const [mistake, text] of badAddresses) {
  Deno.test(`parseAddressExpectation() refuses ${mistake}`, () => {
    assertEquals(parseAddressExpectation(text), undefined);
  });
}

const badNetworks = [
  ["10.0.0.5/8", " has bits behind its prefix, want 10.0.0.0/8"],
  ["10.255.255.255/31", " has bits behind its prefix, want 10.255.255.254/31"],
  ["10.0.0.5/0", " has bits behind its prefix, want 0.0.0.0/0"],
  ["2001:db8::5/64", " has bits behind its prefix, want 2001:db8::/64"],
  ["10.0.0.0/33", " has a wrong prefix length, want 0-32 behind the slash"],
  ["10.0.0.0/-1", " has a wrong prefix length, want 0-32 behind the slash"],
  ["10.0.0.0/08", " has a wrong prefix length, want 0-32 behind the slash"],
  ["10.0.0.0/", " has a wrong prefix length, want 0-32 behind the slash"],
  ["10.0.0.0/8/8", " has a wrong prefix length, want 0-32 behind the slash"],
  [
    "10.0.0.0/255.0.0.0",
    " has a wrong prefix length, want 0-32 behind the slash",
  ],
  ["2001:db8::/129", " has a wrong prefix length, want 0-128 behind the slash"],
] as const;

for (const [text, message] of badNetworks) {
  Deno.test(`parseAddressExpectation() says what is wrong with ${text}`, () => {
    const error = assertThrows(
      () => parseAddressExpectation(text),
      SyntaxError,
    );
    assertEquals(error.message, message);
  });
}

Deno.test("parseAddressExpectation() keeps any IPv4 address as it is", () => {
  fc.assert(fc.property(fc.ipV4(), (text) => {
    assertEquals(parseAddressExpectation(text), { kind: "address", text });
  }));
});

Deno.test("parseAddressExpectation() accepts any IPv6 address", () => {
  fc.assert(fc.property(fc.ipV6(), (text) => {
    assertEquals(parseAddressExpectation(text)?.kind, "address");
  }));
});

Deno.test("parseUnit() takes a name without a type for a service", () => {
  const units = [
    ["rsyslog", "rsyslog.service"],
    ["rsyslog.service", "rsyslog.service"],
    ["filebeat@asa", "filebeat@asa.service"],
    ["filebeat@asa.service", "filebeat@asa.service"],
    ["syslog.socket", "syslog.socket"],
    ["session-1.scope", "session-1.scope"],
    // A dot alone makes no type: systemctl asks for these with .service too.
    ["org.example.logs", "org.example.logs.service"],
    ["dev-sda\\x2d1.device", "dev-sda\\x2d1.device"],
  ] as const;
  for (const [text, unit] of units) assertEquals(parseUnit(text), unit);
});

Deno.test("parseUnit() refuses what systemd cannot name so", () => {
  for (
    const text of ["", "rsyslog service", "a/b", "ü", "a\n", "a".repeat(248)]
  ) {
    assertEquals(parseUnit(text), undefined, JSON.stringify(text));
  }
});

Deno.test("parseText() refuses the empty text only", () => {
  assertEquals(parseText(""), undefined);
  fc.assert(fc.property(fc.string({ minLength: 1 }), (text) => {
    assertEquals(parseText(text), text);
  }));
});
