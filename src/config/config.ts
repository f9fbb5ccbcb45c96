/**
 * What a validated configuration is: the list of targets and how to report
 * them. Immutable; a reload builds a new one.
 *
 * @module
 */

/** Transport protocol of a target. */
export type Protocol = "udp" | "tcp";

/** Severity of a target's alerts. */
export type Severity = "critical" | "warning" | "info";

/**
 * Which local addresses a socket may have to serve the target.
 *
 * - `any`: every address
 * - `wildcard`: `0.0.0.0` or `::`
 * - `external`: every address that is not loopback
 * - `address`: this address or a wildcard that covers it
 * - `network`: an address of this network or a wildcard that covers it
 */
export type AddressExpectation =
  | { readonly kind: "any" | "wildcard" | "external" }
  | { readonly kind: "address" | "network"; readonly text: string };

/** Ports from `first` to `last`, both included, 1-65535. */
export interface PortRange {
  /** First port. */
  readonly first: number;
  /** Last port, not below the first. */
  readonly last: number;
}

/** A Prometheus duration: `90s`, `5m`, `1h30m`. */
export interface Duration {
  /** As written in the configuration. */
  readonly text: string;
  /** Length in seconds, 0 or more. */
  readonly seconds: number;
}

/** One port of one protocol that somebody shall listen on. */
export interface Target {
  /** Transport protocol. */
  readonly protocol: Protocol;
  /** Port, 1-65535. */
  readonly port: number;
  /** Value of the label `name`. */
  readonly name: string;
  /** Labels added to the target's series, without `protocol`, `port`, `name`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Which local addresses count. */
  readonly address: AddressExpectation;
  /** Expected process names (comm, 15 bytes at most); absent: any process. */
  readonly processes?: readonly string[];
  /** Expected systemd units; absent: any unit. */
  readonly units?: readonly string[];
  /** Expected users, by name or uid; absent: any user. */
  readonly users?: readonly string[];
  /** Expected number of sockets; absent: at least one. */
  readonly sockets?: number;
  /** Severity of the target's alerts. */
  readonly severity: Severity;
  /** How long the target must be down before an alert fires. */
  readonly for: Duration;
  /** Where the target stands in the configuration: `ports[2].port[1]`. */
  readonly place: string;
}

/** Listeners that shall not be reported; every given key must match. */
export interface IgnoreRule {
  /** Transport protocol. */
  readonly protocol?: Protocol;
  /** Local ports. */
  readonly ports?: readonly PortRange[];
  /** Local addresses. */
  readonly address?: AddressExpectation;
  /** Process names. */
  readonly processes?: readonly string[];
  /** Users, by name or uid. */
  readonly users?: readonly string[];
}

/** How to report what listens beside the targets. */
export interface ListenersConfig {
  /** Whether listeners are reported. */
  readonly enabled: boolean;
  /** Listeners that are left out. */
  readonly ignore: readonly IgnoreRule[];
}

/** What an operator changes of one alert. */
export interface AlertOverride {
  /** Replaces the alert's `for`. */
  readonly for?: Duration;
  /** Replaces the alert's severity. */
  readonly severity?: Severity;
  /** Labels added to the alert. */
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations added to the alert, or replaced. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** How to generate alerting rules. */
export interface AlertsConfig {
  /** The `job` label that the rules select. */
  readonly job: string;
  /** Labels added to every alert. */
  readonly labels: Readonly<Record<string, string>>;
  /** Link to a runbook; `{alert}` stands for the alert's name. */
  readonly runbookUrl?: string;
  /** Names of alerts to leave out. */
  readonly disable: readonly string[];
  /** Changes by alert name. */
  readonly override: Readonly<Record<string, AlertOverride>>;
}

/** How to generate the dashboard. */
export interface DashboardConfig {
  /** Title; absent: a fixed one. */
  readonly title?: string;
  /** Unique id; absent: a fixed one. */
  readonly uid?: string;
  /** Tags. */
  readonly tags: readonly string[];
}

/** A validated configuration. */
export interface Config {
  /** In the order of the configuration, ports of one entry ascending as listed. */
  readonly targets: readonly Target[];
  /** Listeners beside the targets. */
  readonly listeners: ListenersConfig;
  /** Alerting rules. */
  readonly alerts: AlertsConfig;
  /** Dashboard. */
  readonly dashboard: DashboardConfig;
}

/** What is used when there is no configuration: report everything that listens. */
export const listenersModeConfig: Config = {
  targets: [],
  listeners: { enabled: true, ignore: [] },
  alerts: { job: "port_exporter", labels: {}, disable: [], override: {} },
  dashboard: { tags: [] },
};
