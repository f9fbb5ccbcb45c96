import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertNotMatch,
} from "@std/assert";
import type { Config } from "../../src/config/config.ts";
import {
  buildDashboard,
  renderDashboard,
} from "../../src/generate/dashboard.ts";
import type { PanelJson, RowJson } from "../../src/generate/dashboard_model.ts";
import { catalog, type MetricDefinition } from "../../src/metrics/catalog.ts";
import { fail } from "../support/program.ts";
import { parseSelectors, type Selector } from "../support/promql_tree.ts";
import { parseGoodConfig } from "../support/good_config.ts";

/** Uses all that a configuration can ask for. */
const FULL = parseGoodConfig(`
ports:
  - {port: 6984, name: asa, process: filebeat, sockets: 1, address: external}
  - {port: [514, 6514], protocol: [udp, tcp], name: syslog, labels: {site: fra1}}
listeners: {enabled: true}
alerts: {runbook_url: "https://wiki.example/{alert}"}
`);

const CONFIGS: Readonly<Record<string, Config>> = {
  full: FULL,
  "UDP only": parseGoodConfig("ports: [{port: 6984}]"),
  "TCP only": parseGoodConfig("ports: [{port: 6514, protocol: tcp}]"),
  "listeners only": parseGoodConfig("listeners: {enabled: true}"),
  "500 targets": parseGoodConfig("ports: [{port: 7000-7499}]"),
};

function forEachConfig(check: (config: Config, name: string) => void): void {
  for (const [name, config] of Object.entries(CONFIGS)) check(config, name);
}

/** Panels and rows, also those inside of rows. */
function listAll(config: Config): readonly (PanelJson | RowJson)[] {
  return (buildDashboard(config).panels ?? []).flatMap((panel) =>
    "panels" in panel ? [panel, ...panel.panels] : [panel]
  );
}

function listPanels(config: Config): readonly PanelJson[] {
  return listAll(config).filter((panel): panel is PanelJson =>
    panel.type !== "row"
  );
}

function listTitles(config: Config): readonly string[] {
  return listPanels(config).map(({ title }) => title ?? "");
}

/** Expressions of panels and annotations. */
function listExpressions(config: Config): readonly string[] {
  const { annotations } = buildDashboard(config);
  return [
    ...listPanels(config).flatMap(({ targets }) =>
      (targets ?? []).map(({ expr }) => String(expr))
    ),
    ...(annotations?.list ?? []).flatMap((annotation) =>
      "expr" in annotation ? [String(annotation.expr)] : []
    ),
  ];
}

/** Puts durations where Grafana does. */
function fillIn(expression: string): string {
  return expression.replaceAll("$__rate_interval", "4m")
    .replaceAll("$__range", "6h");
}

function listSelectors(config: Config): readonly Selector[] {
  return listExpressions(config).flatMap((expression) =>
    parseSelectors(fillIn(expression))
  );
}

/** What the catalog says of a series. */
function findDefinition(name: string): MetricDefinition | undefined {
  const metrics: Readonly<Record<string, MetricDefinition>> = catalog;
  return metrics[name] ?? metrics[name.replace(/_(bucket|sum|count)$/, "")];
}

Deno.test("buildDashboard() makes what can be provisioned", () => {
  forEachConfig((config) => {
    const dashboard = buildDashboard(config);
    assertEquals(dashboard.schemaVersion, 39);
    assertEquals(dashboard.editable, false);
    assertEquals(dashboard.uid, "port-exporter");
    assertEquals(dashboard.title, "Port exporter");
    for (const key of ["id", "__inputs", "__requires"]) {
      assert(!Object.hasOwn(dashboard, key), key);
    }
    assertEquals(JSON.parse(renderDashboard(config)), dashboard);
  });
});

Deno.test("buildDashboard() numbers every row and panel once", () => {
  forEachConfig((config, name) => {
    const ids = listAll(config).map(({ id }) => id ?? fail("no id"));
    assertEquals(ids.length, new Set(ids).size, name);
  });
});

Deno.test("buildDashboard() numbers a panel the same in every dashboard", () => {
  const titlesById = new Map(listAll(FULL).map(({ id, title }) => [id, title]));
  forEachConfig((config) => {
    for (const { id, title } of listAll(config)) {
      assertEquals(title, titlesById.get(id));
    }
  });
});

Deno.test("buildDashboard() places panels side by side within 24 columns", () => {
  forEachConfig((config, name) => {
    const { panels = [] } = buildDashboard(config);
    // The panels of a closed row lie where it will unfold.
    const layers = [
      panels,
      ...panels.map((panel) => "panels" in panel ? panel.panels : []),
    ];
    for (const layer of layers) {
      const taken = new Set<string>();
      for (const { gridPos, title } of layer) {
        const { x, y, w, h } = gridPos ?? fail(`${title} has no place`);
        assert(x >= 0 && w > 0 && x + w <= 24 && h > 0, `${name}: ${title}`);
        for (let column = x; column < x + w; column++) {
          for (let line = y; line < y + h; line++) {
            const cell = `${column} ${line}`;
            assert(!taken.has(cell), `${name}: ${title} lies on another`);
            taken.add(cell);
          }
        }
      }
    }
  });
});

Deno.test("buildDashboard() explains every panel and gives it a unit and a data source", () => {
  const dataSource = { type: "prometheus", uid: "${datasource}" };
  forEachConfig((config) => {
    for (const panel of listPanels(config)) {
      const { title = "", description = "", fieldConfig, targets = [] } = panel;
      assert(title !== "");
      assertMatch(description, /^[A-Z].+\.$/, title);
      assert((fieldConfig?.defaults.unit ?? "") !== "", title);
      assertEquals(panel.datasource, dataSource);
      assertGreater(targets.length, 0);
      assertEquals(
        targets.map(({ refId }) => refId),
        targets.map((_, index) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[index]),
      );
      for (const target of targets) {
        assertEquals(target["datasource"], dataSource);
      }
    }
  });
});

Deno.test("buildDashboard() has the variables datasource, job, instance and name", () => {
  const { list = [] } = buildDashboard(FULL).templating ?? {};
  assertEquals(
    list.map(({ name, label, type, query, multi, allValue, refresh }) => ({
      name,
      label,
      type,
      query,
      multi,
      ...(type === "query" && { allValue, refresh }),
    })),
    [
      {
        name: "datasource",
        label: "Data source",
        type: "datasource",
        query: "prometheus",
        multi: false,
      },
      {
        name: "job",
        label: "Job",
        type: "query",
        query: "label_values(port_exporter_build_info, job)",
        multi: true,
        allValue: ".+",
        refresh: 2,
      },
      {
        name: "instance",
        label: "Instance",
        type: "query",
        query: 'label_values(port_exporter_build_info{job=~"$job"}, instance)',
        multi: true,
        allValue: ".+",
        refresh: 2,
      },
      {
        name: "name",
        label: "Name",
        type: "query",
        query:
          'label_values(port_up{job=~"$job", instance=~"$instance"}, name)',
        multi: true,
        allValue: ".+",
        refresh: 2,
      },
    ],
  );
});

Deno.test("buildDashboard() writes PromQL that selects the job and the instance", () => {
  forEachConfig((config) => {
    const selectors = listSelectors(config);
    assertGreater(selectors.length, 0);
    for (const { name, matchers } of selectors) {
      assert(name === "up" || findDefinition(name) !== undefined, name);
      assert(matchers.includes('job=~"$job"'), name);
      assert(matchers.includes('instance=~"$instance"'), name);
    }
  });
});

Deno.test("buildDashboard() shows counters by what they rise, and only them", () => {
  forEachConfig((config) => {
    for (const { name, functions } of listSelectors(config)) {
      const rises = functions[0] === "rate" || functions[0] === "increase";
      const type = findDefinition(name)?.type ?? "gauge";
      assertEquals(rises, type !== "gauge", `${functions} of ${name}`);
    }
  });
});

Deno.test("buildDashboard() takes every range from the dashboard", () => {
  forEachConfig((config) => {
    for (const expression of listExpressions(config)) {
      const ranges = [...expression.matchAll(/(\w+)\([^()]*\[([^\]]*)\]/g)];
      for (const [, called = "", range = ""] of ranges) {
        assertMatch(range, /^\$__(rate_interval|range)$/);
        if (called === "rate") assertEquals(range, "$__rate_interval");
      }
    }
  });
});

Deno.test("buildDashboard() leaves out what the configuration cannot produce", () => {
  const full = new Set(listTitles(FULL));
  const missing = (
    name: string,
  ) => [...full.difference(new Set(listTitles(CONFIGS[name] ?? fail(name))))];
  assertEquals(missing("UDP only"), [
    "Bound otherwise",
    "Unexpected listeners",
    "Accept queue",
    "Connections to full accept queues",
    "Connections dropped by listeners",
    "Unexpected listeners by host",
  ]);
  assertEquals(missing("TCP only"), [
    "Bound otherwise",
    "Losing data now",
    "Unexpected listeners",
    "Receive queue",
    "Datagrams dropped",
    "Datagrams to closed ports",
    "Datagrams to full buffers",
    "Unexpected listeners by host",
  ]);
  assertEquals(listTitles(CONFIGS["listeners only"] ?? fail("none")), [
    "Unexpected listeners",
    "Exporters down",
    "Datagrams to closed ports",
    "Datagrams to full buffers",
    "Connections to full accept queues",
    "Connections dropped by listeners",
    "Unexpected listeners by host",
    "Unexpected listeners",
    "Exporters",
    "Read errors",
    "Scan duration",
    "Scrape duration",
    "Owner walks",
  ]);
});

Deno.test("buildDashboard() asks only for series that the configuration produces", () => {
  const namesOf = (config: Config) =>
    new Set(listSelectors(config).map(({ name }) => name));
  const udp = namesOf(CONFIGS["UDP only"] ?? fail("none"));
  for (
    const name of [
      "port_accept_queue_connections",
      "port_owner_matches",
      "port_expected_sockets",
      "port_listener_info",
      "port_unexpected_listeners",
    ]
  ) {
    assert(!udp.has(name), name);
    assert(namesOf(FULL).has(name), name);
  }
  const listeners = namesOf(CONFIGS["listeners only"] ?? fail("none"));
  for (const name of listeners) {
    assert(findDefinition(name)?.perTarget !== true, name);
  }
});

Deno.test("buildDashboard() stays the same size with 500 targets", () => {
  const many = CONFIGS["500 targets"] ?? fail("none");
  const few = CONFIGS["UDP only"] ?? fail("none");
  assertEquals(many.targets.length, 500);
  assertEquals(listTitles(many), listTitles(few));
  const findRow = (config: Config) =>
    listAll(config).find(({ title, type }) =>
      type === "row" && title === "State of each target"
    ) as RowJson;
  assertEquals(findRow(many).collapsed, true);
  assertEquals(findRow(many).panels.length, 1);
  assertEquals(findRow(few).collapsed, false);
  for (const { gridPos, type, title, targets = [] } of listPanels(many)) {
    assert((gridPos?.h ?? 0) <= 20, title);
    if (type !== "timeseries") continue;
    for (const { expr } of targets) {
      // A sum of all, or a choice that holds for the whole graph.
      assertMatch(
        String(expr),
        /and \(topk\(20, |^(?:sum by \((?:state|le)\)|histogram_quantile|sum|max)\b/,
      );
      if (!String(expr).includes("topk(20, ")) {
        assertNotMatch(String(expr), /^(?:sum|max) by \(job/);
      }
    }
  }
});

Deno.test("buildDashboard() takes title, uid, tags and job from the configuration", () => {
  const dashboard = buildDashboard(parseGoodConfig(`
ports: [{port: 6984}]
alerts: {job: syslog}
dashboard: {title: Ports of logs, uid: logs-1, tags: [logs, ports]}
`));
  assertEquals(dashboard.title, "Ports of logs");
  assertEquals(dashboard.uid, "logs-1");
  assertEquals(dashboard.tags, ["logs", "ports"]);
  const job = dashboard.templating?.list?.find(({ name }) => name === "job");
  assertEquals(job?.current, {
    selected: true,
    text: ["syslog"],
    value: ["syslog"],
  });
});

Deno.test("buildDashboard() lets no text of a user become a variable", () => {
  const hostile = '$job ${datasource} [[name]] {{x}} "\\ $5 5$ \u2028';
  const text = JSON.stringify(hostile);
  const dashboard = buildDashboard(parseGoodConfig(`
ports: [{port: 6984, name: ${text}, labels: {site: ${text}}}]
alerts:
  runbook_url: "https://wiki.example/$job/\${name}?x=[[name]]"
dashboard: {title: ${text}, tags: [${text}]}
`));
  const texts = [
    dashboard.title ?? "",
    ...dashboard.tags ?? [],
    ...(dashboard.links ?? []).map(({ url }) => url ?? ""),
  ];
  assertEquals(texts.length, 3);
  for (const text of texts) assertNotMatch(text, /\$[\w{]|\[\[/);
  assertEquals(
    dashboard.title,
    '\uff04job \uff04{datasource} \uff3b\uff3bname]] {{x}} "\\ \uff045 5$ \u2028',
  );
  assertEquals(
    dashboard.links?.[0]?.url,
    "https://wiki.example/%24job/%24{name}?x=%5B%5Bname]]",
  );
  // Names and labels of targets are data, which the queries bring.
  assert(!JSON.stringify(dashboard.panels).includes(text.slice(1, -1)));
});

Deno.test("buildDashboard() links panels to the runbook of their alerts", () => {
  assertEquals(buildDashboard(FULL).links, []);
  const linksOf = (config: Config) =>
    listPanels(config).flatMap(({ links = [] }) =>
      links.map(({ title, url }) => `${title} ${url}`)
    );
  const links = linksOf(FULL);
  assert(links.includes("Runbook: PortDown https://wiki.example/PortDown"));
  assert(
    links.includes(
      "Runbook: PortWrongOwner https://wiki.example/PortWrongOwner",
    ),
  );
  const without = linksOf(parseGoodConfig(`
ports: [{port: 6984}]
alerts: {runbook_url: "https://wiki.example/{alert}", disable: [PortRebound]}
`));
  assertGreater(without.length, 0);
  assert(!without.some((link) => link.includes("PortRebound")));
  assert(!without.some((link) => link.includes("PortWrongOwner")));
});

Deno.test("buildDashboard() links to a runbook that is one page once", () => {
  const config = parseGoodConfig(`
ports: [{port: 6984}]
alerts: {runbook_url: "https://wiki.example/ports"}
`);
  assertEquals(
    buildDashboard(config).links?.map(({ title, url }) => [title, url]),
    [["Runbook", "https://wiki.example/ports"]],
  );
  for (const { links = [] } of listPanels(config)) assertEquals(links, []);
  assertEquals(buildDashboard(CONFIGS["UDP only"] ?? FULL).links, []);
});

Deno.test("buildDashboard() annotates rebinds", () => {
  const { list = [] } = buildDashboard(FULL).annotations ?? {};
  assertEquals(list.map(({ name }) => name), [
    "Annotations & Alerts",
    "Rebinds",
  ]);
  const { list: without = [] } =
    buildDashboard(CONFIGS["listeners only"] ?? fail("none")).annotations ?? {};
  assertEquals(without.length, 1);
});

Deno.test("buildDashboard() gives every column of a table a query or a label", () => {
  for (
    const { type, targets = [], transformations = [], title } of listPanels(
      FULL,
    )
  ) {
    if (type !== "table") continue;
    const [, filter, organize] = transformations;
    const { names } =
      (filter?.options as { include: { names: readonly string[] } }).include;
    assertEquals(new Set(names).size, names.length, title);
    const { indexByName } = organize?.options as { indexByName: object };
    assertEquals(Object.keys(indexByName), names);
    const [first, ...rest] = targets;
    const labels = /by \(([^)]*)\)/.exec(String(first?.["expr"]))?.[1]
      ?.split(", ");
    assertEquals(
      names.filter((name) => name.startsWith("Value #")).sort(),
      rest.map(({ refId }) => `Value #${refId}`).sort(),
      title,
    );
    for (const name of names) {
      assert(name.startsWith("Value #") || labels?.includes(name), name);
    }
  }
});
