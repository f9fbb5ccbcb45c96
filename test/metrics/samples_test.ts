import { assertEquals, assertStrictEquals } from "@std/assert";
import type { Labels } from "../../src/metrics/exposition.ts";
import { buildSamples } from "../../src/metrics/samples.ts";
import type { Listener } from "../../src/model/listeners.ts";
import type { Snapshot, TargetStatus } from "../../src/model/snapshot.ts";
import type { SourceHealth } from "../../src/model/source_health.ts";
import type { TargetRecord } from "../../src/model/target_record.ts";
import { portStates } from "../../src/model/verdict.ts";
import { buildSocket, buildWatched } from "../support/builders.ts";

interface Scene {
  readonly targets?: readonly Partial<TargetStatus>[];
  readonly listeners?: readonly Listener[];
  readonly sources?: readonly SourceHealth[];
}

const BUILD = {
  version: "1.2.3",
  revision: "0123456789ab",
  deno_version: "2.7.11",
  target: "x86_64-unknown-linux-gnu",
};

const LABELS = { protocol: "udp", port: "6984", name: "asa" };

function buildAll({ targets = [], listeners, sources = [] }: Scene) {
  const snapshot: Snapshot = {
    targets: targets.map((status) => ({
      watched: buildWatched(),
      owner: { infos: [], holders: [] },
      ...status,
    })),
    ...(listeners && { listeners, unexpectedListeners: listeners.length }),
    counters: {},
  };
  return buildSamples({
    snapshot,
    sources,
    build: BUILD,
    record: () => undefined,
    ownerWalks: 0,
  });
}

/** The series of one metric, each with its labels and value. */
function seriesOf(
  name: Parameters<ReturnType<typeof buildAll>["get"]>[0],
  scene: Scene,
): (readonly [Labels, number])[] {
  return (buildAll(scene).get(name) ?? [])
    .map(({ labels, value }) => [labels, value] as const);
}

const DOWN: Partial<TargetStatus> = { up: false, state: "down", sockets: [] };
const UNKNOWN: Partial<TargetStatus> = {};

Deno.test("buildSamples() gives a target that was never up 0 from the first scan", () => {
  const scene = { targets: [DOWN] };
  assertEquals(seriesOf("port_up", scene), [[LABELS, 0]]);
  assertEquals(seriesOf("port_sockets", scene), [[LABELS, 0]]);
});

Deno.test("buildSamples() gives a target that is up 1 and its sockets", () => {
  const scene = {
    targets: [
      {
        up: true,
        state: "up",
        sockets: [buildSocket(), buildSocket()],
      } as const,
    ],
  };
  assertEquals(seriesOf("port_up", scene), [[LABELS, 1]]);
  assertEquals(seriesOf("port_sockets", scene), [[LABELS, 2]]);
});

for (const name of ["port_up", "port_state", "port_sockets"] as const) {
  Deno.test(`buildSamples() gives no ${name} while it is unknown`, () => {
    assertEquals(seriesOf(name, { targets: [UNKNOWN] }), []);
  });
}

Deno.test("buildSamples() gives port_up while only the count is unknown", () => {
  const scene = { targets: [{ up: true }] };
  assertEquals(seriesOf("port_up", scene), [[LABELS, 1]]);
  assertEquals(seriesOf("port_state", scene), []);
  assertEquals(seriesOf("port_sockets", scene), []);
});

for (const state of portStates) {
  Deno.test(`buildSamples() gives 1 to ${state} and 0 to every other port_state`, () => {
    const series = seriesOf("port_state", { targets: [{ up: true, state }] });
    assertEquals(
      series.map(([labels, value]) => `${labels["state"]} ${value}`).sort(),
      ["down", "up", "wrong_address", "wrong_count", "wrong_owner"]
        .map((each) => `${each} ${each === state ? 1 : 0}`),
    );
    for (const [{ state: _, ...labels }] of series) {
      assertEquals(labels, LABELS);
    }
  });
}

Deno.test("buildSamples() gives the expected sockets only where they are configured", () => {
  const configured = buildWatched({ sockets: 4, name: "four" });
  assertEquals(
    seriesOf("port_expected_sockets", {
      targets: [UNKNOWN, { ...UNKNOWN, watched: configured }],
    }),
    [[{ ...LABELS, name: "four" }, 4]],
  );
});

Deno.test("buildSamples() calls the queue by what it counts", () => {
  const tcp = { watched: buildWatched({ protocol: "tcp" }), receiveQueue: 3 };
  const scene = { targets: [{ receiveQueue: 4160 }, tcp, DOWN] };
  assertEquals(seriesOf("port_receive_queue_bytes", scene), [[LABELS, 4160]]);
  assertEquals(seriesOf("port_accept_queue_connections", scene), [
    [{ ...LABELS, protocol: "tcp" }, 3],
  ]);
});

Deno.test("buildSamples() puts the configured labels on every series of a target", () => {
  const watched = buildWatched({ labels: { site: "fra1" }, sockets: 1 });
  const samples = buildAll({
    targets: [{ ...DOWN, watched, receiveQueue: 0 }],
  });
  for (const [name, values] of samples) {
    if (name.startsWith("port_exporter_")) continue;
    for (const { labels } of values) {
      assertEquals([name, labels["site"]], [name, "fra1"]);
    }
  }
});

// Rendered labels are remembered by object: new ones cost at every scrape.
Deno.test("buildSamples() passes the same labels for every scan", () => {
  const scene = { targets: [{ ...DOWN, watched: buildWatched() }] };
  const [first, second] = [buildAll(scene), buildAll(scene)];
  for (const name of ["port_up", "port_state", "port_sockets"] as const) {
    assertStrictEquals(
      first.get(name)?.[0]?.labels,
      second.get(name)?.[0]?.labels,
    );
  }
});

Deno.test("buildSamples() follows a record while the status stays the same", () => {
  const status = {
    ...DOWN,
    watched: buildWatched(),
    owner: { infos: [], holders: [] },
  };
  const valuesOf = (record: TargetRecord) => {
    const samples = buildSamples({
      snapshot: { targets: [status], counters: {} },
      sources: [],
      build: BUILD,
      record: () => record,
      ownerWalks: 0,
    });
    return ([
      "port_receive_drops_total",
      "port_rebinds_total",
      "port_down_seconds_total",
      "port_observed_seconds_total",
      "port_last_change_timestamp_seconds",
    ] as const).map((name) => samples.get(name)?.map(({ value }) => value));
  };
  const record = {
    rebinds: 1,
    observedSeconds: 2,
    downSeconds: 3,
    sinceSeconds: 0,
  };
  assertEquals(valuesOf(record), [undefined, [1], [3], [2], undefined]);
  assertEquals(
    valuesOf({ ...record, drops: 4, lastChangeSeconds: 5 }),
    [[4], [1], [3], [2], [5]],
  );
  assertEquals(
    valuesOf({ ...record, rebinds: 6, observedSeconds: 7, downSeconds: 8 }),
    [undefined, [6], [8], [7], undefined],
  );
});

// Rendered text is remembered by its values: new ones are compared one by one.
Deno.test("buildSamples() passes the same values of what has not changed", () => {
  const status = { ...DOWN, watched: buildWatched() };
  const snapshot = {
    targets: [{ ...status, owner: { infos: [], holders: [] } }],
  };
  const build = () =>
    buildSamples({
      snapshot: { ...snapshot, counters: {} },
      sources: [],
      build: BUILD,
      record: () => undefined,
      ownerWalks: 0,
    });
  assertStrictEquals(build().get("port_state"), build().get("port_state"));
});

Deno.test("buildSamples() gives each listener a series and counts them", () => {
  const scene = {
    listeners: [
      { protocol: "udp", address: "::", port: 514, user: "root" } as const,
      {
        protocol: "tcp",
        address: "10.0.0.5",
        port: 65535,
        process: "rsyslogd",
        user: "syslog",
      } as const,
    ],
  };
  assertEquals(seriesOf("port_listener_info", scene), [
    [{ protocol: "udp", address: "::", port: "514", user: "root" }, 1],
    [{
      protocol: "tcp",
      address: "10.0.0.5",
      port: "65535",
      process: "rsyslogd",
      user: "syslog",
    }, 1],
  ]);
  assertEquals(seriesOf("port_unexpected_listeners", scene), [[{}, 2]]);
});

Deno.test("buildSamples() counts 0 listeners when there are none", () => {
  assertEquals(seriesOf("port_unexpected_listeners", { listeners: [] }), [
    [{}, 0],
  ]);
});

Deno.test("buildSamples() gives no count of listeners that are unknown or not asked for", () => {
  assertEquals(seriesOf("port_unexpected_listeners", {}), []);
});

Deno.test("buildSamples() tells how the sources have been doing", () => {
  const scene = {
    sources: [
      { labels: { source: "udp" }, success: true, errors: 0 },
      { labels: { source: "udp6" }, success: false, errors: 7 },
    ],
  };
  assertEquals(seriesOf("port_exporter_scan_success", scene), [
    [{ source: "udp" }, 1],
    [{ source: "udp6" }, 0],
  ]);
  assertEquals(seriesOf("port_exporter_scan_errors_total", scene), [
    [{ source: "udp" }, 0],
    [{ source: "udp6" }, 7],
  ]);
});

Deno.test("buildSamples() counts the configured targets, unknown ones too", () => {
  assertEquals(seriesOf("port_exporter_configured_ports", {}), [[{}, 0]]);
  assertEquals(
    seriesOf("port_exporter_configured_ports", { targets: [DOWN, UNKNOWN] }),
    [[{}, 2]],
  );
});

Deno.test("buildSamples() names the program", () => {
  assertEquals(seriesOf("port_exporter_build_info", {}), [[BUILD, 1]]);
});
