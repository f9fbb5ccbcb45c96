import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  CONTENT_TYPE,
  createSampleCollector,
  type Labels,
  renderExposition,
  type RenderMemory,
  type Samples,
} from "../../src/metrics/exposition.ts";
import type { MetricName } from "../../src/metrics/catalog.ts";

type Value = readonly [
  name: MetricName,
  labels: Labels,
  value: number | undefined,
];

function render(...values: readonly Value[]): Promise<string> {
  const { add, samples } = createSampleCollector();
  for (const [name, labels, value] of values) add(name, labels, value);
  return renderExposition(samples);
}

const ASA = { protocol: "udp", port: "6984", name: "cisco-asa" };

Deno.test("CONTENT_TYPE is that of text format 0.0.4", () => {
  assertEquals(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
});

Deno.test("renderExposition() writes HELP, TYPE and the series of each metric", async () => {
  assertEquals(
    await render(
      ["port_up", ASA, 1],
      ["port_up", { ...ASA, port: "514", name: 'a "b" \\ c\nd' }, 0],
      ["port_exporter_configured_ports", {}, 2],
      ["port_exporter_scan_errors_total", { source: "udp" }, 1e21],
    ),
    `# HELP port_up Whether a socket is bound to the port on an expected address: 1 or 0.
# TYPE port_up gauge
port_up{protocol="udp",port="6984",name="cisco-asa"} 1
port_up{protocol="udp",port="514",name="a \\"b\\" \\\\ c\\nd"} 0
# HELP port_exporter_configured_ports Targets in the configuration.
# TYPE port_exporter_configured_ports gauge
port_exporter_configured_ports 2
# HELP port_exporter_scan_errors_total Failed reads of the source and rows of it that were not understood.
# TYPE port_exporter_scan_errors_total counter
port_exporter_scan_errors_total{source="udp"} 1e+21
`,
  );
});

const linesOf = (text: string) => text.split("\n");

Deno.test("renderExposition() keeps the order of the catalog and one block a metric", async () => {
  const text = await render(
    ["port_sockets", ASA, 1],
    ["port_up", ASA, 1],
    ["port_sockets", { ...ASA, port: "514" }, 1],
    ["port_up", { ...ASA, port: "514" }, 1],
  );
  assertEquals(
    linesOf(text).map((line) => /^(?:# HELP )?(\w*)/.exec(line)?.[1]),
    [
      ...["port_up", "", "port_up", "port_up"],
      ...["port_sockets", "", "port_sockets", "port_sockets"],
      "",
    ],
  );
});

Deno.test("renderExposition() leaves out what is unknown", async () => {
  assertEquals(await render(["port_up", ASA, undefined]), "");
});

Deno.test("renderExposition() names a series as its sample says", async () => {
  const samples = new Map([["port_sockets" as const, [
    { labels: {}, value: 3, seriesName: "port_sockets_sum" },
  ]]]);
  const [, , series] = linesOf(await renderExposition(samples));
  assertEquals(series, "port_sockets_sum 3");
});

Deno.test("renderExposition() says the same again for the same labels", async () => {
  const first = await render(["port_up", ASA, 1]);
  assertEquals(await render(["port_up", ASA, 1]), first);
});

Deno.test("renderExposition() gives the event loop room between metrics", async () => {
  const { add, samples } = createSampleCollector();
  add("port_up", ASA, 1);
  add("port_sockets", ASA, 1);
  let pauses = 0;
  await renderExposition(samples, {
    breathe: () =>
      Promise.resolve().then(() => {
        pauses++;
      }),
  });
  assertEquals(pauses, 2);
});

Deno.test("renderExposition() renders thousands of series under one header", async () => {
  const { add, samples } = createSampleCollector();
  for (let port = 1; port <= 2_500; port++) {
    add("port_up", { ...ASA, port: String(port) }, port % 2);
  }
  let pauses = 0;
  const text = await renderExposition(samples, {
    breathe: () => void pauses++,
  });
  const lines = text.split("\n").filter((line) => line !== "");
  assertEquals(lines.filter((line) => line.startsWith("#")), lines.slice(0, 2));
  assertEquals(
    lines.slice(2).map((line) => /port="(\d+)".* ([01])$/.exec(line)?.slice(1)),
    Array.from(
      { length: 2_500 },
      (_, index) => [String(index + 1), String((index + 1) % 2)],
    ),
  );
  assert(pauses > 1);
});

Deno.test("renderExposition() with a memory says what it says without one", async () => {
  const labels = { protocol: "udp", port: "1", name: "a" };
  const expositions: [number, Record<string, string>, string?][][] = [
    [[1, labels], [1, { ...labels, name: "b" }]],
    [[1, labels], [0, { ...labels, name: "b" }]], // another value
    [[1, labels], [0, { ...labels, name: "c" }]], // another label
    [[1, labels], [0, { ...labels, site: "x" }]], // another name of a label
    [[1, labels]], // a series less
    [[1, labels, "port_up_sum"]], // another name of the series
    [[1, { ...labels }, "port_up_sum"]], // an equal object
    [], // none
    [[1, labels]],
  ];
  const memory: RenderMemory = new Map();
  for (const series of expositions) {
    const samples: Samples = new Map([[
      "port_up",
      series.map(([value, labels, seriesName]) => ({
        value,
        labels,
        ...(seriesName !== undefined && { seriesName }),
      })),
    ]]);
    assertEquals(
      await renderExposition(samples, { memory }),
      await renderExposition(samples),
    );
  }
});

/**
 * Reads one line of an exposition character by character, written from
 * https://prometheus.io/docs/instrumenting/exposition_formats/: in a label's
 * value backslash, double quote and line feed are escaped, and nothing else is.
 */
function parseSeries(line: string): [labels: Labels, value: string] {
  const labels: Record<string, string> = {};
  let at = line.indexOf("{") + 1;
  while (at > 0 && line[at] !== "}") {
    const [, key = ""] = /^,?([a-zA-Z_][a-zA-Z0-9_]*)="/.exec(line.slice(at)) ??
      fail(line);
    at = line.indexOf('"', at) + 1;
    let value = "";
    for (; line[at] !== '"'; at++) {
      if (at >= line.length) fail(line);
      value += line[at] === "\\" ? unescape(line[++at]) : line[at];
    }
    labels[key] = value;
    at++;
  }
  return [labels, line.slice(line.indexOf(" ", at) + 1)];
}

function unescape(escaped: string | undefined): string {
  if (escaped === "n") return "\n";
  return escaped === "\\" || escaped === '"' ? escaped : fail(`\\${escaped}`);
}

function fail(text: string): never {
  throw new Error(`no text format: ${JSON.stringify(text)}`);
}

const labelValue = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom('"', "\\", "\n", "n", "{", "}", ",", "="),
  }),
);

Deno.test("renderExposition() writes any label value so that it reads back the same", async () => {
  const values = fc.tuple(labelValue, labelValue, labelValue);
  await fc.assert(fc.asyncProperty(values, async (
    [protocol, address, port]: [string, string, string],
  ) => {
    const labels = { protocol, address, port };
    const lines = linesOf(
      await render(["port_listener_info", labels, 1], ["port_up", labels, 0]),
    );
    assertEquals(lines.length, 7);
    assertEquals(parseSeries(lines[2] ?? ""), [labels, "0"]);
    assertEquals(parseSeries(lines[5] ?? ""), [labels, "1"]);
  }));
});

Deno.test("renderExposition() writes any value so that it reads back the same", async () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  await fc.assert(fc.asyncProperty(number, async (value: number) => {
    const [, , line = ""] = linesOf(await render(["port_sockets", ASA, value]));
    const [, text] = parseSeries(line);
    // Minus zero is zero.
    assertEquals(Number(text) + 0, value + 0);
  }));
});
