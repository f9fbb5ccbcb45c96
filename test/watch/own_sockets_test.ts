import { assertEquals } from "@std/assert";
import { createOwnSocketFilter } from "../../src/watch/own_sockets.ts";
import { createMemoryReader } from "../procfs/memory_reader.ts";
import { buildSocket } from "../support/builders.ts";

const OWN = {
  self: { link: "4711" },
  "4711/fd/3": { link: "socket:[10]" },
  "4711/fd/4": { link: "pipe:[11]" },
  "self/fd/3": "",
  "self/fd/4": "",
} as const;

const [own, foreign, pipe] = ["10", "20", "11"].map((inode) =>
  buildSocket({ inode })
);

Deno.test("createOwnSocketFilter() leaves out the sockets of this process", () => {
  const withoutOwn = createOwnSocketFilter(createMemoryReader(OWN));
  assertEquals(
    withoutOwn([own, foreign, pipe].filter((socket) => socket !== undefined)),
    [foreign, pipe],
  );
});

Deno.test("createOwnSocketFilter() reads nothing while the sockets are the same", () => {
  const reader = createMemoryReader(OWN);
  const withoutOwn = createOwnSocketFilter(reader);
  const sockets = [buildSocket({ inode: "10" }), buildSocket({ inode: "20" })];
  withoutOwn(sockets);
  const { length } = reader.opened;
  withoutOwn(sockets);
  withoutOwn(sockets.slice(1));
  assertEquals(reader.opened.length, length);
  withoutOwn([...sockets, buildSocket({ inode: "30" })]);
  assertEquals(reader.opened.length > length, true);
});

Deno.test("createOwnSocketFilter() leaves out nothing when it cannot read", () => {
  const withoutOwn = createOwnSocketFilter(createMemoryReader({}));
  const sockets = [buildSocket({ inode: "10" })];
  assertEquals(withoutOwn(sockets), sockets);
});
