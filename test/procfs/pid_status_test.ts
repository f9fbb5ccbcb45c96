import { assertEquals, assertThrows } from "@std/assert";
import { parseEffectiveUid } from "../../src/procfs/pid_status.ts";
import { statusText } from "../support/process_text.ts";

for (
  const [what, uid] of [
    ["root", 0],
    ["a user", 1000],
    ["the user that overflows 16 bits", 65534],
    ["the highest user", 4294967294],
  ] as const
) {
  Deno.test(`parseEffectiveUid() reads the second column: ${what}`, () => {
    assertEquals(parseEffectiveUid(statusText({ uid })), uid);
  });
}

Deno.test("parseEffectiveUid() is not taken in by a program's name", () => {
  // The kernel escapes the newline.
  const comm = "\\nUid:\\t7\\t7\\t7";
  assertEquals(parseEffectiveUid(statusText({ comm, uid: 1000 })), 1000);
});

for (
  const [mistake, text] of [
    ["is empty", ""],
    ["has no line Uid", statusText().replace(/^Uid:.*\n/m, "")],
    ["ends behind the real uid", "Uid:\t1000"],
    ["has a uid of more than 32 bits", `Uid:\t1\t${"9".repeat(400)}\t1\t1\n`],
    ["has words for uids", "Uid:\troot\troot\troot\troot\n"],
  ] as const
) {
  Deno.test(`parseEffectiveUid() refuses a text that ${mistake}`, () => {
    const error = assertThrows(() => parseEffectiveUid(text), SyntaxError);
    assertEquals(error.message, "Cannot parse status: no line Uid, want one");
  });
}
