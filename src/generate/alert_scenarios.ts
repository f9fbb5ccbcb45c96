/**
 * For every alert, series that make it fire and series that must not: what the
 * unit tests of the rules are made of.
 *
 * @module
 */

import type { AlertName } from "../config/alert_names.ts";
import type { MetricName } from "../metrics/catalog.ts";
import type { WatchedTarget } from "../model/watched_target.ts";
import { type LabelName, sampleSeries } from "./promql.ts";

/** Labels of a series. */
export type SeriesLabels = Readonly<Record<string, string>>;

/** Samples of a series, in the notation of promtool. */
export interface InputSeries {
  /** The series with its labels. */
  readonly series: string;
  /** Its samples, one an interval. */
  readonly values: string;
}

/** Whom a scenario is about. */
export interface Subject {
  /** The `job` label. */
  readonly job: string;
  /** The target; any, for alerts that are about none in particular. */
  readonly watched: WatchedTarget;
  /** All targets of the configuration. */
  readonly targets: readonly WatchedTarget[];
  /** When things go wrong. */
  readonly timeline: Timeline;
}

/** A stretch of samples, first good, then bad. */
export interface Timeline {
  /** Seconds between two samples. */
  readonly intervalSeconds: number;
  /** Samples before things go wrong. */
  readonly goodCount: number;
  /** Samples from then on, at least one. */
  readonly badCount: number;
}

/** What makes an alert fire, and what must not. */
export interface Scenario {
  /** Whether all is well at first; if not, the first sample is bad. */
  readonly startsWell: boolean;
  /** Seconds from the first bad sample until the expression notices. */
  readonly delaySeconds: number;
  /** Series that make it fire. */
  readonly firing: (subject: Subject) => readonly InputSeries[];
  /** Series that do not, however near they come. */
  readonly quiet: (subject: Subject) => readonly InputSeries[];
  /** Labels of the series that the expression gives. */
  readonly labels: (subject: Subject) => SeriesLabels;
  /** Value of the expression, some intervals behind the first bad sample. */
  readonly value: (subject: Subject, intervals: number) => number;
}

const HOST = "host1.example:9117";
const OTHER_HOST = "host2.example:9117";

/** Rise of a counter in an interval. */
const RISE = 10;

/** Samples of a gauge or of a counter that stands still. */
function hold(value: number, count: number): string {
  return count > 0 ? `${value}x${count - 1}` : "";
}

function always(value: number, { goodCount, badCount }: Timeline): string {
  return hold(value, goodCount + badCount);
}

function change(
  good: number,
  bad: number,
  { goodCount, badCount }: Timeline,
): string {
  return `${hold(good, goodCount)} ${hold(bad, badCount)}`.trim();
}

/** A counter that rises when things go wrong. */
function riseLater({ goodCount, badCount }: Timeline): string {
  return `${hold(0, goodCount)} ${RISE}+${RISE}x${badCount - 1}`.trim();
}

function riseAlways({ goodCount, badCount }: Timeline): string {
  return `0+${RISE}x${goodCount + badCount - 1}`;
}

/** Increase of {@linkcode riseLater} over a range. */
function increaseOver(rangeSeconds: number): Scenario["value"] {
  return ({ timeline: { intervalSeconds } }, intervals) =>
    RISE * Math.min(intervals + 1, rangeSeconds / intervalSeconds);
}

function input(
  name: MetricName | "up",
  labels: SeriesLabels,
  values: string,
): InputSeries {
  return { series: sampleSeries(name, labels), values };
}

/** Labels that Prometheus gives a scraped series, and further ones. */
function scraped(
  { job }: Subject,
  labels: Readonly<Partial<Record<LabelName, string>>> = {},
): SeriesLabels {
  return { job, instance: HOST, ...labels };
}

/** Labels of the target's series. */
function targetLabels(subject: Subject, instance = HOST): SeriesLabels {
  return {
    ...scraped(subject, { instance }),
    ...subject.watched.labels,
  };
}

const TARGET_GOES_BAD = {
  startsWell: true,
  delaySeconds: 0,
  labels: (subject: Subject) => targetLabels(subject),
  value: () => 0,
} as const;

/** A gauge that falls from 1 to 0. */
function buildFall(
  name: MetricName | "up",
  labels: (subject: Subject) => SeriesLabels,
): Scenario {
  return {
    startsWell: true,
    delaySeconds: 0,
    firing: (subject) => [
      input(name, labels(subject), change(1, 0, subject.timeline)),
    ],
    quiet: (subject) => [
      input(name, labels(subject), always(1, subject.timeline)),
    ],
    labels,
    value: () => 0,
  };
}

/** A counter of the target that begins to rise. */
function buildRise(name: MetricName, rangeSeconds: number): Scenario {
  return {
    ...TARGET_GOES_BAD,
    firing: (subject) => [
      input(name, targetLabels(subject), riseLater(subject.timeline)),
    ],
    quiet: (subject) => [
      input(name, targetLabels(subject), always(RISE, subject.timeline)),
    ],
    value: increaseOver(rangeSeconds),
  };
}

function listenerLabels(subject: Subject): SeriesLabels {
  return scraped(subject, { protocol: "udp", port: "5353" });
}

/** A datagram that waits, with what the kernel adds to it. */
const QUEUED = 4096;

/** Every alert's scenario by name. */
export const scenarios: Readonly<Record<AlertName, Scenario>> = {
  PortDown: buildFall("port_up", targetLabels),
  PortDownLosingDatagrams: {
    ...TARGET_GOES_BAD,
    firing: (subject) => [
      input("port_up", targetLabels(subject), change(1, 0, subject.timeline)),
      input(
        "port_host_udp_no_port_datagrams_total",
        scraped(subject),
        riseAlways(subject.timeline),
      ),
    ],
    // Somebody sends to another closed port; nobody sends to this one.
    quiet: (subject) => [
      input("port_up", targetLabels(subject), always(1, subject.timeline)),
      input(
        "port_host_udp_no_port_datagrams_total",
        scraped(subject),
        riseAlways(subject.timeline),
      ),
      input(
        "port_up",
        targetLabels(subject, OTHER_HOST),
        always(0, subject.timeline),
      ),
      input(
        "port_host_udp_no_port_datagrams_total",
        scraped(subject, { instance: OTHER_HOST }),
        always(RISE, subject.timeline),
      ),
    ],
  },
  PortWrongOwner: buildFall("port_owner_matches", targetLabels),
  PortWrongSocketCount: {
    ...TARGET_GOES_BAD,
    firing: (subject) => [
      input(
        "port_sockets",
        targetLabels(subject),
        change(
          expectedSockets(subject),
          expectedSockets(subject) + 1,
          subject.timeline,
        ),
      ),
      ...expectSockets(subject, HOST, 1),
    ],
    // As many as expected; none, on a port that is down.
    quiet: (subject) => [
      input(
        "port_sockets",
        targetLabels(subject),
        always(expectedSockets(subject), subject.timeline),
      ),
      ...expectSockets(subject, HOST, 1),
      input(
        "port_sockets",
        targetLabels(subject, OTHER_HOST),
        always(0, subject.timeline),
      ),
      ...expectSockets(subject, OTHER_HOST, 0),
    ],
    value: (subject) => expectedSockets(subject) + 1,
  },
  PortReceiveDrops: buildRise("port_receive_drops_total", 5 * 60),
  PortReceiverStalled: {
    ...TARGET_GOES_BAD,
    startsWell: false,
    delaySeconds: 5 * 60,
    firing: (subject) => [
      input(
        "port_receive_queue_bytes",
        targetLabels(subject),
        always(QUEUED, subject.timeline),
      ),
    ],
    // Read to the end once, four minutes from the start.
    quiet: (subject) => {
      const { intervalSeconds, badCount } = subject.timeline;
      const count = 4 * 60 / intervalSeconds;
      return [input(
        "port_receive_queue_bytes",
        targetLabels(subject),
        `${hold(QUEUED, count)} 0 ${hold(QUEUED, 2)} ${hold(0, badCount)}`,
      )];
    },
    value: () => QUEUED,
  },
  PortRebound: buildRise("port_rebinds_total", 15 * 60),
  PortUnexpectedListener: {
    startsWell: false,
    delaySeconds: 0,
    // On two addresses, which is one alert.
    firing: (subject) =>
      ["192.0.2.1", "192.0.2.2"].map((address) =>
        input(
          "port_listener_info",
          { ...listenerLabels(subject), address },
          always(1, subject.timeline),
        )
      ),
    quiet: (subject) => [
      input(
        "port_unexpected_listeners",
        scraped(subject),
        always(0, subject.timeline),
      ),
    ],
    labels: listenerLabels,
    value: () => 2,
  },
  PortMonitoringIncomplete: {
    startsWell: true,
    delaySeconds: 0,
    // One target vanishes; another is shown by two hosts and counts once.
    firing: (subject) => {
      const { targets, timeline } = subject;
      return [
        ...showTargets(subject, targets.slice(1), HOST),
        ...showTargets(subject, targets.slice(1, 2), OTHER_HOST),
        ...targets.slice(0, 1).map((watched) =>
          input(
            "port_up",
            targetLabels({ ...subject, watched }),
            `${hold(1, timeline.goodCount)} stale`,
          )
        ),
      ];
    },
    quiet: (subject) => showTargets(subject, subject.targets, HOST),
    labels: () => ({}),
    value: ({ targets }) => targets.length - 1,
  },
  PortExporterDown: buildFall("up", scraped),
  PortExporterAbsent: {
    startsWell: false,
    delaySeconds: 0,
    firing: (subject) => [
      input(
        "up",
        scraped({ ...subject, job: otherJob(subject.job) }),
        always(1, subject.timeline),
      ),
    ],
    // Scraped without an answer is not absent.
    quiet: (subject) => [
      input("up", scraped(subject), always(0, subject.timeline)),
    ],
    labels: ({ job }) => ({ job }),
    value: () => 1,
  },
  PortExporterScanFailed: buildFall(
    "port_exporter_scan_success",
    (subject) => scraped(subject, { source: "udp" }),
  ),
  PortExporterConfigReloadFailed: buildFall(
    "port_exporter_config_last_reload_successful",
    scraped,
  ),
};

/** The name of a job that the rules must not look at. */
export function otherJob(job: string): string {
  return `${job}-other`;
}

function expectedSockets({ watched }: Subject): number {
  return watched.target.sockets ?? 1;
}

function expectSockets(
  subject: Subject,
  instance: string,
  up: number,
): readonly InputSeries[] {
  return [
    input(
      "port_expected_sockets",
      targetLabels(subject, instance),
      always(expectedSockets(subject), subject.timeline),
    ),
    input(
      "port_up",
      targetLabels(subject, instance),
      always(up, subject.timeline),
    ),
  ];
}

function showTargets(
  subject: Subject,
  targets: readonly WatchedTarget[],
  instance: string,
): readonly InputSeries[] {
  return targets.map((watched) =>
    input(
      "port_up",
      targetLabels({ ...subject, watched }, instance),
      always(1, subject.timeline),
    )
  );
}
