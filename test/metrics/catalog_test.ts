import { assert, assertEquals, assertMatch } from "@std/assert";
import { catalog, type MetricDefinition } from "../../src/metrics/catalog.ts";

/** Labels that every series of a target has. */
const TARGET_LABELS = ["protocol", "port", "name"];

const metrics: readonly (readonly [string, MetricDefinition])[] = Object
  .entries(catalog);

/** Tests one thing of every metric; the metric's name tells which failed. */
function testEach(
  what: string,
  check: (name: string, definition: MetricDefinition) => void,
): void {
  Deno.test(`catalog: ${what}`, () => {
    assert(metrics.length > 0);
    for (const [name, definition] of metrics) check(name, definition);
  });
}

// https://prometheus.io/docs/practices/naming/

testEach("names are lower case words", (name) => {
  assertMatch(name, /^[a-z][a-z0-9_]*$/);
  // `process_…` are the names that every client library uses.
  assertMatch(name, /^(?:port|process)_/);
  assert(!name.includes("__"), name);
});

testEach("counters and nothing else end in _total", (name, { type }) => {
  assertEquals([name, type === "counter"], [name, name.endsWith("_total")]);
});

testEach("info metrics are gauges that are always 1", (name, definition) => {
  if (!name.endsWith("_info")) return;
  assertEquals([name, definition.type], [name, "gauge"]);
  assertEquals([name, definition.unit], [name, "always 1"]);
});

testEach("no name ends as the series of a histogram do", (name) => {
  assert(!/_(?:bucket|count|sum)$/.test(name), name);
});

testEach("units are base units", (name) => {
  assert(
    !/_(?:milliseconds|ms|minutes|hours|kilobytes|kb|percent)(?:_|$)/
      .test(name),
    name,
  );
});

testEach("help is one sentence on one line", (name, { help }) => {
  assertMatch(help, /^[A-Z][^\n]*[^.\s]\.$/, name);
  assert(!/\. /.test(help), `${name}: ${help}`);
});

testEach("labels are valid names", (name, { labels, type }) => {
  for (const label of labels) {
    assertMatch(label, /^[a-z][a-z0-9_]*$/, name);
    // Prometheus sets these itself; the others belong to their types.
    assert(!["job", "instance"].includes(label), name);
    assert(label !== "le" || type === "histogram", name);
    assert(label !== "quantile" || type === "summary", name);
  }
  assertEquals(new Set(labels).size, labels.length, name);
});

testEach("labels do not hide those of a target", (name, definition) => {
  if (!definition.perTarget) return;
  for (const label of definition.labels) {
    assert(!TARGET_LABELS.includes(label), `${name}: ${label}`);
  }
});

testEach("the example uses the metric", (name, { example }) => {
  assertMatch(
    example,
    new RegExp(`\\b${name}(?:\\b|_(?:bucket|count|sum)\\b)`),
  );
});

testEach("unit and absence are told", (name, { unit, absent }) => {
  assert(unit.length > 0, name);
  assert(absent.length > 0, name);
});
