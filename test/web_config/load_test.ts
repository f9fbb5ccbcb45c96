import { assertEquals } from "@std/assert";
import { loadWebConfig } from "../../src/web_config/load.ts";

Deno.test("loadWebConfig() names a file that does not exist", () => {
  const path = "fixtures/web_config/none.yml";
  assertEquals(loadWebConfig(path), {
    ok: false,
    errors: [`${path}: Cannot read the file: it does not exist`],
    paths: [path],
  });
});

Deno.test("loadWebConfig() looks for certificate and key beside the file, and names both", () => {
  const folder = "fixtures/web_config/good";
  const place = `${folder}/defaults.yml: Cannot use tls_server_config`;
  assertEquals(loadWebConfig(`${folder}/defaults.yml`), {
    ok: false,
    errors: [
      `${place}.cert_file: "server.crt": it does not exist`,
      `${place}.key_file: "server.key": it does not exist`,
    ],
    paths: [
      `${folder}/defaults.yml`,
      `${folder}/server.crt`,
      `${folder}/server.key`,
    ],
  });
});

Deno.test("loadWebConfig() puts the position in front of a mistake of YAML", () => {
  const path = "fixtures/web_config/bad/user_twice.yml";
  const result = loadWebConfig(path);
  assertEquals(result.ok ? [] : result.errors, [
    `${path}:3:3: Cannot parse YAML: duplicated key`,
  ]);
});

Deno.test("loadWebConfig() does not quote a key that stands where its file should", () => {
  const result = loadWebConfig("fixtures/web_config/load/key_as_path.yml");
  const errors = result.ok ? [] : result.errors;
  assertEquals(errors.length, 2);
  assertEquals(errors.some((error) => error.includes("MIIE")), false);
  assertEquals(
    errors[1]?.endsWith("key_file: a text of 44 characters: it does not exist"),
    true,
  );
});
