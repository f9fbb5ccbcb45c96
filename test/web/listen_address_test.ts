import { assertEquals, assertThrows } from "@std/assert";
import {
  parseListenAddress,
  parseListenAddresses,
} from "../../src/web/listen_address.ts";

for (
  const [text, hostname, port] of [
    [":9117", "::", 9117],
    [":0", "::", 0],
    [":65535", "::", 65535],
    ["127.0.0.1:9117", "127.0.0.1", 9117],
    ["0.0.0.0:80", "0.0.0.0", 80],
    ["localhost:9117", "localhost", 9117],
    ["exporter-1.example.com:9117", "exporter-1.example.com", 9117],
    ["[::1]:9117", "::1", 9117],
    ["[::]:9117", "::", 9117],
    ["[::ffff:10.0.0.5]:9117", "::ffff:10.0.0.5", 9117],
  ] as const
) {
  Deno.test(`parseListenAddress() reads ${text}`, () => {
    assertEquals(parseListenAddress(text), { hostname, port });
  });
}

for (
  const text of [
    "",
    ":",
    "9117",
    "localhost",
    "localhost:",
    ":65536",
    ":-1",
    ":80a",
    ":123456",
    "::1:9117",
    "::1",
    "[::1]",
    "[]:9117",
    "[localhost]:9117",
    "[127.0.0.1:9117",
    "a b:9117",
    " :9117",
    ":9117 ",
    "http://localhost:9117",
    ":9117/metrics",
  ]
) {
  Deno.test(`parseListenAddress() refuses ${JSON.stringify(text)}`, () => {
    const error = assertThrows(() => parseListenAddress(text), SyntaxError);
    assertEquals(
      error.message,
      `Cannot use --web.listen-address: ${
        JSON.stringify(text)
      }, want ":9117", "host:9117" or "[::1]:9117"`,
    );
  });
}

Deno.test("parseListenAddresses() refuses one address twice, but for port 0", () => {
  assertEquals(parseListenAddresses([":0", ":0", ":1"]).length, 3);
  assertThrows(
    () => parseListenAddresses([":9117", "[::1]:9117", ":9117"]),
    SyntaxError,
    'Cannot use --web.listen-address: ":9117" twice, want each address once',
  );
});
