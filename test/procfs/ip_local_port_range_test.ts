import { assertEquals, assertThrows } from "@std/assert";
import {
  parseLocalPortRange,
  readLocalPortRange,
} from "../../src/procfs/ip_local_port_range.ts";
import { createProcfsReader } from "../../src/procfs/reader.ts";
import { createMemoryReader } from "./memory_reader.ts";

const PATH = "sys/net/ipv4/ip_local_port_range";

Deno.test("parseLocalPortRange() reads two ports", () => {
  assertEquals(parseLocalPortRange("32768\t60999\n"), {
    first: 32768,
    last: 60999,
  });
  assertEquals(parseLocalPortRange("1 65535\n"), { first: 1, last: 65535 });
});

for (
  const text of [
    "",
    "32768\n",
    "32768 60999 1\n",
    "-1\t60999\n",
    "a\tb\n",
    "32768\t65536\n",
    "60999\t32768\n",
  ]
) {
  Deno.test(`parseLocalPortRange() refuses ${JSON.stringify(text)}`, () => {
    const error = assertThrows(() => parseLocalPortRange(text), SyntaxError);
    assertEquals(
      error.message,
      `Cannot parse ip_local_port_range: ${
        JSON.stringify(text)
      }, want two ports`,
    );
  });
}

Deno.test("readLocalPortRange() reads the range that the recipe has set", () => {
  assertEquals(
    readLocalPortRange(createProcfsReader("fixtures/procfs/linux-6.18-mixed")),
    { first: 40000, last: 40999 },
  );
});

for (
  const [what, files] of [
    ["is missing", {}],
    ["is not understood", { [PATH]: "?\n" }],
    ["may not be read", { [PATH]: new Deno.errors.PermissionDenied() }],
  ] as const
) {
  Deno.test(`readLocalPortRange() falls back to the kernel's default when the file ${what}`, () => {
    // net/ipv4/af_inet.c inet_init_net(): 32768 to 60999.
    assertEquals(readLocalPortRange(createMemoryReader(files)), {
      first: 32768,
      last: 60999,
    });
  });
}
