import { Ajv, type SchemaObject } from "ajv";
import { assertEquals } from "@std/assert";
import type { Target } from "../../src/config/config.ts";
import type { ListeningSocket } from "../../src/model/listening_socket.ts";
import { buildOwnerStatus } from "../../src/model/owner.ts";
import type { Snapshot, TargetStatus } from "../../src/model/snapshot.ts";
import type { TargetRecord } from "../../src/model/target_record.ts";
import {
  buildStatusReport,
  type StatusReportInput,
} from "../../src/report/build_status_report.ts";
import {
  buildOwners,
  buildProcess,
  buildSocket,
  buildTarget,
  buildWatched,
} from "../support/builders.ts";
import schema from "../../docs/ports.schema.json" with { type: "json" };

/** 2026-03-14T03:12:40Z, in seconds since 1970 as `date +%s` tells. */
const UNIX_SECONDS = 1_773_457_960;

const NOTHING: Snapshot = { targets: [], counters: {} };

const validate = new Ajv({ formats: { "date-time": true } })
  .compile(schema as SchemaObject);

/** The report, which has to fit the schema. */
async function build(input: Partial<StatusReportInput> = {}) {
  const report = await buildStatusReport({
    snapshot: NOTHING,
    unixSeconds: UNIX_SECONDS,
    sources: [],
    build: {
      version: "1.2.3",
      revision: "0123456789ab",
      deno_version: "2.7.11",
      target: "x86_64-unknown-linux-gnu",
    },
    hostname: "log1",
    ...input,
  });
  validate(report);
  assertEquals(validate.errors, null);
  return report;
}

/** A target with these sockets, held by Filebeat. */
function buildStatus(
  target: Partial<Target>,
  sockets: readonly Partial<ListeningSocket>[],
  changes: Partial<TargetStatus> = {},
): TargetStatus {
  const bound = sockets.map(buildSocket);
  return {
    watched: buildWatched(target),
    up: true,
    state: "up",
    sockets: bound,
    owner: buildOwnerStatus(
      buildTarget(target),
      bound,
      buildOwners({ 4711: [buildProcess({ unit: "filebeat.service" })] }),
    ),
    ...changes,
  };
}

async function reportTarget(
  status: TargetStatus,
  record?: TargetRecord,
) {
  const { targets } = await build({
    snapshot: { targets: [status], counters: {} },
    watch: {
      startSeconds: UNIX_SECONDS - 60,
      record: () => record,
      history: () => ({
        record: () => {},
        render: () => "-".repeat(1439) + "u",
        countDownSeconds: () => 42,
      }),
    },
  });
  return targets[0];
}

Deno.test("buildStatusReport() tells all of a target", async () => {
  const target = await reportTarget(
    buildStatus(
      {
        labels: { site: "fra1" },
        address: { kind: "network", text: "10.0.0.0/8" },
        processes: ["filebeat"],
        units: ["filebeat.service", "filebeat@asa.service"],
        users: ["root"],
        sockets: 1,
        severity: "warning",
      },
      [{ address: "10.0.0.5" }],
      { receiveQueue: 4160 },
    ),
    {
      sinceSeconds: UNIX_SECONDS - 3600,
      rebinds: 2,
      observedSeconds: 3600,
      downSeconds: 61.5,
      lastChangeSeconds: UNIX_SECONDS - 40,
      drops: 7,
      lastDropSeconds: UNIX_SECONDS - 10,
    },
  );
  assertEquals(target, {
    protocol: "udp",
    port: 6984,
    name: "asa",
    labels: { site: "fra1" },
    severity: "warning",
    expected: {
      address: "10.0.0.0/8",
      process: ["filebeat"],
      unit: ["filebeat.service", "filebeat@asa.service"],
      user: ["root"],
      sockets: 1,
    },
    up: true,
    state: "up",
    sockets: 1,
    owners: [{
      address: "10.0.0.5",
      process: "filebeat",
      unit: "filebeat.service",
      user: "root",
      pid: 4242,
      startTime: "2023-11-14T22:13:20.000Z",
    }],
    ownerMatches: true,
    receiveQueueBytes: 4160,
    observedSince: "2026-03-14T02:12:40.000Z",
    lastChange: "2026-03-14T03:12:00.000Z",
    receiveDrops: 7,
    lastReceiveDrop: "2026-03-14T03:12:30.000Z",
    rebinds: 2,
    downSeconds: 61.5,
    observedSeconds: 3600,
    history: "-".repeat(1439) + "u",
    historyDownSeconds: 42,
  });
});

Deno.test("buildStatusReport() leaves out what is unknown, counters too", async () => {
  const target = await reportTarget(
    {
      watched: buildWatched(),
      owner: { infos: [], holders: [] },
    },
    { sinceSeconds: 0, rebinds: 2, observedSeconds: 9, downSeconds: 0 },
  );
  assertEquals(target, {
    protocol: "udp",
    port: 6984,
    name: "asa",
    labels: {},
    severity: "critical",
    expected: { address: "any" },
    state: "unknown",
    owners: [],
    history: "-".repeat(1439) + "u",
    historyDownSeconds: 42,
  });
});

Deno.test("buildStatusReport() tells the user of a socket whose process is unknown", async () => {
  const target = await reportTarget(
    buildStatus({}, [{ inode: "1", uid: 107 }]),
  );
  assertEquals(target?.owners, [{ address: "0.0.0.0", user: "107" }]);
});

Deno.test("buildStatusReport() tells the accept queue of TCP", async () => {
  const target = await reportTarget(
    buildStatus({ protocol: "tcp" }, [{}], { receiveQueue: 3 }),
  );
  assertEquals(target?.acceptQueueConnections, 3);
  assertEquals("receiveQueueBytes" in (target ?? {}), false);
});

Deno.test("buildStatusReport() tells all of the host and the exporter", async () => {
  const report = await build({
    snapshot: {
      targets: [],
      listeners: [{
        protocol: "tcp",
        port: 22,
        address: "::",
        process: "sshd",
        user: "root",
      }],
      unexpectedListeners: 1,
      counters: { udpNoPort: 5, tcpListenDrops: 0 },
    },
    sources: [
      { labels: { source: "udp" }, success: true, errors: 0 },
      {
        labels: { source: "owners" },
        success: false,
        errors: 3,
        lastError: "permission denied",
      },
    ],
    watch: {
      startSeconds: UNIX_SECONDS - 60,
      record: () => undefined,
      history: () => undefined,
    },
    configLoad: { successful: false, successSeconds: UNIX_SECONDS - 30 },
  });
  assertEquals(report, {
    time: "2026-03-14T03:12:40.000Z",
    hostname: "log1",
    historyStart: "2026-03-13T03:13:00.000Z",
    targets: [],
    listeners: [{
      protocol: "tcp",
      port: 22,
      address: "::",
      process: "sshd",
      user: "root",
    }],
    unexpectedListeners: 1,
    host: { udpNoPortDatagrams: 5, tcpListenDrops: 0 },
    exporter: {
      version: "1.2.3",
      revision: "0123456789ab",
      denoVersion: "2.7.11",
      target: "x86_64-unknown-linux-gnu",
      startTime: "2026-03-14T03:11:40.000Z",
      config: {
        lastReloadSuccessful: false,
        lastReloadSuccess: "2026-03-14T03:12:10.000Z",
      },
      sources: [
        { source: "udp", success: true, errors: 0 },
        {
          source: "owners",
          success: false,
          errors: 3,
          lastError: "permission denied",
        },
      ],
    },
  });
});

Deno.test("buildStatusReport() of a single scan knows nothing of the time before", async () => {
  const { historyStart, exporter } = await build();
  assertEquals(historyStart, undefined);
  assertEquals(Object.keys(exporter), [
    "version",
    "revision",
    "denoVersion",
    "target",
    "sources",
  ]);
});

Deno.test("buildStatusReport() gives the event loop room after each target", async () => {
  let breaths = 0;
  await buildStatusReport({
    snapshot: {
      targets: [buildStatus({}, []), buildStatus({}, [])],
      counters: {},
    },
    unixSeconds: UNIX_SECONDS,
    sources: [],
    build: { version: "", revision: "", deno_version: "", target: "" },
    hostname: undefined,
  }, {
    breathe() {
      breaths++;
      return undefined;
    },
  });
  assertEquals(breaths, 2);
});
