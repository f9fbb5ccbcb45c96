import { assertEquals } from "@std/assert";
import {
  clientOf,
  parseCredentials,
  refuse,
} from "../../src/web/authentication.ts";
import type { Verdict } from "../../src/web/password_checks.ts";

/** Checks with one verdict, which remember what they were asked. */
function createChecks(verdict: Verdict) {
  const asked: unknown[] = [];
  return {
    asked,
    checks: {
      check: (...question: readonly unknown[]) => {
        asked.push(question);
        return Promise.resolve(verdict);
      },
      setUsers: () => {},
    },
  };
}

async function refuseOf(verdict: Verdict, authorization?: string) {
  const { asked, checks } = createChecks(verdict);
  const response = await refuse(
    new Request("http://localhost:9117/-/healthy", {
      headers: authorization === undefined ? {} : { authorization },
    }),
    { address: "192.0.2.1", checks },
  );
  return { asked, response };
}

/** The example of RFC 7617, section 2. */
const ALADDIN = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";

Deno.test("refuse() lets right credentials in", async () => {
  const { asked, response } = await refuseOf("right", ALADDIN);
  assertEquals(response, undefined);
  assertEquals(asked, [[
    { user: "Aladdin", password: "open sesame" },
    "192.0.2.1",
  ]]);
});

Deno.test("refuse() asks for a password when there is none or a wrong one", async () => {
  for (const authorization of [undefined, ALADDIN, "Bearer x"]) {
    const { response } = await refuseOf("wrong", authorization);
    assertEquals(response?.status, 401);
    assertEquals(
      response?.headers.get("www-authenticate"),
      'Basic realm="port_exporter", charset="UTF-8"',
    );
    assertEquals(await response?.text(), "Unauthorized\n");
  }
});

Deno.test("refuse() checks nothing without credentials", async () => {
  assertEquals((await refuseOf("right")).asked, []);
  assertEquals((await refuseOf("right")).response?.status, 401);
});

Deno.test("refuse() tells a client to come back when too many wait", async () => {
  const { response } = await refuseOf("busy", ALADDIN);
  assertEquals(response?.status, 503);
  assertEquals(response?.headers.get("retry-after"), "5");
  assertEquals(response?.headers.has("www-authenticate"), false);
});

const credentials: readonly (readonly [
  header: string | null,
  expected: unknown,
])[] = [
  [ALADDIN, { user: "Aladdin", password: "open sesame" }],
  ["basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ== ", {
    user: "Aladdin",
    password: "open sesame",
  }],
  // RFC 7617, section 2.1: "test" and "123£" in UTF-8.
  ["Basic dGVzdDoxMjPCow==", { user: "test", password: "123£" }],
  // From coreutils: printf 'a:b:c' | base64
  ["Basic YTpiOmM=", { user: "a", password: "b:c" }],
  ["Basic Og==", { user: "", password: "" }],
  // "nocolon"
  ["Basic bm9jb2xvbg==", undefined],
  // "test:123£" in Latin-1
  ["Basic dGVzdDoxMjOj", undefined],
  ["Basic QWxh!", undefined],
  ["Basic", undefined],
  ["Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==", undefined],
  [`Basic ${"YTph".repeat(2_000)}`, undefined],
  [null, undefined],
];

for (const [header, expected] of credentials) {
  Deno.test(`parseCredentials() reads ${header?.slice(0, 40)}`, () => {
    assertEquals(parseCredentials(header), expected as never);
  });
}

Deno.test("clientOf() takes an IPv4 address, or a /64 of IPv6, for one client", () => {
  assertEquals(clientOf("192.0.2.1"), "192.0.2.1");
  assertEquals(clientOf("::ffff:192.0.2.1"), "192.0.2.1");
  assertEquals(clientOf("2001:db8::1"), clientOf("2001:db8::ffff:2"));
  assertEquals(
    clientOf("2001:db8::1") === clientOf("2001:db8:0:1::1"),
    false,
  );
});
