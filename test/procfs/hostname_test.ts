import { assertEquals } from "@std/assert";
import { readHostname } from "../../src/procfs/hostname.ts";
import { createMemoryReader } from "./memory_reader.ts";

const PATH = "sys/kernel/hostname";

for (
  const [what, files, want] of [
    ["reads a name", { [PATH]: "log1.fra.example\n" }, "log1.fra.example"],
    // init/version.c: UTS_NODENAME of a kernel that was told no name.
    ["knows that (none) is no name", { [PATH]: "(none)\n" }, undefined],
    ["knows that nothing is no name", { [PATH]: "\n" }, undefined],
    ["does without the file", {}, undefined],
    [
      "does without the permission",
      { [PATH]: new Deno.errors.PermissionDenied() },
      undefined,
    ],
  ] as const
) {
  Deno.test(`readHostname() ${what}`, () => {
    assertEquals(readHostname(createMemoryReader(files)), want);
  });
}
