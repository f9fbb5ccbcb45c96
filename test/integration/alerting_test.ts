/**
 * The way of an alert: a real receiver that stops, the built binary, the rules
 * that it made, a real Prometheus and a real Alertmanager.
 */

import { assertEquals, assertMatch } from "@std/assert";
import {
  eventually,
  fail,
  runCommand,
  runProgram,
  startExporter,
  wait,
  writeConfig,
} from "../support/program.ts";
import { startPrometheus } from "../support/prometheus.ts";
import {
  findFreePort,
  findServicePort,
  sendDatagrams,
  startProcess,
  startSocat,
} from "../support/sockets.ts";

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Alertmanager extends AsyncDisposable {
  /** `127.0.0.1:12345` */
  readonly host: string;
  /** Alerts that fire now, by name. */
  firing(name: string): Promise<readonly Alert[]>;
}

const ALERTMANAGER_CONFIG =
  "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n";

/** Starts an Alertmanager that tells nobody. */
async function startAlertmanager(
  config = ALERTMANAGER_CONFIG,
): Promise<Alertmanager> {
  const directory = await Deno.makeTempDir({ prefix: "alertmanager-" });
  await Deno.writeTextFile(`${directory}/alertmanager.yml`, config);
  const checked = await runCommand(
    ["amtool", "check-config", `${directory}/alertmanager.yml`],
  );
  assertEquals(checked.code, 0, checked.stderr);
  const host = `127.0.0.1:${await findFreePort()}`;
  const process = startProcess([
    "prometheus-alertmanager",
    `--config.file=${directory}/alertmanager.yml`,
    `--storage.path=${directory}/data`,
    `--web.listen-address=${host}`,
    "--cluster.listen-address=",
  ]);
  return {
    host,
    async firing(name) {
      const filter = encodeURIComponent(`alertname="${name}"`);
      const response = await fetch(
        `http://${host}/api/v2/alerts?active=true&filter=${filter}`,
      );
      return await response.json();
    },
    async [Symbol.asyncDispose]() {
      await process.stop();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Waits for so many alerts of a name, a minute at most. */
async function waitForAlerts(
  alertmanager: Alertmanager,
  { name, count, meanwhile = () => Promise.resolve() }: {
    readonly name: string;
    readonly count: number;
    readonly meanwhile?: () => Promise<void>;
  },
): Promise<readonly Alert[]> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    await meanwhile();
    const alerts = await alertmanager.firing(name).catch(() => []);
    if (alerts.length === count) return alerts;
    if (Date.now() > deadline) {
      fail(`${name}: ${JSON.stringify(alerts)}, want ${count} alerts`);
    }
    await wait(200);
  }
}

Deno.test("a receiver that stops reaches Alertmanager, and its return too", async () => {
  const port = await findServicePort();
  const config = `defaults: {for: 1s}
ports:
  - {port: ${port}, name: cisco-asa, labels: {site: fra1}}
alerts:
  labels: {team: logs}
  runbook_url: "https://wiki.example/{alert}"
  override: {PortExporterDown: {for: 1s}}
`;
  await using exporter = await startExporter({ config });
  await using alertmanager = await startAlertmanager();
  const rules = await runProgram(
    "rules",
    `--config.file=${exporter.configFile}`,
  );
  assertEquals(rules.code, 0, rules.stderr);
  await using ruleFile = await writeConfig(rules.stdout);
  const target = new URL(exporter.url).host;
  const scrapeConfig = await runProgram(
    "scrape-config",
    `--config.file=${exporter.configFile}`,
    `--targets=${target}`,
  );
  const receiver = await startSocat(`UDP4-RECV:${port}`);
  await using _prometheus = await startPrometheus(
    `global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: ["${ruleFile.path}"]
alerting: {alertmanagers: [{static_configs: [{targets: ["${alertmanager.host}"]}]}]}
${scrapeConfig.stdout}`,
  );
  await wait(3_000);
  assertEquals(await alertmanager.firing("PortDown"), []);

  await receiver.stop();
  const [down] = await waitForAlerts(alertmanager, {
    name: "PortDown",
    count: 1,
  });
  assertEquals(down?.labels, {
    alertname: "PortDown",
    instance: target,
    job: "port_exporter",
    name: "cisco-asa",
    port: String(port),
    protocol: "udp",
    severity: "critical",
    site: "fra1",
    team: "logs",
  });
  assertEquals(
    down?.annotations["runbook_url"],
    "https://wiki.example/PortDown",
  );
  assertMatch(
    down?.annotations["description"] ?? "",
    new RegExp(`^udp port ${port} \\(cisco-asa\\) on ${target} is down`),
  );

  const [losing] = await waitForAlerts(alertmanager, {
    name: "PortDownLosingDatagrams",
    count: 1,
    meanwhile: () => sendDatagrams(port, { count: 5 }),
  });
  assertEquals(losing?.labels["port"], String(port));

  await using _again = await startSocat(`UDP4-RECV:${port}`);
  await waitForAlerts(alertmanager, { name: "PortDown", count: 0 });

  await exporter.stop();
  const [gone] = await waitForAlerts(alertmanager, {
    name: "PortExporterDown",
    count: 1,
  });
  assertEquals(gone?.labels["instance"], target);
});

Deno.test("the inhibit rules of the page hold back the lesser alerts, and no others", async () => {
  const page = await Deno.readTextFile("rules/README.md");
  const [, rules = fail("the page has none")] =
    /```yaml\n(inhibit_rules:\n[\s\S]*?)```/.exec(page) ?? [];
  await using alertmanager = await startAlertmanager(
    ALERTMANAGER_CONFIG + rules,
  );
  const url = `http://${alertmanager.host}/api/v2/alerts`;
  /** By name, host and port. */
  const expected = {
    "PortDownLosingDatagrams a 514": "active",
    "PortDown a 514": "suppressed",
    "PortDown a 515": "active",
    "PortDown b 514": "active",
    "PortExporterDown c": "active",
    "PortReceiveDrops c 514": "suppressed",
    "PortExporterAbsent": "active",
    "DiskFull c": "active",
  };
  const alerts = Object.keys(expected).map((key) => {
    const [alertname, instance, port] = key.split(" ");
    return { labels: { job: "port_exporter", alertname, instance, port } };
  });
  await eventually(async () => {
    const posted = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(alerts),
    });
    assertEquals(await posted.text(), "");
    const shown: readonly (Alert & { readonly status: { state: string } })[] =
      await (await fetch(url)).json();
    const states = shown.map(({ labels, status }) => {
      const { alertname, instance = "", port = "" } = labels;
      return [`${alertname} ${instance} ${port}`.trim(), status.state];
    });
    assertEquals(Object.fromEntries(states), expected);
  });
});
