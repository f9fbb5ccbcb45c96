import { assert, assertEquals } from "@std/assert";
import { parseWebConfig } from "../../src/web_config/parse.ts";
import { listNames } from "../config/corpus.ts";
import { fail } from "../support/program.ts";

const good = "fixtures/web_config/good";
const bad = "fixtures/web_config/bad";

/** What `htpasswd -nbB -C 10 alice pässwörd:x` printed. */
const HASH = "$2y$10$nu1sGWKVwR0cqqX5.HD/Oej7ANVIJ.sgLH4kTW5vmJp26iGdM4M9C";

function parse(text: string) {
  const result = parseWebConfig(text);
  return result.ok ? result.webConfig : fail(JSON.stringify(result.errors));
}

function parseFile(name: string) {
  return parse(Deno.readTextFileSync(`${good}/${name}.yml`));
}

const nothing = { users: new Map(), headers: {} };

for (const name of ["empty", "comment", "sections_without_values"]) {
  Deno.test(`parseWebConfig() finds nothing in good/${name}.yml`, () => {
    assertEquals(parseFile(name), nothing);
  });
}

Deno.test("parseWebConfig() takes every key with its default", () => {
  assertEquals(parseFile("defaults"), {
    tls: {
      certificate: { kind: "file", path: "server.crt" },
      key: { kind: "file", path: "server.key" },
    },
    users: new Map(),
    headers: { "X-XSS-Protection": "1; mode=block" },
  });
});

Deno.test("parseWebConfig() takes users of any name with hashes of any version", () => {
  assertEquals(
    parseFile("users").users,
    new Map([
      ["alice", HASH],
      ["bob", HASH.replace("$2y", "$2a")],
      ["", HASH.replace("$2y", "$2b")],
      ["__proto__", HASH.replace("$10", "$04")],
    ]),
  );
});

Deno.test("parseWebConfig() takes certificate and key that stand in the file", () => {
  const text = "tls_server_config: {cert: PEM 1, key: PEM 2}";
  assertEquals(parse(text).tls, {
    certificate: { kind: "inline", text: "PEM 1" },
    key: { kind: "inline", text: "PEM 2" },
  });
});

for (const name of listNames(bad, ".yml")) {
  Deno.test(`parseWebConfig() says what is wrong in bad/${name}.yml`, () => {
    const result = parseWebConfig(
      Deno.readTextFileSync(`${bad}/${name}.yml`),
    );
    const errors = result.ok ? [] : result.errors;
    assertEquals(
      errors.map(({ message, position }) =>
        `${position === undefined ? "" : `${position}: `}${message}\n`
      ).join(""),
      Deno.readTextFileSync(`${bad}/${name}.txt`),
    );
  });
}

Deno.test("every bad web configuration stands beside its messages", () => {
  const names = listNames(bad, ".yml");
  assertEquals(names, listNames(bad, ".txt"));
  assert(names.length > 30, `only ${names.length} files were found`);
});

Deno.test("parseWebConfig() never quotes what may be a password or a key", () => {
  const secrets = /hunter2|MC4\w+|(?<=alice: )[^}\n]+/;
  let found = 0;
  for (const name of listNames(bad, ".yml")) {
    const text = Deno.readTextFileSync(`${bad}/${name}.yml`);
    const [secret] = secrets.exec(text) ?? [];
    if (secret === undefined || secret.length < 5) continue;
    found++;
    const result = parseWebConfig(text);
    assert(!result.ok && !JSON.stringify(result.errors).includes(secret), name);
  }
  assert(found >= 12, `only ${found} files have a secret`);
});
