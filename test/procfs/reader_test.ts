import { assertEquals, assertThrows } from "@std/assert";
import { createProcfsReader } from "../../src/procfs/reader.ts";

const MIXED = "fixtures/procfs/linux-6.18-mixed";

Deno.test("createProcfsReader() looks at its own network namespace below /proc", () => {
  assertEquals(createProcfsReader("/proc").netDirectory, "self");
});

Deno.test("createProcfsReader() looks at process 1 below any other root", () => {
  // `self` of another mount would be a process of another pid namespace.
  assertEquals(createProcfsReader("/host/proc").netDirectory, "1");
});

Deno.test("readText() reads a whole file", () => {
  assertEquals(
    createProcfsReader(MIXED).readText("1/net/udp"),
    Deno.readTextFileSync(`${MIXED}/1/net/udp`),
  );
});

Deno.test("readText() and readPages() throw NotFound for a missing file", () => {
  const reader = createProcfsReader(MIXED);
  assertThrows(() => reader.readText("1/net/dccp"), Deno.errors.NotFound);
  assertThrows(
    () => Array.from(reader.readPages("1/net/dccp")),
    Deno.errors.NotFound,
  );
});

Deno.test("readPages() gives files apart that are read at the same time", () => {
  const reader = createProcfsReader(MIXED);
  let udp = "", tcp = "";
  for (const page of reader.readPages("1/net/udp")) {
    tcp += reader.readText("1/net/tcp");
    udp += page;
  }
  assertEquals(udp, Deno.readTextFileSync(`${MIXED}/1/net/udp`));
  assertEquals(tcp, Deno.readTextFileSync(`${MIXED}/1/net/tcp`));
});

// The runner fails a test that leaves a file open.
Deno.test("readPages() closes the file when the caller stops early", () => {
  for (const page of createProcfsReader(MIXED).readPages("1/net/udp")) {
    assertEquals(page.slice(0, 5), "   sl");
    break;
  }
});

Deno.test("readPages() closes the file when the caller throws", () => {
  assertThrows(
    () => {
      for (const page of createProcfsReader(MIXED).readPages("1/net/udp")) {
        throw new RangeError(page);
      }
    },
    RangeError,
  );
});
