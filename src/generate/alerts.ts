/**
 * Every alert: when there is one, its expression, how bad it is and what it
 * says.
 *
 * @module
 */

import type { AlertName } from "../config/alert_names.ts";
import type { Config, Severity, Target } from "../config/config.ts";
import { labelOf, roundedValue } from "./annotation.ts";
import {
  absent,
  aggregate,
  ago,
  combine,
  type Expression,
  type LabelMatcher,
  type LabelName,
  oneOf,
  orZero,
  overTime,
  scrapeUp,
  series,
} from "./promql.ts";

/** What an expression is made of. */
export interface ExpressionInput {
  /** Matchers that every selector needs. */
  readonly scraped: readonly LabelMatcher[];
  /** Targets in the configuration. */
  readonly targetCount: number;
  /**
   * Puts in the matchers of the targets that the rule is about.
   *
   * @param build Makes an expression of one metric with further matchers
   */
  readonly select: (
    build: (matchers: readonly LabelMatcher[]) => Expression,
  ) => Expression;
}

/** What an alert is about: single targets, or the rest of the configuration. */
export type AlertScope =
  | { readonly kind: "targets"; readonly concerns: (target: Target) => boolean }
  | { readonly kind: "config"; readonly wanted: (config: Config) => boolean };

/** An alert before a configuration makes rules of it. */
export interface AlertDefinition {
  /** What it is about. */
  readonly scope: AlertScope;
  /** Its severity; a target's own lowers it. */
  readonly severity: Severity;
  /**
   * How long the expression must hold: a duration, or the target's own; absent:
   * the alert fires at once.
   */
  readonly for?: string;
  /** Labels that the expression gives, beside those a target is given. */
  readonly labels: readonly LabelName[];
  /** One fixed sentence. */
  readonly summary: string;
  /** What is where; may use the labels and the value. */
  readonly description: string;
  /** Makes the expression. */
  readonly buildExpression: (input: ExpressionInput) => Expression;
}

/** Stands for the target's `for`. */
export const TARGETS_FOR = "target";

/** Range of counters of losses: holds two samples of a slow scrape. */
const LOSS_RANGE = "5m";

const TARGET_LABELS = ["job", "instance", "protocol", "port", "name"] as const;

const THE_PORT = `${labelOf("protocol")} port ${labelOf("port")} (${
  labelOf("name")
}) on ${labelOf("instance")}`;

const ANY_TARGET: AlertScope = { kind: "targets", concerns: () => true };
const UDP_TARGETS: AlertScope = {
  kind: "targets",
  concerns: ({ protocol }) => protocol === "udp",
};
const ALWAYS: AlertScope = { kind: "config", wanted: () => true };

/** All alerts by name, in the order of the rule file. */
export const alerts: Readonly<Record<AlertName, AlertDefinition>> = {
  PortDown: {
    scope: ANY_TARGET,
    severity: "critical",
    for: TARGETS_FOR,
    labels: TARGET_LABELS,
    summary: "A port is not served on an expected address.",
    description: `${THE_PORT} is down: no socket serves it on an expected ` +
      "address, and what is sent there is lost.",
    buildExpression: ({ scraped, select }) =>
      combine(
        select((own) => series("port_up", [...scraped, ...own])),
        "==",
        "0",
      ),
  },
  // Adds to PortDown that somebody is sending right now. The counter is the
  // host's: it may be about another closed port.
  PortDownLosingDatagrams: {
    scope: UDP_TARGETS,
    severity: "critical",
    for: TARGETS_FOR,
    labels: TARGET_LABELS,
    summary: "A port is down, and datagrams to closed ports keep arriving.",
    description: `${THE_PORT} is down, and datagrams to some closed port of ` +
      "the host, perhaps this one, keep arriving and are lost.",
    buildExpression: ({ scraped, select }) =>
      combine(
        combine(
          select((own) =>
            series("port_up", [
              ...scraped,
              oneOf("protocol", ["udp"]),
              ...own,
            ])
          ),
          "==",
          "0",
        ),
        "and",
        combine(
          overTime(
            "increase",
            series("port_host_udp_no_port_datagrams_total", scraped),
            LOSS_RANGE,
          ),
          ">",
          "0",
        ),
        ["job", "instance"],
      ),
  },
  // As bad as a port that is down: what is sent there reaches somebody else.
  PortWrongOwner: {
    scope: {
      kind: "targets",
      concerns: ({ processes, units, users }) =>
        (processes ?? units ?? users) !== undefined,
    },
    severity: "critical",
    for: TARGETS_FOR,
    labels: TARGET_LABELS,
    summary: "A port is held by somebody else than expected.",
    description: `${THE_PORT} is not held by the expected process, unit or ` +
      "user; port_owner_info tells who holds it.",
    buildExpression: ({ scraped, select }) =>
      combine(
        select((own) => series("port_owner_matches", [...scraped, ...own])),
        "==",
        "0",
      ),
  },
  // Only of ports that are up: a port without sockets is PortDown's matter.
  PortWrongSocketCount: {
    scope: {
      kind: "targets",
      concerns: ({ sockets }) => sockets !== undefined,
    },
    severity: "warning",
    for: TARGETS_FOR,
    labels: TARGET_LABELS,
    summary: "A port has more or fewer sockets than expected.",
    description: `${THE_PORT} has ${roundedValue} sockets, which is not the ` +
      "expected number.",
    buildExpression: ({ scraped, select }) =>
      combine(
        combine(
          select((own) => series("port_sockets", [...scraped, ...own])),
          "!=",
          series("port_expected_sockets", scraped),
        ),
        "and",
        combine(series("port_up", scraped), "==", "1"),
      ),
  },
  // Without a wait: what was dropped is lost, and the range keeps the alert
  // firing long enough to be seen.
  PortReceiveDrops: {
    scope: UDP_TARGETS,
    severity: "warning",
    labels: TARGET_LABELS,
    summary: "The kernel drops datagrams because a receiver is too slow.",
    description: `${THE_PORT} lost about ${roundedValue} datagrams in ` +
      `${LOSS_RANGE} for want of buffer.`,
    buildExpression: ({ scraped, select }) =>
      combine(
        select((own) =>
          overTime(
            "increase",
            series("port_receive_drops_total", [...scraped, ...own]),
            LOSS_RANGE,
          )
        ),
        ">",
        "0",
      ),
  },
  // The range sees every scrape, a wait would see one in each evaluation. The
  // second half holds back series that are younger than the range.
  PortReceiverStalled: {
    scope: UDP_TARGETS,
    severity: "warning",
    labels: TARGET_LABELS,
    summary: "A receiver does not keep up with what waits to be read.",
    description: `${THE_PORT}: the receive queue was never seen empty for 5 ` +
      "minutes. The receiver hangs or is too slow.",
    buildExpression: ({ scraped, select }) =>
      combine(
        combine(
          select((own) =>
            overTime(
              "min_over_time",
              series("port_receive_queue_bytes", [...scraped, ...own]),
              "5m",
            )
          ),
          ">",
          "0",
        ),
        "and",
        ago(series("port_receive_queue_bytes", scraped), "5m"),
      ),
  },
  // An event, not a state: there is nothing to wait for.
  PortRebound: {
    scope: ANY_TARGET,
    severity: "info",
    labels: TARGET_LABELS,
    summary: "A port was closed and bound again.",
    description: `All sockets of ${THE_PORT} were replaced in the last 15 ` +
      "minutes: its owner was restarted. What was sent meanwhile is lost.",
    buildExpression: ({ scraped, select }) =>
      combine(
        select((own) =>
          overTime(
            "increase",
            series("port_rebinds_total", [...scraped, ...own]),
            "15m",
          )
        ),
        ">",
        "0",
      ),
  },
  // One alert for each port, whoever holds it on however many addresses. The
  // wait is for what listens only for a moment.
  PortUnexpectedListener: {
    scope: { kind: "config", wanted: ({ listeners }) => listeners.enabled },
    severity: "warning",
    for: "5m",
    labels: ["job", "instance", "protocol", "port"],
    summary: "A port is open that is not configured.",
    description:
      `${labelOf("protocol")} port ${labelOf("port")} on ${
        labelOf("instance")
      } is neither configured nor ignored; port_listener_info tells who ` +
      "listens there.",
    buildExpression: ({ scraped }) =>
      combine(
        aggregate(
          "count",
          ["job", "instance", "protocol", "port"],
          series("port_listener_info", scraped),
        ),
        ">",
        "0",
      ),
  },
  // Says what PortDown cannot: a host that is not scraped, or an exporter with
  // another configuration. The wait is for hosts that are being set up; none at
  // all is fewer, too.
  PortMonitoringIncomplete: {
    scope: { kind: "config", wanted: ({ targets }) => targets.length > 0 },
    severity: "warning",
    for: "15m",
    labels: [],
    summary: "Some configured ports are not monitored.",
    description: `Only ${roundedValue} of the configured targets are shown ` +
      "by the exporters.",
    buildExpression: ({ scraped, targetCount }) =>
      combine(
        orZero(aggregate(
          "count",
          [],
          aggregate(
            "group",
            ["protocol", "port", "name"],
            series("port_up", scraped),
          ),
        )),
        "<",
        String(targetCount),
      ),
  },
  // A firing PortDown resolves when its series goes stale: this one takes its
  // place, so it must be as bad and come as soon.
  PortExporterDown: {
    scope: ALWAYS,
    severity: "critical",
    for: "1m",
    labels: ["job", "instance"],
    summary: "The port exporter does not answer.",
    description:
      `The port exporter ${labelOf("instance")} cannot be scraped: ` +
      "nothing is known of the ports of its host.",
    buildExpression: ({ scraped }) => combine(scrapeUp(scraped), "==", "0"),
  },
  // Longer than a restart of Prometheus or a change of its targets takes.
  PortExporterAbsent: {
    scope: ALWAYS,
    severity: "critical",
    for: "5m",
    labels: ["job"],
    summary: "Prometheus scrapes no port exporter.",
    description: `There is no target of job ${labelOf("job")}: nothing is ` +
      "known of any port.",
    buildExpression: ({ scraped }) => absent(scrapeUp(scraped)),
  },
  // Not critical: one source of several fails, and what is still known is
  // still judged. PortMonitoringIncomplete tells of ports that are not.
  PortExporterScanFailed: {
    scope: ALWAYS,
    severity: "warning",
    for: "5m",
    labels: ["job", "instance", "source"],
    summary: "The port exporter cannot read what it needs.",
    description: `The port exporter ${labelOf("instance")} cannot read ${
      labelOf("source")
    }: what depends on it is unknown. Its log tells why.`,
    buildExpression: ({ scraped }) =>
      combine(series("port_exporter_scan_success", scraped), "==", "0"),
  },
  // The old configuration is still at work. The wait is for whoever is editing.
  PortExporterConfigReloadFailed: {
    scope: ALWAYS,
    severity: "warning",
    for: "5m",
    labels: ["job", "instance"],
    summary: "The port exporter refused its new configuration.",
    description: `The port exporter ${labelOf("instance")} still uses the ` +
      "previous configuration. Its log tells what is wrong with the new one.",
    buildExpression: ({ scraped }) =>
      combine(
        series("port_exporter_config_last_reload_successful", scraped),
        "==",
        "0",
      ),
  },
};
