import { assertEquals } from "@std/assert";
import { buildWatchedTargets } from "../../src/model/watched_target.ts";
import { buildConfig, buildWatched } from "../support/builders.ts";

Deno.test("buildWatchedTargets() keeps the order of the configuration", () => {
  const targets = buildWatchedTargets(
    buildConfig([{ port: 514 }, { port: 7 }, { port: 6984 }]),
  );
  assertEquals(targets.map(({ target }) => target.port), [514, 7, 6984]);
});

Deno.test("buildWatchedTargets() identifies a target by protocol, port, address and name", () => {
  const relay = { protocol: "tcp", port: 514, name: "relay" } as const;
  assertEquals(buildWatched(relay).key, "tcp 514 any relay");
  assertEquals(
    buildWatched({ ...relay, address: { kind: "address", text: "::1" } }).key,
    "tcp 514 ::1 relay",
  );
  assertEquals(
    buildWatched({ ...relay, severity: "info", labels: { a: "b" } }).key,
    "tcp 514 any relay",
  );
});

Deno.test("buildWatchedTargets() puts the configured labels beside the target's own", () => {
  assertEquals(buildWatched({ labels: { site: "fra1", rack: "" } }).labels, {
    protocol: "udp",
    port: "6984",
    name: "asa",
    site: "fra1",
    rack: "",
  });
});

Deno.test("buildWatchedTargets() builds the matcher of the expected address", () => {
  const { matchesAddress } = buildWatched({ address: { kind: "external" } });
  assertEquals(matchesAddress("10.0.0.5"), true);
  assertEquals(matchesAddress("127.0.0.1"), false);
});
