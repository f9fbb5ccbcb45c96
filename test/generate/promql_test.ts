import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  absent,
  aggregate,
  ago,
  alertStates,
  anyOf,
  combine,
  noneOf,
  oneOf,
  orZero,
  overTime,
  quote,
  sampleSeries,
  scrapeUp,
  series,
} from "../../src/generate/promql.ts";

Deno.test("series() writes matchers in their order, each once", () => {
  const port = oneOf("port", ["514"]);
  assertEquals(
    series("port_up", [oneOf("job", ["a", "b"]), port, port]),
    'port_up{job=~"a|b", port="514"}',
  );
  assertEquals(series("port_up"), "port_up");
});

Deno.test("noneOf() is the opposite of oneOf()", () => {
  assertEquals(
    series("port_up", [noneOf("name", ["a"]), noneOf("port", ["1", "2"])]),
    'port_up{name!="a", port!~"1|2"}',
  );
});

Deno.test("scrapeUp() and alertStates() name Prometheus's own series", () => {
  assertEquals(scrapeUp([oneOf("job", ["x"])]), 'up{job="x"}');
  assertEquals(
    alertStates([
      { label: "alertstate", operator: "=", value: "firing" },
      { label: "severity", operator: "=~", value: "critical|warning" },
    ]),
    'ALERTS{alertstate="firing", severity=~"critical|warning"}',
  );
});

Deno.test("functions put expressions together", () => {
  assertEquals(
    combine(
      overTime("increase", series("port_rebinds_total"), "5m"),
      ">",
      "0",
    ),
    "increase(port_rebinds_total[5m]) > 0",
  );
  assertEquals(ago(series("port_up"), "5m"), "port_up offset 5m");
  assertEquals(absent(scrapeUp()), "absent(up)");
  assertEquals(
    orZero(aggregate("count", [], series("port_up"))),
    "(count(port_up) or vector(0))",
  );
});

Deno.test("sampleSeries() takes any label of a target", () => {
  assertEquals(
    sampleSeries("port_up", { on: 'a"b', site: "x\\y\nz" }),
    String.raw`port_up{on="a\"b", site="x\\y\nz"}`,
  );
});

Deno.test("quote() escapes U+FFFD, also for what is no character", () => {
  assertEquals(quote("\ufffd"), String.raw`"\ufffd"`);
  assertEquals(quote("\ud800"), String.raw`"\ufffd"`);
});

Deno.test("oneOf() makes an expression of U+FFFD, which = cannot hold", () => {
  assertEquals(
    series("port_up", [oneOf("name", ["a\ud800"])]),
    String.raw`port_up{name=~"a\\x{fffd}"}`,
  );
});

Deno.test("anyOf() matches its texts and no other", () => {
  // RE2 and JavaScript write what anyOf() uses alike.
  fc.assert(fc.property(
    fc.array(fc.string({ unit: "binary-ascii" }), { minLength: 1 }),
    fc.string({ unit: "binary-ascii" }),
    (texts, other) => {
      const expression = new RegExp(`^(?:${anyOf(texts)})$`, "u");
      for (const text of texts) assertEquals(expression.test(text), true);
      assertEquals(expression.test(other), texts.includes(other));
    },
  ));
});
