/**
 * The dashboard's queries, answered by a real Prometheus that scrapes real
 * exporters as `scrape-config` tells it.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { startHolder } from "../support/holder.ts";
import {
  eventually,
  type Exporter,
  fail,
  runCommand,
  runProgram,
  startExporter,
  wait,
  writeConfig,
} from "../support/program.ts";
import { type Prometheus, startPrometheus } from "../support/prometheus.ts";
import {
  findFreePort,
  findServicePort,
  sendDatagrams,
  startSocat,
} from "../support/sockets.ts";

interface Query {
  readonly title: string;
  readonly expr: string;
  readonly instant: boolean;
}

interface Panel {
  readonly title: string;
  readonly panels?: readonly Panel[];
  readonly targets?: readonly Omit<Query, "title">[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly Partial<Query>[] };
  readonly templating: {
    readonly list: readonly { readonly type: string; readonly query: string }[];
  };
}

/** What the dashboard shows. */
const SHOWN_SECONDS = 120;

/** Puts in what Grafana would. */
function fillIn(text: string): string {
  return text.replaceAll("$__rate_interval", "15s")
    .replaceAll("$__range", `${SHOWN_SECONDS}s`)
    .replaceAll("$job", "port_exporter")
    .replaceAll("$instance", ".+")
    .replaceAll("$name", ".+");
}

async function makeDashboard(configFile: string): Promise<Dashboard> {
  const { code, stdout, stderr } = await runProgram(
    "dashboard",
    `--config.file=${configFile}`,
  );
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

function listQueries(dashboard: Dashboard): readonly Query[] {
  const panels = dashboard.panels.flatMap((panel) => [
    panel,
    ...panel.panels ?? [],
  ]);
  return [
    ...panels.flatMap(({ title, targets = [] }) =>
      targets.map((target) => ({ ...target, title }))
    ),
    ...dashboard.annotations.list.flatMap(({ expr }) =>
      expr === undefined ? [] : [{ title: "annotation", expr, instant: false }]
    ),
  ];
}

/** Whether a query brings a number. */
async function bringsData(
  prometheus: Prometheus,
  { expr, instant }: Query,
): Promise<boolean> {
  const results = instant
    ? await prometheus.query(fillIn(expr))
    : await prometheus.queryRange(fillIn(expr), SHOWN_SECONDS);
  return results.some(({ values }) => values.some(Number.isFinite));
}

/** The value of a panel that shows one number. */
async function readFigure(
  prometheus: Prometheus,
  { panels }: Dashboard,
  title: string,
): Promise<number | undefined> {
  const [target] = panels.find((panel) => panel.title === title)?.targets ??
    fail(`no panel ${title}`);
  const results = await prometheus.query(fillIn(target?.expr ?? ""));
  return results[0]?.values[0];
}

/** An exporter that can read nothing: all of its targets are unknown. */
async function startBlindExporter(
  config: string,
): Promise<{ exporter: Exporter } & AsyncDisposable> {
  const procfs = await Deno.makeTempDir({ prefix: "procfs-" });
  await Deno.mkdir(`${procfs}/1/net`, { recursive: true });
  await Deno.writeTextFile(`${procfs}/1/net/sockstat`, "");
  const exporter = await startExporter({
    config,
    args: [`--path.procfs=${procfs}`],
  });
  return {
    exporter,
    async [Symbol.asyncDispose]() {
      await exporter[Symbol.asyncDispose]();
      await Deno.remove(procfs, { recursive: true });
    },
  };
}

async function makeScrapeConfig(
  configFile: string,
  ...args: readonly string[]
): Promise<string> {
  const { code, stdout, stderr } = await runProgram(
    "scrape-config",
    `--config.file=${configFile}`,
    ...args,
  );
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

/** Lets promtool read files, the first of which is the configuration. */
async function checkWithPromtool(
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "promtool-" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${directory}/${name}`, text);
    }
    const { code, stdout, stderr } = await runCommand([
      "promtool",
      "check",
      "config",
      `${directory}/${Object.keys(files)[0]}`,
    ]);
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /SUCCESS/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("every query of the dashboard brings data", async () => {
  await using rebound = await startHolder();
  const [deafPort, queuePort, closedPort] = [
    await findServicePort(),
    await findServicePort(),
    await findServicePort(),
  ];
  await using deaf = await startSocat(`UDP4-RECV:${deafPort},rcvbuf=4096`);
  // Nobody reads, and nobody accepts.
  Deno.kill(deaf.pid, "SIGSTOP");
  await using queue = await startSocat(
    `TCP4-LISTEN:${queuePort},fork,backlog=1,bind=127.0.0.1`,
  );
  Deno.kill(queue.pid, "SIGSTOP");
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using exporter = await startExporter({
    config: JSON.stringify({
      ports: [
        { port: rebound.port, name: "rebound" },
        { port: deafPort, name: "deaf", process: "socat", sockets: 1 },
        { port: closedPort, protocol: ["udp", "tcp"], name: "closed" },
        { port: queuePort, protocol: "tcp", name: "queue" },
        {
          port: taken.addr.port,
          protocol: "tcp",
          name: "taken",
          process: "somebody",
        },
      ],
      listeners: { enabled: true },
    }),
    args: ["--scan.interval=100ms"],
  });
  await using blind = await startBlindExporter(
    JSON.stringify({
      ports: [{ port: 514, protocol: ["udp", "tcp"], name: "blind" }],
    }),
  );
  const hosts = [
    new URL(exporter.url).host,
    new URL(blind.exporter.url).host,
    `127.0.0.1:${await findFreePort()}`,
  ];
  const scrapeConfig = await makeScrapeConfig(
    exporter.configFile,
    ...hosts.map((host) => `--targets=${host}`),
  );
  await checkWithPromtool({ "prometheus.yml": scrapeConfig });
  await using prometheus = await startPrometheus(
    `global: {scrape_interval: 1s, scrape_timeout: 1s}\n${scrapeConfig}`,
  );
  const dashboard = await makeDashboard(exporter.configFile);

  const abort = new AbortController();
  const connect = () => {
    Deno.connect({
      hostname: "127.0.0.1",
      port: queuePort,
      signal: abort.signal,
    }).then(
      (connection) =>
        abort.signal.addEventListener("abort", () => connection.close()),
      () => {},
    );
  };
  /** One of each thing that counters count. */
  async function makeTrouble(): Promise<void> {
    connect();
    await sendDatagrams(deafPort, { count: 50, bytes: 500 });
    await sendDatagrams(closedPort, { count: 10 });
    await rebound.close();
    await wait(300);
    await rebound.bind();
  }

  const queries = listQueries(dashboard);
  assert(queries.length > 40, `only ${queries.length} queries`);
  let missing = queries;
  const deadline = Date.now() + 60_000;
  do {
    await makeTrouble();
    await wait(700);
    const found = await Promise.all(
      missing.map((query) => bringsData(prometheus, query)),
    );
    missing = missing.filter((_, index) => !found[index]);
  } while (missing.length > 0 && Date.now() < deadline);
  abort.abort();
  assertEquals(missing, []);

  await eventually(async () => {
    const figures: Record<string, number | undefined> = {};
    for (
      const title of [
        "Up",
        "Down",
        "Bound otherwise",
        "Unknown",
        "Losing data now",
        "Exporters down",
      ]
    ) {
      figures[title] = await readFigure(prometheus, dashboard, title);
    }
    assertEquals(figures, {
      "Up": 3,
      "Down": 2,
      "Bound otherwise": 1,
      "Unknown": 2,
      "Losing data now": 2,
      "Exporters down": 1,
    });
  });
  const availability = await readFigure(prometheus, dashboard, "Availability");
  assert(
    availability !== undefined && availability > 0.3 && availability < 0.9,
    `the availability is ${availability}`,
  );

  const valuesByLabel: Record<string, readonly string[]> = {};
  for (const { type, query } of dashboard.templating.list) {
    if (type !== "query") continue;
    const [, selector = "", label = ""] =
      /^label_values\((.*), (\w+)\)$/.exec(query) ?? fail(query);
    valuesByLabel[label] = await prometheus.labelValues(
      fillIn(selector),
      label,
    );
  }
  assertEquals(valuesByLabel, {
    job: ["port_exporter"],
    instance: hosts.slice(0, 2).sort(),
    name: ["closed", "deaf", "queue", "rebound", "taken"],
  });
});

Deno.test("scrape-config makes a target file that Prometheus reads", async () => {
  await using config = await writeConfig(
    "ports: [{port: 514}]\nalerts: {job: syslog ports}\n",
  );
  const text = await makeScrapeConfig(
    config.path,
    "--format=file_sd",
    "--targets=a.example,[::1]",
  );
  const section = [...text.matchAll(/^# {3}(.*)$/gm)].map(([, line]) => line)
    .join("\n");
  const [, name] = /Save as (\S+)/.exec(text) ?? fail(text);
  assertMatch(section, /job_name: "syslog ports"/);
  await checkWithPromtool({
    "prometheus.yml": section,
    [name ?? ""]: text,
  });
});

Deno.test("scrape-config refuses hosts that are none", async () => {
  await using config = await writeConfig("ports: [{port: 514}]");
  const { code, stdout, stderr } = await runProgram(
    "scrape-config",
    `--config.file=${config.path}`,
    "--targets=x y",
    "--targets=a:0",
  );
  assertEquals([code, stdout], [2, ""]);
  assertEquals(
    stderr,
    'port_exporter: Cannot use --targets: "x y", ' +
      "want host, host:port or [::1]:9117\n" +
      'port_exporter: Cannot use --targets: "a:0", ' +
      "want host, host:port or [::1]:9117\n",
  );
});

Deno.test("dashboard is made for all configurations of a fleet", async () => {
  const listTitles = (output: string) =>
    (JSON.parse(output) as Dashboard).panels.map(({ title }) => title);
  await using udp = await writeConfig("ports: [{port: 514}]");
  await using tcp = await writeConfig(
    "ports: [{port: 514, protocol: tcp}]\ndashboard: {uid: fleet}\n",
  );
  const { code, stdout, stderr } = await runProgram(
    "dashboard",
    `--config.file=${udp.path}`,
    `--config.file=${tcp.path}`,
  );
  assertEquals([code, stderr], [0, ""]);
  assertEquals(JSON.parse(stdout).uid, "fleet");
  const titles = listTitles(stdout);
  assert(titles.includes("Receive queue") && titles.includes("Accept queue"));
});

Deno.test("dashboard names both files that contradict each other", async () => {
  await using first = await writeConfig(
    "ports: [{port: 514}]\ndashboard: {uid: first}\n",
  );
  await using second = await writeConfig(
    "ports: [{port: 514}]\ndashboard: {uid: second}\n",
  );
  const { code, stdout, stderr } = await runProgram(
    "dashboard",
    `--config.file=${first.path}`,
    `--config.file=${second.path}`,
  );
  assertEquals([code, stdout], [2, ""]);
  assertEquals(
    stderr,
    `port_exporter: Cannot merge dashboard: ${first.path} and ` +
      `${second.path} differ in uid, want the same\n`,
  );
});
