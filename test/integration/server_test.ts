/** The server in this program, at moments that only it knows. */

import { assertEquals } from "@std/assert";
import { createLogger } from "../../src/log.ts";
import { startServer } from "../../src/web/server.ts";

Deno.test("setTls() opens nothing after shutdown()", async () => {
  const server = startServer({ hostname: "127.0.0.1", port: 0 }, {
    handler: () => Promise.resolve(new Response()),
    log: createLogger({
      level: "error",
      format: "logfmt",
      write: () => {},
      now: () => new Date(),
    }),
  });
  await server.shutdown();
  const { listen } = Deno;
  let opened = 0;
  Deno.listen = (() => {
    opened++;
    throw new Deno.errors.AddrInUse("this is a test");
  }) as typeof listen;
  try {
    server.setTls(undefined);
  } finally {
    Deno.listen = listen;
  }
  assertEquals(opened, 0);
});
