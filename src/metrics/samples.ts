/**
 * Turns a snapshot into samples: the place where each metric gets its value.
 *
 * @module
 */

import type { BuildInfo } from "../version.ts";
import type { Listener } from "../model/listeners.ts";
import type { SourceHealth } from "../model/source_health.ts";
import type { Snapshot, TargetStatus } from "../model/snapshot.ts";
import { type PortState, portStates } from "../model/verdict.ts";
import type { WatchedTarget } from "../model/watched_target.ts";
import {
  createSampleCollector,
  type Labels,
  type SampleCollector,
  type Samples,
} from "./exposition.ts";

/** What an exposition shows. */
export interface ExpositionInput {
  /** The scan. */
  readonly snapshot: Snapshot;
  /** The sources of the scan. */
  readonly sources: readonly SourceHealth[];
  /** The program. */
  readonly build: BuildInfo;
}

/** One object for all, which prom-client renders once. */
const NO_LABELS: Labels = {};

/** Builds the samples of one exposition. */
export function buildSamples(
  { snapshot, sources, build }: ExpositionInput,
): Samples {
  const collector = createSampleCollector();
  for (const status of snapshot.targets) addTarget(collector, status);
  if (snapshot.listeners !== undefined) {
    addListeners(collector, snapshot.listeners);
  }
  collector.add("port_exporter_build_info", build, 1);
  collector.add(
    "port_exporter_configured_ports",
    NO_LABELS,
    snapshot.targets.length,
  );
  for (const { labels, success, errors } of sources) {
    collector.add("port_exporter_scan_success", labels, success ? 1 : 0);
    collector.add("port_exporter_scan_errors_total", labels, errors);
  }
  return collector.samples;
}

function addTarget({ add }: SampleCollector, status: TargetStatus): void {
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
  add(
    target.protocol === "udp"
      ? "port_receive_queue_bytes"
      : "port_accept_queue_connections",
    labels,
    receiveQueue,
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
  for (const { protocol, address, port } of listeners) {
    add("port_listener_info", { protocol, address, port: String(port) }, 1);
  }
  add("port_unexpected_listeners", NO_LABELS, listeners.length);
}
