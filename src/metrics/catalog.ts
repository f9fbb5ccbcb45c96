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
    help:
      "Whether a socket is bound to the port on an expected address: 1 or 0.",
    perTarget: true,
    labels: [],
    unit: "1 or 0",
    absent: "while a socket table cannot be read and no socket was seen",
    example: "port_up == 0",
  },
  port_state: {
    type: "gauge",
    help:
      "State of the target: up, down, wrong_address, wrong_owner or wrong_count; exactly one is 1.",
    perTarget: true,
    labels: ["state"],
    unit: "1 or 0",
    absent:
      "while the state is unknown: a table or an expected owner cannot be read",
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
  port_owner_info: {
    type: "gauge",
    help:
      "Who holds the port, on whatever address; labels that are not known are left out.",
    perTarget: true,
    labels: ["address", "process", "unit", "user", "container"],
    unit: "always 1",
    absent: "while no socket is bound to the port on any address",
    example:
      "port_up == 0 unless on (instance, protocol, port, name) port_owner_info",
  },
  port_owner_pid: {
    type: "gauge",
    help: "Process id of the oldest process that holds the port.",
    perTarget: true,
    labels: [],
    unit: "process id",
    absent:
      "while no socket is bound to the port on any address, while the owner cannot be read",
    example: "changes(port_owner_pid[1h]) > 0",
  },
  port_owner_processes: {
    type: "gauge",
    help: "Processes known to hold a socket of the port.",
    perTarget: true,
    labels: [],
    unit: "processes",
    absent:
      "while no socket is bound to the port on any address, while the owner cannot be read",
    example: "port_owner_processes > 1",
  },
  port_owner_start_time_seconds: {
    type: "gauge",
    help:
      "Start of the oldest process that holds the port, in seconds since 1970.",
    perTarget: true,
    labels: [],
    unit: "seconds since 1970",
    absent:
      "while no socket is bound to the port on any address, while the owner cannot be read",
    example: "time() - port_owner_start_time_seconds < 300",
  },
  port_owner_matches: {
    type: "gauge",
    help: "Whether the owner is the expected process, unit and user: 1 or 0.",
    perTarget: true,
    labels: [],
    unit: "1 or 0",
    absent:
      "where no owner is expected, while no socket is bound to the port on any address, while the owner cannot be read",
    example: "port_owner_matches == 0",
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
  port_receive_drops_total: {
    type: "counter",
    help: "UDP: datagrams that the kernel dropped for want of buffer.",
    perTarget: true,
    labels: [],
    unit: "datagrams",
    absent: "on TCP, while the port is unknown, until a socket was seen",
    example: "increase(port_receive_drops_total[5m]) > 0",
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
  port_rebinds_total: {
    type: "counter",
    help:
      "How often all sockets of the port were replaced, at once or after a time without any.",
    perTarget: true,
    labels: [],
    unit: "rebinds",
    absent: "while the target is unknown",
    example: "increase(port_rebinds_total[15m]) > 0",
  },
  port_down_seconds_total: {
    type: "counter",
    help: "Observed seconds during which the port was down.",
    perTarget: true,
    labels: [],
    unit: "seconds",
    absent: "while the target is unknown",
    example:
      "1 - increase(port_down_seconds_total[30d]) / increase(port_observed_seconds_total[30d])",
  },
  port_observed_seconds_total: {
    type: "counter",
    help: "Seconds during which the port was observed, up or down.",
    perTarget: true,
    labels: [],
    unit: "seconds",
    absent: "while the target is unknown",
    example: "rate(port_observed_seconds_total[5m]) < 0.9",
  },
  port_last_change_timestamp_seconds: {
    type: "gauge",
    help:
      "Last change between up and down that was seen, in seconds since 1970.",
    perTarget: true,
    labels: [],
    unit: "seconds since 1970",
    absent: "until a change was seen, while the target is unknown",
    example: "time() - port_last_change_timestamp_seconds < 600",
  },
  port_listener_info: {
    type: "gauge",
    help: "A listener that is neither configured nor ignored.",
    perTarget: false,
    labels: [
      "protocol",
      "address",
      "port",
      "process",
      "unit",
      "user",
      "container",
    ],
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
      "unless `listeners` is enabled; while a socket table or an owner that `ignore` asks for cannot be read",
    example: "port_unexpected_listeners > 0",
  },
  port_host_udp_no_port_datagrams_total: {
    type: "counter",
    help: "Datagrams to UDP ports of this host that nobody listens on.",
    perTarget: false,
    labels: [],
    unit: "datagrams",
    absent: "while net/snmp or snmp6 cannot be read",
    example:
      "rate(port_host_udp_no_port_datagrams_total[5m]) > 0 and on (instance) port_up == 0",
  },
  port_host_udp_receive_buffer_errors_total: {
    type: "counter",
    help:
      "Datagrams dropped on this host because the buffer of a socket was full.",
    perTarget: false,
    labels: [],
    unit: "datagrams",
    absent: "while net/snmp or snmp6 cannot be read",
    example: "rate(port_host_udp_receive_buffer_errors_total[5m]) > 0",
  },
  port_host_tcp_listen_overflows_total: {
    type: "counter",
    help: "Connections dropped on this host because an accept queue was full.",
    perTarget: false,
    labels: [],
    unit: "connections",
    absent: "while net/netstat cannot be read",
    example: "increase(port_host_tcp_listen_overflows_total[5m]) > 0",
  },
  port_host_tcp_listen_drops_total: {
    type: "counter",
    help: "Connections dropped by TCP listeners of this host for any reason.",
    perTarget: false,
    labels: [],
    unit: "connections",
    absent: "while net/netstat cannot be read",
    example: "increase(port_host_tcp_listen_drops_total[5m]) > 0",
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
  port_exporter_config_last_reload_successful: {
    type: "gauge",
    help:
      "Whether the last attempt to load the configuration, that of the web " +
      "included, succeeded: 1 or 0.",
    perTarget: false,
    labels: [],
    unit: "1 or 0",
    absent: "in listeners mode without a configuration file",
    example: "port_exporter_config_last_reload_successful == 0",
  },
  port_exporter_config_last_reload_success_timestamp_seconds: {
    type: "gauge",
    help: "When the configuration was loaded last, in seconds since 1970.",
    perTarget: false,
    labels: [],
    unit: "seconds since 1970",
    absent: "in listeners mode without a configuration file",
    example:
      "time() - port_exporter_config_last_reload_success_timestamp_seconds",
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
  port_exporter_scan_duration_seconds: {
    type: "histogram",
    help: "How long scans took, samples between scrapes included.",
    perTarget: false,
    labels: ["le"],
    unit: "seconds",
    absent: "never",
    example:
      "histogram_quantile(0.99, rate(port_exporter_scan_duration_seconds_bucket[5m]))",
  },
  port_exporter_scrape_duration_seconds: {
    type: "summary",
    help: "How long answers to scrapes took, until the text was ready.",
    perTarget: false,
    labels: [],
    unit: "seconds",
    absent: "never",
    example:
      "rate(port_exporter_scrape_duration_seconds_sum[5m]) / rate(port_exporter_scrape_duration_seconds_count[5m])",
  },
  port_exporter_owner_walks_total: {
    type: "counter",
    help: "Walks over all processes to find the owners of new sockets.",
    perTarget: false,
    labels: [],
    unit: "walks",
    absent: "never",
    example: "rate(port_exporter_owner_walks_total[5m]) > 0.1",
  },
  process_cpu_seconds_total: {
    type: "counter",
    help: "User and system CPU time of the exporter.",
    perTarget: false,
    labels: [],
    unit: "seconds",
    absent: "unless `--web.exporter-metrics` is given",
    example: "rate(process_cpu_seconds_total[5m])",
  },
  process_resident_memory_bytes: {
    type: "gauge",
    help: "Resident memory of the exporter.",
    perTarget: false,
    labels: [],
    unit: "bytes",
    absent: "unless `--web.exporter-metrics` is given",
    example: "process_resident_memory_bytes > 100e6",
  },
  process_virtual_memory_bytes: {
    type: "gauge",
    help: "Virtual memory of the exporter.",
    perTarget: false,
    labels: [],
    unit: "bytes",
    absent: "unless `--web.exporter-metrics` is given",
    example: "process_virtual_memory_bytes",
  },
  process_open_fds: {
    type: "gauge",
    help: "Open file descriptors of the exporter.",
    perTarget: false,
    labels: [],
    unit: "file descriptors",
    absent: "unless `--web.exporter-metrics` is given",
    example: "process_open_fds / process_max_fds > 0.8",
  },
  process_max_fds: {
    type: "gauge",
    help: "Most file descriptors that the exporter may open.",
    perTarget: false,
    labels: [],
    unit: "file descriptors",
    absent: "unless `--web.exporter-metrics` is given",
    example: "process_max_fds",
  },
  process_start_time_seconds: {
    type: "gauge",
    help: "Start of the exporter, in seconds since 1970.",
    perTarget: false,
    labels: [],
    unit: "seconds since 1970",
    absent: "unless `--web.exporter-metrics` is given",
    example: "time() - process_start_time_seconds < 300",
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** Name of a metric. */
export type MetricName = keyof typeof catalog;
