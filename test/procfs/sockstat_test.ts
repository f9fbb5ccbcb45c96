import { assertEquals } from "@std/assert";
import { parseSocketsInUse } from "../../src/procfs/sockstat.ts";

const SOCKSTAT6 = "TCP6: inuse 4\nUDP6: inuse 12\nUDPLITE6: inuse 0\n";

Deno.test("parseSocketsInUse() finds the line of a protocol", () => {
  assertEquals(parseSocketsInUse(SOCKSTAT6, "TCP6"), 4);
  assertEquals(parseSocketsInUse(SOCKSTAT6, "UDP6"), 12);
});

Deno.test("parseSocketsInUse() does not take UDPLITE6 for UDP6", () => {
  assertEquals(parseSocketsInUse("UDPLITE6: inuse 3\n", "UDP6"), undefined);
});

Deno.test("parseSocketsInUse() is undefined when the text does not say", () => {
  assertEquals(parseSocketsInUse("", "TCP6"), undefined);
  assertEquals(parseSocketsInUse("TCP6: inuse\n", "TCP6"), undefined);
  const tooLong = `TCP6: inuse ${"9".repeat(400)}\n`;
  assertEquals(parseSocketsInUse(tooLong, "TCP6"), undefined);
});
