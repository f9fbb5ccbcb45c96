import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parsePasswd } from "../../src/procfs/passwd.ts";

/** Names by uid. */
const read = (text: string) => Object.fromEntries(parsePasswd(text));

Deno.test("parsePasswd() maps uids to names", () => {
  const text = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
syslog:x:107:113::/home/syslog:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
user_with-odd.name$:x:4294967294:1::/:
`;
  assertEquals(read(text), {
    0: "root",
    1: "daemon",
    107: "syslog",
    65534: "nobody",
    4294967294: "user_with-odd.name$",
  });
});

Deno.test("parsePasswd() takes the first of several names of one uid", () => {
  assertEquals(read("root:x:0:0\ntoor:x:0:0\n"), { 0: "root" });
});

const skipped = [
  ["an empty line", ""],
  ["a comment", "#old:x:7:7:::"],
  ["an entry of NIS", "+::::::"],
  ["an empty name", ":x:7:7:::"],
  ["an empty uid", "user:x::7:::"],
  ["a negative uid", "user:x:-7:7:::"],
  ["a uid that is a word", "user:x:seven:7:::"],
  ["a hexadecimal uid", "user:x:0x7:7:::"],
  ["a uid of more than 32 bits", `user:x:${"9".repeat(400)}:7:::`],
  ["a line cut off before the uid", "user:x"],
] as const;

for (const [what, line] of skipped) {
  Deno.test(`parsePasswd() skips ${what} and goes on`, () => {
    assertEquals(read(`${line}\nsyslog:x:107:113\n`), { 107: "syslog" });
  });
}

Deno.test("parsePasswd() finds every good line among bad ones", () => {
  const bad = fc.string({ unit: fc.constantFrom(..."+#: -\t\r\0aü") });
  fc.assert(fc.property(
    fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 32 - 1 })),
    fc.array(bad),
    (uids, bad) => {
      const good = uids.map((uid) => `user${uid}:x:${uid}:7:::`);
      const lines = [...bad, ...good].flatMap((
        line,
        index,
      ) => [line, bad[index] ?? ""]);
      assertEquals(
        read(`${lines.join("\n")}\n`),
        Object.fromEntries(uids.map((uid) => [uid, `user${uid}`])),
      );
    },
  ));
});

Deno.test("parsePasswd() never throws", () => {
  const text = fc.string({ unit: fc.constantFrom(":", "\n", "0", "a", "\0") });
  fc.assert(fc.property(text, (text) => void parsePasswd(text)));
});
