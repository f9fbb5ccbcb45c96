import { assertMatch } from "@std/assert";

Deno.test("version prints program version, revision, Deno version and target", async () => {
  const { stdout } = await new Deno.Command("dist/port_exporter", {
    args: ["version"],
  }).output();
  assertMatch(
    new TextDecoder().decode(stdout),
    /^port_exporter \d+\.\d+\.\d+ \(revision [0-9a-f]{12}(-dirty)?, Deno 2\.7\.\d+, (x86_64|aarch64)-unknown-linux-gnu\)\n$/,
  );
});
