/**
 * Tables that change while they are read: the kernel hands them out page by
 * page, and a row can be missing from one reading or stand on two pages.
 */

import { assertEquals } from "@std/assert";
import type { Target } from "../../src/config/config.ts";
import { createScanner } from "../../src/watch/scanner.ts";
import { createMemoryReader } from "../procfs/memory_reader.ts";
import { buildConfig } from "../support/builders.ts";
import { rowText, tableText, wildcard4 } from "../support/kernel_text.ts";
import { createMemoryLog } from "../support/log.ts";
import { HOST_STAT, processFiles } from "../support/process_text.ts";

/** A host with two processes, and what each scan of a target says. */
function openHost(targets: readonly Partial<Target>[] = [{}]) {
  const reader = createMemoryReader({
    "self/net/udp": tableText("udp"),
    "self/net/udp6": tableText("udp6"),
    "self/net/sockstat": "sockets: used 7\n",
    "self/net/sockstat6": "UDP6: inuse 1\n",
    "stat": HOST_STAT,
    ...processFiles([
      { pid: 10, sockets: { 3: "1" } },
      { pid: 20, comm: "nc", parentPid: 2 },
    ]),
  });
  // The readings of the IPv4 table to come; the last one stays.
  let readings: (readonly string[])[] = [];
  const clock = { now: 0 };
  const scanner = createScanner({
    reader: {
      ...reader,
      readPages(path) {
        if (path === "self/net/udp") {
          const [pages = [], ...rest] = readings;
          if (rest.length > 0) readings = rest;
          return [tableText("udp"), ...pages];
        }
        return reader.readPages(path);
      },
    },
    config: buildConfig(targets),
    log: createMemoryLog().log,
    now: () => clock.now,
  });
  return {
    reader,
    /** Scans a second later, with these readings of the table. */
    async scan(...next: (readonly string[])[]) {
      readings = next;
      clock.now += 1_000;
      const { targets } = await scanner.scan();
      return targets.map(({ watched: { key }, state, sockets, owner }) => {
        const { drops, rebinds, downSeconds, lastChangeSeconds } =
          scanner.tracker.record(key) ?? {};
        return {
          state,
          sockets: sockets?.length,
          pids: owner.processes?.map(({ pid }) => pid),
          drops,
          rebinds,
          downSeconds,
          hasChanged: lastChangeSeconds !== undefined,
        };
      });
    },
  };
}

/** A row as a page of its own. */
function row(inode: string, drops = 0, port = 6984): string {
  const rest = `2 0000000000000000 ${drops}`;
  return `${rowText("udp", { local: wildcard4(port), inode, rest })}\n`;
}

const STEADY = {
  state: "up",
  sockets: 1,
  pids: [10],
  drops: 5,
  rebinds: 0,
  downSeconds: 0,
  hasChanged: false,
};

Deno.test("a row that one reading misses does not make its port down", async () => {
  const { scan } = openHost();
  assertEquals(await scan([row("1", 5)]), [STEADY]);
  assertEquals(await scan([], [row("1", 5)]), [STEADY]);
  assertEquals(await scan([row("1", 5)]), [STEADY]);
});

Deno.test("a row that two readings miss is gone", async () => {
  const { scan } = openHost();
  await scan([row("1", 5)]);
  const [gone] = await scan([], [], [row("1", 5)]);
  assertEquals(gone, {
    ...STEADY,
    state: "down",
    sockets: 0,
    pids: [],
    hasChanged: true,
  });
});

Deno.test("a row that one reading misses does not make a wrong count", async () => {
  const { scan } = openHost([{ sockets: 2 }]);
  const both = [row("1", 5), row("2", 7)];
  const want = [{ ...STEADY, sockets: 2, pids: undefined, drops: 12 }];
  assertEquals(await scan(both), want);
  assertEquals(await scan([row("2", 7)], both), want);
});

Deno.test("a row that two readings miss and the next one has does not count its drops twice", async () => {
  const { scan } = openHost();
  const both = [row("1", 5), row("2", 7)];
  await scan(both);
  const [fewer] = await scan([row("2", 7)], [row("2", 7)]);
  assertEquals(fewer, { ...STEADY, pids: undefined, drops: 12 });
  const [again] = await scan(both);
  assertEquals(again, { ...STEADY, sockets: 2, pids: undefined, drops: 12 });
});

Deno.test("a row that stands on two pages is one socket", async () => {
  const { scan } = openHost([{ sockets: 1 }]);
  assertEquals(await scan([row("1", 5), row("1", 5)]), [STEADY]);
  // It lost two more while the table was read.
  const later = [{ ...STEADY, drops: 7 }];
  assertEquals(await scan([row("1", 5), row("1", 7)]), later);
  assertEquals(await scan([row("1", 7)]), later);
});

Deno.test("an inode that another process's socket has next belongs to that process", async () => {
  const { reader, scan } = openHost([{}, { port: 514 }]);
  const nobody = {
    ...STEADY,
    state: "down",
    sockets: 0,
    pids: [],
    drops: undefined,
  };
  assertEquals(await scan([row("1", 5)]), [STEADY, nobody]);
  reader.files.set("10/fd/3", { link: "/dev/null" });
  reader.files.set("20/fd/9", { link: "socket:[1]" });
  // On the same port: the three it lost come on top of the five.
  const [taken] = await scan([row("1", 3)]);
  assertEquals(taken, { ...STEADY, pids: [20], drops: 8 });
  // And on another: all that it lost is that port's.
  reader.files.delete("20/fd/9");
  reader.files.set("10/fd/3", { link: "socket:[1]" });
  const [lost, moved] = await scan([row("1", 4, 514)]);
  assertEquals([lost?.state, lost?.drops], ["down", 8]);
  assertEquals([moved?.state, moved?.pids, moved?.drops], ["up", [10], 4]);
});

// IPv6 while the exporter runs.

Deno.test("an IPv6 table that empties makes its port down, one that goes makes it unknown", async () => {
  const { reader, scan } = openHost();
  const stateWith = async (file: string | Error) => {
    reader.files.set("self/net/udp6", file);
    return (await scan([]))[0]?.state;
  };
  const bound = tableText("udp6", [rowText("udp6", { inode: "1" })]);
  assertEquals(await stateWith(bound), "up");
  assertEquals(await stateWith(new Deno.errors.NotFound()), undefined);
  assertEquals(await stateWith(bound), "up");
  assertEquals(await stateWith(tableText("udp6")), "down");
  assertEquals(await stateWith(bound), "up");
});
