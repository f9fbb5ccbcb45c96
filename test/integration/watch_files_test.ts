/** Files that change, and looks at them at moments of the test's choice. */

import { assertEquals } from "@std/assert";
import { watchFiles } from "../../src/web_config/watch_files.ts";

/** Watches two files of which the second is known after the first change. */
async function openWatch() {
  const folder = await Deno.makeTempDir({ prefix: "port_exporter-watch-" });
  const write = (name: string, text: string) =>
    Deno.writeTextFile(`${folder}/${name}`, text);
  await write("web.yml", "1");
  await write("server.crt", "1");
  const { setInterval } = globalThis;
  let look = () => {};
  globalThis.setInterval = ((run: () => void) => {
    look = run;
    return 0;
  }) as unknown as typeof setInterval;
  let paths = ["web.yml"];
  let changes = 0;
  watchFiles({
    paths: () => paths.map((name) => `${folder}/${name}`),
    onChange() {
      changes++;
      paths = ["web.yml", "server.crt"];
    },
  });
  globalThis.setInterval = setInterval;
  return {
    write,
    show(names: readonly string[]) {
      paths = [...names];
    },
    /** How many changes so many looks tell of. */
    look(times: number): number {
      const before = changes;
      for (let i = 0; i < times; i++) look();
      return changes - before;
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("watchFiles() tells of a change once it is quiet, and once only", async () => {
  await using watch = await openWatch();
  assertEquals(watch.look(3), 0);
  await watch.write("web.yml", "22");
  assertEquals(watch.look(1), 0);
  await watch.write("web.yml", "333");
  assertEquals(watch.look(1), 0);
  assertEquals(watch.look(1), 1);
  // The change has added a path.
  assertEquals(watch.look(5), 0);
});

Deno.test("watchFiles() takes a path that is new for one that was just read", async () => {
  await using watch = await openWatch();
  watch.show(["web.yml", "server.crt"]);
  assertEquals(watch.look(3), 0);
  await watch.write("server.crt", "22");
  assertEquals(watch.look(3), 1);
  watch.show(["web.yml"]);
  assertEquals(watch.look(3), 0);
  await watch.write("server.crt", "333");
  watch.show(["web.yml", "server.crt"]);
  assertEquals(watch.look(3), 0);
  // Also when it was new in the change before this one.
  await watch.write("web.yml", "22");
  assertEquals(watch.look(3), 1);
  await watch.write("server.crt", "4444");
  assertEquals(watch.look(3), 1);
});
