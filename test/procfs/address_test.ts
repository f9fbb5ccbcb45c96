import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseKernelAddress } from "../../src/procfs/address.ts";

const addresses: readonly (readonly [hex: string, address: string])[] = [
  // From fixtures/procfs/linux-6.18-mixed, whose recipe bound the addresses.
  ["0100007F", "127.0.0.1"],
  ["0302010A", "10.1.2.3"],
  ["00000000", "0.0.0.0"],
  ["00000000000000000000000001000000", "::1"],
  ["00000000000000000000000000000000", "::"],
  ["0000000000000000FFFF00000100007F", "::ffff:127.0.0.1"],
  ["B80D01200000000000000000C3B2A100", "2001:db8::a1:b2c3"],
  // What kernels may print beside.
  ["0302010a", "10.1.2.3"],
  ["FFFFFFFF", "255.255.255.255"],
  ["0000000000000000FFFF000000000000", "::ffff:0.0.0.0"],
  ["000080FE000000000000000001000000", "fe80::1"],
];

for (const [hex, address] of addresses) {
  Deno.test(`parseKernelAddress() reads ${hex} as ${address}`, () => {
    assertEquals(parseKernelAddress(hex), address);
  });
}

for (
  const hex of [
    "",
    "0100007",
    "0100007F0",
    "0100007G",
    "0x00007F",
    " 100007F",
    "0100007F\n",
    "0000000000000000000000000100000",
  ]
) {
  Deno.test(`parseKernelAddress() refuses ${JSON.stringify(hex)}`, () => {
    assertThrows(
      () => parseKernelAddress(hex),
      SyntaxError,
      `Cannot decode address ${JSON.stringify(hex)}: want 8 or 32 hex digits`,
    );
  });
}

/** `%08X` of the word that holds these bytes on a little-endian machine. */
function printWord(bytes: Uint8Array): string {
  return new DataView(bytes.slice().buffer).getUint32(0, true)
    .toString(16).toUpperCase().padStart(8, "0");
}

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length });

Deno.test("parseKernelAddress() reads any IPv4 address that a kernel prints", () => {
  fc.assert(fc.property(bytes(4), (address: Uint8Array) => {
    assertEquals(parseKernelAddress(printWord(address)), address.join("."));
  }));
});

Deno.test("parseKernelAddress() reads any IPv6 address that a kernel prints", () => {
  // Groups of zeros are what makes the text form hard.
  const sparse = fc.tuple(
    bytes(16),
    fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  ).map(([address, zeros]: [Uint8Array, boolean[]]) =>
    address.map((byte, index) => zeros[index >> 1] ? 0 : byte)
  );
  fc.assert(fc.property(sparse, (address: Uint8Array) => {
    // The URL parser knows nothing of the dotted form of mapped addresses.
    const isMapped = address.slice(0, 10).every((byte) => byte === 0) &&
      address[10] === 0xff && address[11] === 0xff;
    fc.pre(!isMapped);
    const groups = Array.from(
      { length: 8 },
      (_, group) =>
        new DataView(address.slice().buffer).getUint16(group * 2).toString(16),
    );
    const hex = [0, 4, 8, 12]
      .map((start) => printWord(address.slice(start, start + 4))).join("");
    assertEquals(
      `[${parseKernelAddress(hex)}]`,
      new URL(`http://[${groups.join(":")}]`).hostname,
    );
  }));
});
