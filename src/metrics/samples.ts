/**
 * Turns a snapshot into samples: the place where each metric gets its value.
 *
 * @module
 */

import { createLastValue, createLastValues } from "../model/last_value.ts";
import type { TargetRecord } from "../model/target_record.ts";
import type { MetricName } from "./catalog.ts";
import type { BuildInfo } from "../version.ts";
import type { Listener } from "../model/listeners.ts";
import type { SourceHealth } from "../model/source_health.ts";
import type { Snapshot, TargetStatus } from "../model/snapshot.ts";
import { type PortState, portStates } from "../model/verdict.ts";
import type { WatchedTarget } from "../model/watched_target.ts";
import {
  createSampleCollector,
  type Labels,
  type Sample,
  type SampleCollector,
  type Samples,
} from "./exposition.ts";

/** How loading the configuration has been going. */
export interface ConfigLoad {
  /** Whether the last attempt succeeded. */
  readonly successful: boolean;
  /** When it succeeded last, seconds since 1970. */
  readonly successSeconds: number;
}

/** What an exposition shows. */
export interface ExpositionInput {
  /** The scan. */
  readonly snapshot: Snapshot;
  /** What is known of a target since the start. */
  readonly record: (key: string) => Partial<TargetRecord> | undefined;
  /** The sources of the scan. */
  readonly sources: readonly SourceHealth[];
  /** Walks over all processes. */
  readonly ownerWalks: number;
  /** The program. */
  readonly build: BuildInfo;
  /** The configuration file; absent without one. */
  readonly configLoad?: ConfigLoad;
  /** Metrics that are samples already. */
  readonly selfSamples?: Samples;
  /** The exporter's own process; absent when not asked for. */
  readonly process?: ReadonlyMap<MetricName, number | undefined>;
}

/** One object for all, which prom-client renders once. */
const NO_LABELS: Labels = {};

/** Builds the samples of one exposition. */
export function buildSamples(input: ExpositionInput): Samples {
  const { snapshot, sources, configLoad } = input;
  const collector = createSampleCollector();
  const add = (name: MetricName, value: number | undefined) =>
    collector.add(name, NO_LABELS, value);
  if (snapshot.listeners !== undefined) {
    addListeners(collector, snapshot.listeners);
  }
  add("port_unexpected_listeners", snapshot.unexpectedListeners);
  const { counters } = snapshot;
  add("port_host_udp_no_port_datagrams_total", counters.udpNoPort);
  add(
    "port_host_udp_receive_buffer_errors_total",
    counters.udpReceiveBufferErrors,
  );
  add("port_host_tcp_listen_overflows_total", counters.tcpListenOverflows);
  add("port_host_tcp_listen_drops_total", counters.tcpListenDrops);
  collector.add("port_exporter_build_info", input.build, 1);
  add("port_exporter_configured_ports", snapshot.targets.length);
  if (configLoad !== undefined) {
    add(
      "port_exporter_config_last_reload_successful",
      Number(configLoad.successful),
    );
    add(
      "port_exporter_config_last_reload_success_timestamp_seconds",
      configLoad.successSeconds,
    );
  }
  for (const { labels, success, errors } of sources) {
    collector.add("port_exporter_scan_success", labels, success ? 1 : 0);
    collector.add("port_exporter_scan_errors_total", labels, errors);
  }
  add("port_exporter_owner_walks_total", input.ownerWalks);
  for (const [name, value] of input.process ?? []) add(name, value);
  return new Map([
    ...input.selfSamples ?? [],
    ...buildTargetSamples(snapshot.targets, input.record),
    ...collector.samples,
  ]);
}

const lastSettled = createLastValue<Samples>();

/** What changes seldom is one object for all targets while nothing changes. */
function buildTargetSamples(
  targets: readonly TargetStatus[],
  recordOf: ExpositionInput["record"],
): Samples {
  const settled: (readonly NamedSample[])[] = [];
  const { add, samples } = createSampleCollector();
  for (const status of targets) {
    const { watched: { key, labels }, up } = status;
    // Unknown now: no counter of it is to be trusted.
    const record = up === undefined ? undefined : recordOf(key);
    settled.push(buildSettledSamples(status, record));
    add("port_down_seconds_total", labels, record?.downSeconds);
    add("port_observed_seconds_total", labels, record?.observedSeconds);
  }
  return new Map([
    ...samples,
    ...lastSettled(settled, () => {
      const { push, samples } = createSampleCollector();
      for (const [name, sample] of settled.flat()) push(name, sample);
      return samples;
    }),
  ]);
}

type NamedSample = readonly [MetricName, Sample];

const lastSettledOf = createLastValues<TargetStatus, readonly NamedSample[]>();

function buildSettledSamples(
  status: TargetStatus,
  record: Partial<TargetRecord> | undefined,
): readonly NamedSample[] {
  const evidence = [record?.drops, record?.rebinds, record?.lastChangeSeconds];
  return lastSettledOf(status, evidence, () => {
    const samples: NamedSample[] = [];
    const add: SampleCollector["add"] = (name, labels, value) => {
      if (value !== undefined) samples.push([name, { labels, value }]);
    };
    addStatus(add, status);
    const { labels } = status.watched;
    add("port_receive_drops_total", labels, record?.drops);
    add("port_rebinds_total", labels, record?.rebinds);
    add(
      "port_last_change_timestamp_seconds",
      labels,
      record?.lastChangeSeconds,
    );
    return samples;
  });
}

function addStatus(add: SampleCollector["add"], status: TargetStatus): void {
  const { watched, up, state, sockets, receiveQueue } = status;
  const { target, labels } = watched;
  add("port_up", labels, up === undefined ? undefined : Number(up));
  if (state !== undefined) {
    for (const [candidate, stateLabels] of labelsByState(watched)) {
      add("port_state", stateLabels, candidate === state ? 1 : 0);
    }
  }
  add("port_sockets", labels, sockets?.length);
  add("port_expected_sockets", labels, target.sockets);
  addOwner(add, status);
  add(
    target.protocol === "udp"
      ? "port_receive_queue_bytes"
      : "port_accept_queue_connections",
    labels,
    receiveQueue,
  );
}

function addOwner(
  add: SampleCollector["add"],
  { watched: { labels }, owner }: TargetStatus,
): void {
  for (const info of owner.infos) {
    add("port_owner_info", { ...labels, ...info }, 1);
  }
  const oldest = owner.processes?.[0];
  add("port_owner_pid", labels, oldest?.pid);
  add(
    "port_owner_processes",
    labels,
    owner.infos.length > 0 ? owner.processes?.length : undefined,
  );
  add(
    "port_owner_start_time_seconds",
    labels,
    oldest?.startTimeSeconds,
  );
  add(
    "port_owner_matches",
    labels,
    owner.matches === undefined ? undefined : Number(owner.matches),
  );
}

const stateLabelsByTarget = new WeakMap<
  WatchedTarget,
  ReadonlyMap<PortState, Labels>
>();

/** The labels of the `port_state` series, the same objects for every scan. */
function labelsByState(
  watched: WatchedTarget,
): ReadonlyMap<PortState, Labels> {
  let labels = stateLabelsByTarget.get(watched);
  if (labels === undefined) {
    labels = new Map(
      portStates.map((state) => [state, { ...watched.labels, state }]),
    );
    stateLabelsByTarget.set(watched, labels);
  }
  return labels;
}

function addListeners(
  { add }: SampleCollector,
  listeners: readonly Listener[],
): void {
  for (const { port, ...labels } of listeners) {
    add("port_listener_info", { ...labels, port: String(port) }, 1);
  }
}
