/**
 * Status reports made by hand: nothing of them was ever seen on a host.
 *
 * @module
 */

import type {
  OwnerReport,
  StatusReport,
  TargetReport,
} from "../../src/report/status_report.ts";

/** The time of every report here. */
export const NOW = "2026-03-14T03:12:40.000Z";

/** 24 hours before the end of the minute of {@linkcode NOW}. */
export const HISTORY_START = "2026-03-13T03:13:00.000Z";

const MINUTES = 1440;

/** A day of `u`, with these runs in it: minutes before now, length, state. */
export function buildHistory(
  ...runs: readonly (readonly [minutesAgo: number, length: number, "d" | "-"])[]
): string {
  const minutes = Array.from<string>({ length: MINUTES }).fill("u");
  for (const [minutesAgo, length, state] of runs) {
    minutes.fill(
      state,
      MINUTES - 1 - minutesAgo,
      MINUTES - 1 - minutesAgo + length,
    );
  }
  return minutes.join("");
}

/** Filebeat, which has run for 12 days. */
export function buildOwner(changes: Partial<OwnerReport> = {}): OwnerReport {
  return {
    address: "0.0.0.0",
    process: "filebeat",
    unit: "filebeat.service",
    user: "filebeat",
    pid: 1311,
    startTime: "2026-03-02T09:10:12.000Z",
    ...changes,
  };
}

const rsyslog = buildOwner({
  process: "rsyslogd",
  unit: "rsyslog.service",
  user: "syslog",
  pid: 912,
  startTime: "2026-02-11T04:00:31.000Z",
});

/** UDP port 6984 in the hands of Filebeat, up since the exporter started. */
export function buildTargetReport(
  changes: Partial<TargetReport> = {},
): TargetReport {
  const { history = buildHistory() } = changes;
  return {
    protocol: "udp",
    port: 6984,
    name: "cisco-asa",
    labels: {},
    severity: "critical",
    expected: { address: "any", process: ["filebeat"] },
    up: true,
    state: "up",
    observedSince: "2026-03-02T09:15:00.000Z",
    sockets: 1,
    owners: [buildOwner()],
    ownerMatches: true,
    receiveQueueBytes: 0,
    receiveDrops: 0,
    rebinds: 0,
    downSeconds: 0,
    observedSeconds: 1_014_000,
    history,
    historyDownSeconds: 60 * (history.split("d").length - 1),
    ...changes,
  };
}

/** UDP port 6985, which nobody serves. */
export function buildDownReport(
  changes: Partial<TargetReport> = {},
): TargetReport {
  const { receiveQueueBytes: _, ownerMatches: __, ...target } =
    buildTargetReport();
  return {
    ...target,
    port: 6985,
    name: "fortigate",
    up: false,
    state: "down",
    lastChange: "2026-03-14T02:49:05.000Z",
    sockets: 0,
    owners: [],
    ...changes,
  };
}

/** TCP port 514 in the hands of rsyslog. */
export function buildTcpReport(
  changes: Partial<TargetReport> = {},
): TargetReport {
  const { receiveQueueBytes: _, receiveDrops: __, ...target } =
    buildTargetReport();
  return {
    ...target,
    protocol: "tcp",
    port: 514,
    name: "syslog",
    severity: "warning",
    expected: { address: "any", process: ["rsyslogd"] },
    owners: [{ ...rsyslog, address: "::" }],
    acceptQueueConnections: 0,
    ...changes,
  };
}

/** The report of a host whose sources are all well. */
export function buildReport(
  targets: readonly TargetReport[] = [buildTargetReport()],
  changes: Partial<StatusReport> = {},
): StatusReport {
  return {
    time: NOW,
    hostname: "log1.fra.example",
    historyStart: HISTORY_START,
    targets,
    host: {
      udpNoPortDatagrams: 18_204,
      udpReceiveBufferErrors: 1_377,
      tcpListenOverflows: 0,
      tcpListenDrops: 0,
    },
    exporter: {
      version: "0.1.0",
      revision: "0123456789ab",
      denoVersion: "2.7.11",
      target: "x86_64-unknown-linux-gnu",
      startTime: "2026-03-02T09:15:00.000Z",
      config: {
        lastReloadSuccessful: true,
        lastReloadSuccess: "2026-03-02T09:15:00.000Z",
      },
      sources: ["udp", "udp6", "tcp", "tcp6", "owners", "snmp", "snmp6"].map(
        (source) => ({ source, success: true, errors: 0 }),
      ),
    },
    ...changes,
  };
}

const udpTargets: readonly Partial<TargetReport>[] = [
  {
    port: 6984,
    name: "cisco-asa",
    labels: { site: "fra1" },
    lastChange: "2026-03-13T22:40:13.000Z",
    owners: [buildOwner({
      unit: "filebeat@asa.service",
      pid: 48211,
      startTime: "2026-03-13T22:40:12.000Z",
    })],
    receiveQueueBytes: 4160,
    rebinds: 1,
    downSeconds: 61,
    history: buildHistory([273, 1, "d"]),
  },
  {
    port: 6986,
    name: "paloalto",
    labels: { site: "fra1" },
    receiveQueueBytes: 212_992,
    receiveDrops: 48_213,
    lastReceiveDrop: "2026-03-14T03:12:39.000Z",
  },
  { port: 6987, name: "checkpoint", receiveDrops: 12 },
  { port: 6988, name: "switches-access", receiveQueueBytes: 1280 },
  { port: 6989, name: "switches-core" },
  {
    port: 6990,
    name: "wlan-controller",
    state: "wrong_owner",
    ownerMatches: false,
    lastChange: "2026-03-13T18:02:44.000Z",
    owners: [buildOwner({
      process: "nc",
      unit: "session-812.scope",
      user: "mallory",
      pid: 50711,
      startTime: "2026-03-13T18:02:43.000Z",
    })],
    rebinds: 1,
    history: buildHistory([560, 9, "d"]),
  },
  { port: 6991, name: "vpn-gateway", history: buildHistory([1200, 95, "-"]) },
  { port: 6992, name: "loadbalancer" },
  { port: 6998, name: "storage", labels: { site: "fra2" } },
  { port: 7878, name: "netflow", receiveQueueBytes: 16_640 },
  { port: 7879, name: "sflow" },
];

/** What a log host of 15 targets could look like in a bad night. */
export const badNight: StatusReport = buildReport([
  ...udpTargets.map(buildTargetReport),
  buildDownReport({
    labels: { site: "fra1" },
    rebinds: 3,
    downSeconds: 6_060,
    history: buildHistory([1010, 45, "d"], [560, 32, "d"], [23, 24, "d"]),
  }),
  buildDownReport({
    port: 514,
    name: "syslog",
    severity: "warning",
    expected: { address: "10.0.0.5", process: ["rsyslogd"] },
    state: "wrong_address",
    lastChange: "2026-03-14T00:30:02.000Z",
    owners: [{ ...rsyslog, address: "127.0.0.1" }],
    downSeconds: 9_758,
    history: buildHistory([162, 163, "d"]),
  }),
  buildTcpReport(),
  buildTcpReport({
    port: 6514,
    name: "syslog-tls",
    owners: [rsyslog, { ...rsyslog, address: "::" }],
    sockets: 2,
  }),
]);
