/** The web configuration at work in this program, where it can be made to fail. */

import { assertEquals, assertMatch } from "@std/assert";
import { createLogger } from "../../src/log.ts";
import type { Server } from "../../src/web/server.ts";
import {
  openWebAccess,
  type WebReloadResult,
} from "../../src/web/web_access.ts";
import { makeCertificate } from "../support/certificates.ts";
import { eventually, fail } from "../support/program.ts";

const HEADERS = "http_server_config: {headers: {X-Frame-Options: deny}}\n";
const TLS =
  "tls_server_config: {cert_file: server.crt, key_file: server.key}\n";

/** Opens a web configuration; nothing is watched before `watch()`. */
async function open(text: string) {
  const folder = await Deno.makeTempDir({ prefix: "port_exporter-web-" });
  const write = (text: string) => Deno.writeTextFile(`${folder}/web.yml`, text);
  await write(text);
  await makeCertificate({ path: `${folder}/server` });
  const lines: string[] = [];
  const opened = openWebAccess({
    path: `${folder}/web.yml`,
    log: createLogger({
      level: "info",
      format: "logfmt",
      write: (line) => lines.push(line),
      now: () => new Date(),
    }),
  });
  const { webAccess } = opened.ok ? opened : fail(opened.errors.join());
  return {
    webAccess,
    write,
    log: () => lines.join(""),
    async [Symbol.asyncDispose]() {
      webAccess.stop();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("a request that fails is answered with the configured headers, too", async () => {
  await using access = await open(HEADERS);
  const handler = access.webAccess.protect(() =>
    Promise.reject(new RangeError("no table"))
  );
  const response = await handler(new Request("http://localhost/"), "::1");
  assertEquals(response.status, 500);
  assertEquals(await response.text(), "Internal server error\n");
  assertEquals(response.headers.get("x-frame-options"), "deny");
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
  assertMatch(access.log(), /level=error msg="request failed" .*no table/);
});

Deno.test("watch() tells the result of each reload, and outlives a server that fails", async () => {
  await using access = await open("");
  const server: Server = {
    address: { hostname: "::", port: 0 },
    setTls() {
      throw new RangeError("no listener");
    },
    shutdown: () => Promise.resolve(),
  };
  const results: WebReloadResult[] = [];
  access.webAccess.watch([server], (result) => results.push(result));
  const changeTo = async (text: string) => {
    await access.write(text);
    return await eventually(() => results.pop() ?? fail("no result yet"));
  };
  assertEquals(await changeTo(HEADERS), { ok: true });
  const refused = await changeTo("basic_auth_users: no\n");
  assertMatch(
    refused.ok ? "" : refused.errors.join("\n"),
    /Cannot use basic_auth_users: a text of 2 characters/,
  );
  const failed = await changeTo(TLS);
  assertMatch(failed.ok ? "" : failed.errors.join("\n"), /no listener/);
  assertMatch(
    access.log(),
    /level=error msg="web configuration not loaded, the old one stays" error=".*no listener/,
  );
});
