/** Metrics of the exporter itself, and that all metrics are as catalogued. */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { catalog, type MetricDefinition } from "../../src/metrics/catalog.ts";
import {
  type Exporter,
  fail,
  runCommand,
  startExporter,
} from "../support/program.ts";
import { parseExposition } from "../support/exposition.ts";
import { startHolder } from "../support/holder.ts";

const CONFIG = "ports: [{port: 6984}]\n";

const PROCESS_METRICS = [
  "process_cpu_seconds_total",
  "process_resident_memory_bytes",
  "process_virtual_memory_bytes",
  "process_open_fds",
  "process_max_fds",
  "process_start_time_seconds",
];

async function scrapeText({ url }: Exporter): Promise<string> {
  return await (await fetch(`${url}/metrics`)).text();
}

/** User and system time of a process, as `ps` does not tell it: in ticks. */
async function readCpuSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const [userTicks, systemTicks] = stat.slice(stat.lastIndexOf(")")).split(" ")
    .slice(12, 14).map(Number);
  const { stdout } = await runCommand(["getconf", "CLK_TCK"]);
  return ((userTicks ?? NaN) + (systemTicks ?? NaN)) / Number(stdout);
}

/** The first number behind a name in a file of a process. */
async function readNumber(
  path: string,
  name: string,
): Promise<number> {
  const text = await Deno.readTextFile(path);
  const match = new RegExp(`^${name}:?\\s+(\\d+)`, "m").exec(text);
  return Number(match?.[1] ?? fail(`${path} has no ${name}`));
}

function assertWithin(
  value: number | undefined,
  [least, most]: readonly [number, number],
): void {
  assert(
    value !== undefined && least <= value && value <= most,
    `${value} is not within ${least} and ${most}`,
  );
}

Deno.test("--web.exporter-metrics tells what the exporter uses", async () => {
  const startedAfter = Date.now() / 1000;
  await using exporter = await startExporter({
    config: CONFIG,
    args: ["--web.exporter-metrics"],
  });
  const startedBefore = Date.now() / 1000;
  await exporter.scrape();
  const directory = `/proc/${exporter.pid}`;
  const cpuBefore = await readCpuSeconds(exporter.pid);
  const series = await exporter.scrape();
  const cpuAfter = await readCpuSeconds(exporter.pid);
  const status = `${directory}/status`;
  const resident = await readNumber(status, "VmRSS") * 1024;
  const virtual = await readNumber(status, "VmSize") * 1024;
  const openFiles = [...Deno.readDirSync(`${directory}/fd`)].length;

  assertWithin(series.value("process_cpu_seconds_total"), [
    cpuBefore,
    cpuAfter,
  ]);
  assert(cpuBefore > 0);
  assertWithin(series.value("process_resident_memory_bytes"), [
    resident / 1.5,
    resident * 1.5,
  ]);
  assertWithin(series.value("process_virtual_memory_bytes"), [
    virtual / 1.5,
    virtual * 1.5,
  ]);
  // The connection of the scrape and the directory that is read come and go.
  assertAlmostEquals(series.value("process_open_fds") ?? NaN, openFiles, 5);
  assertEquals(
    series.value("process_max_fds"),
    await readNumber(`${directory}/limits`, "Max open files"),
  );
  // The kernel tells the time of boot in whole seconds.
  assertWithin(series.value("process_start_time_seconds"), [
    startedAfter - 1.5,
    startedBefore + 1.5,
  ]);
});

for (
  const { title, args, names } of [
    { title: "without --web.exporter-metrics", args: [], names: [] },
    {
      title: "with --web.exporter-metrics",
      args: ["--web.exporter-metrics"],
      names: PROCESS_METRICS,
    },
  ]
) {
  Deno.test(`process and runtime metrics ${title}`, async () => {
    await using exporter = await startExporter({ config: CONFIG, args });
    const series = await exporter.scrape();
    assertEquals(
      [...series.names].filter((name) => !name.startsWith("port_")).sort(),
      [...names].sort(),
    );
  });
}

/** An exposition in which every metric of the catalog has a value. */
async function scrapeEverything(): Promise<string> {
  await using holder = await startHolder();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using exporter = await startExporter({
    config: JSON.stringify({
      defaults: {
        process: "holder",
        sockets: 1,
        labels: { site: 'a "quoted" \\ \n name' },
      },
      ports: [
        { port: holder.port },
        { port: listener.addr.port, protocol: "tcp" },
      ],
      listeners: { enabled: true },
    }),
    args: ["--web.exporter-metrics"],
  });
  await exporter.scrape();
  // A change between up and down; the exporter's own port is a listener.
  await holder.close();
  await exporter.scrape();
  await holder.bind();
  return await scrapeText(exporter);
}

/** Names of the series that a metric of a type has. */
function seriesNames(name: string, type: string): readonly string[] {
  const suffixes = type === "histogram"
    ? ["_bucket", "_sum", "_count"]
    : type === "summary"
    ? ["", "_sum", "_count"]
    : [""];
  return suffixes.map((suffix) => name + suffix);
}

const definitions = Object.entries<MetricDefinition>(catalog);

Deno.test("promtool has nothing to say of a scrape of everything", async () => {
  const text = await scrapeEverything();
  assertEquals(await runCommand(["promtool", "check", "metrics"], text), {
    code: 0,
    stdout: "",
    stderr: "",
  });
});

Deno.test("a scrape of everything is the catalog, in its order", async () => {
  const text = await scrapeEverything();
  const headOf = (keyword: string) =>
    [...text.matchAll(new RegExp(`^# ${keyword} (\\S+) (.*)$`, "gm"))]
      .map(([, name, rest]) => [name, rest]);
  assertEquals(
    headOf("HELP"),
    definitions.map(([name, { help }]) => [name, help]),
  );
  assertEquals(
    headOf("TYPE"),
    definitions.map(([name, { type }]) => [name, type]),
  );

  const series = parseExposition(text);
  const known = definitions.flatMap(([name, { type }]) =>
    seriesNames(name, type)
  );
  assertEquals([...series.names].filter((name) => !known.includes(name)), []);
  const targetLabels = ["protocol", "port", "name", "site"];
  for (const [name, { type, labels, perTarget }] of definitions) {
    const allowed = [...labels, ...(perTarget ? targetLabels : [])];
    for (const seriesName of seriesNames(name, type)) {
      for (const found of series.labels(seriesName)) {
        const keys = Object.keys(found);
        assertEquals(keys.filter((key) => !allowed.includes(key)), [], name);
        if (!perTarget) continue;
        assertEquals(targetLabels.filter((key) => !keys.includes(key)), []);
      }
    }
  }
});
