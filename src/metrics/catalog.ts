/**
 * Every metric of the exporter: the single source of names, types, help texts
 * and labels. The exposition, the reference page, the rules and the dashboard
 * take them from here, so that a name that does not exist does not compile.
 *
 * Order is the order of the exposition.
 *
 * @module
 */

/** What is known of a metric before it has a value. */
export interface MetricDefinition {
  /** Prometheus type. */
  readonly type: "gauge" | "counter" | "histogram" | "summary";
  /** Help text: one sentence, no line break. */
  readonly help: string;
  /** Whether the series carry the target's labels. */
  readonly perTarget: boolean;
  /** Labels beside the target's. */
  readonly labels: readonly string[];
  /** Unit of the value, for people. */
  readonly unit: string;
  /** When the series is absent. */
  readonly absent: string;
  /** A PromQL expression that somebody would use. */
  readonly example: string;
}

/** All metrics by name. */
export const catalog = {
  port_up: {
    type: "gauge",
    help: "Whether a socket is bound to the port: 1 or 0.",
    perTarget: true,
    labels: [],
    unit: "1 or 0",
    absent: "while a socket table cannot be read and no socket was seen",
    example: "port_up == 0",
  },
  port_state: {
    type: "gauge",
    help: "State of the target: exactly one of its series is 1.",
    perTarget: true,
    labels: ["state"],
    unit: "1 or 0",
    absent: "while the state is unknown",
    example: 'port_state{state!="up"} == 1',
  },
  port_sockets: {
    type: "gauge",
    help:
      "Sockets bound to the port on an expected address; SO_REUSEPORT gives several.",
    perTarget: true,
    labels: [],
    unit: "sockets",
    absent: "while a socket table cannot be read",
    example: "port_sockets > 1",
  },
  port_expected_sockets: {
    type: "gauge",
    help: "Sockets that the configuration expects.",
    perTarget: true,
    labels: [],
    unit: "sockets",
    absent: "where the configuration does not set `sockets`",
    example: "port_sockets != port_expected_sockets",
  },
  port_receive_queue_bytes: {
    type: "gauge",
    help:
      "UDP: kernel memory of datagrams that wait to be read, overhead included.",
    perTarget: true,
    labels: [],
    unit: "bytes",
    absent: "on TCP, while the port is down or unknown",
    example: "min_over_time(port_receive_queue_bytes[5m]) > 0",
  },
  port_accept_queue_connections: {
    type: "gauge",
    help: "TCP: established connections that wait for accept.",
    perTarget: true,
    labels: [],
    unit: "connections",
    absent: "on UDP, while the port is down or unknown",
    example: "port_accept_queue_connections > 100",
  },
  port_listener_info: {
    type: "gauge",
    help: "A listener that is neither configured nor ignored.",
    perTarget: false,
    labels: ["protocol", "address", "port"],
    unit: "always 1",
    absent: "unless `listeners` is enabled; UDP sockets in the ephemeral range",
    example: 'port_listener_info{protocol="udp"}',
  },
  port_unexpected_listeners: {
    type: "gauge",
    help: "Listeners that are neither configured nor ignored.",
    perTarget: false,
    labels: [],
    unit: "listeners",
    absent:
      "unless `listeners` is enabled; while a socket table cannot be read",
    example: "port_unexpected_listeners > 0",
  },
  port_exporter_build_info: {
    type: "gauge",
    help: "The program that made this exposition.",
    perTarget: false,
    labels: ["version", "revision", "deno_version", "target"],
    unit: "always 1",
    absent: "never",
    example: "count by (version) (port_exporter_build_info)",
  },
  port_exporter_configured_ports: {
    type: "gauge",
    help: "Targets in the configuration.",
    perTarget: false,
    labels: [],
    unit: "targets",
    absent: "never",
    example: "port_exporter_configured_ports == 0",
  },
  port_exporter_scan_success: {
    type: "gauge",
    help: "Whether the source could be read at the last scan: 1 or 0.",
    perTarget: false,
    labels: ["source"],
    unit: "1 or 0",
    absent: "for sources that the configuration does not need",
    example: "port_exporter_scan_success == 0",
  },
  port_exporter_scan_errors_total: {
    type: "counter",
    help: "Failed reads of the source and rows of it that were not understood.",
    perTarget: false,
    labels: ["source"],
    unit: "errors",
    absent: "for sources that the configuration does not need",
    example: "rate(port_exporter_scan_errors_total[5m]) > 0",
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** Name of a metric. */
export type MetricName = keyof typeof catalog;

/** Labels of a metric beside the target's. */
export type MetricLabel<Name extends MetricName> =
  typeof catalog[Name]["labels"][number];
