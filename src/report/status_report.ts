/**
 * What the exporter knows, as one value: the JSON of `/api/v1/ports` and of
 * `check`, and what the page for browsers shows. `make generate` makes its JSON
 * Schema and its reference page from this file.
 *
 * Names are those of the metrics, in the camelCase of Prometheus' HTTP API; a
 * key of the configuration keeps its name.
 *
 * @module
 */

import type { Protocol, Severity } from "../config/config.ts";
import type { PortState } from "../model/verdict.ts";

/**
 * RFC 3339, in UTC.
 *
 * @format date-time
 */
export type Instant = string;

/**
 * A number of things.
 *
 * @asType integer
 * @minimum 0
 */
export type Count = number;

/**
 * Length of time in seconds.
 *
 * @minimum 0
 */
export type Seconds = number;

/** What the exporter knows. */
export interface StatusReport {
  /** When the scan had ended. */
  readonly time: Instant;
  /** Name of the host; absent when it has none. */
  readonly hostname?: string;
  /** First minute of the histories; absent after a single scan. */
  readonly historyStart?: Instant;
  /** In the order of the configuration. */
  readonly targets: readonly TargetReport[];
  /**
   * Listeners that are neither configured nor ignored; absent when they are not
   * asked for or a table could not be read.
   */
  readonly listeners?: readonly ListenerReport[];
  /** How many listeners are unexpected; absent when it cannot be known. */
  readonly unexpectedListeners?: Count;
  /** Counters of the whole host since boot. */
  readonly host: HostReport;
  /** The program itself. */
  readonly exporter: ExporterReport;
}

/** One target. */
export interface TargetReport {
  /** Transport protocol. */
  readonly protocol: Protocol;
  /** Port, 1-65535. */
  readonly port: Count;
  /** Name in the configuration. */
  readonly name: string;
  /** Labels that the configuration gives the target. */
  readonly labels: Readonly<Record<string, string>>;
  /** Severity of the target's alerts. */
  readonly severity: Severity;
  /** What the configuration expects. */
  readonly expected: ExpectedReport;
  /** Whether a socket satisfies the target; absent when unknown. */
  readonly up?: boolean;
  /**
   * State; `unknown` also when the port is up and an expected owner cannot be
   * read.
   */
  readonly state: PortState | "unknown";
  /** Last change between up and down that was seen; absent before one. */
  readonly lastChange?: Instant;
  /** When the target was looked at first. */
  readonly observedSince?: Instant;
  /** Sockets bound there; absent when unknown. */
  readonly sockets?: Count;
  /**
   * Who holds the port, each process once for an address. Where nobody serves
   * the target: who holds its port on another address.
   */
  readonly owners: readonly OwnerReport[];
  /**
   * Whether the owner is the expected one; absent when nobody is expected, no
   * socket is bound to the port, or it cannot be known.
   */
  readonly ownerMatches?: boolean;
  /** UDP: memory of what waits to be read; absent when down or unknown. */
  readonly receiveQueueBytes?: Count;
  /** TCP: connections waiting for accept; absent when down or unknown. */
  readonly acceptQueueConnections?: Count;
  /** UDP: datagrams dropped for want of buffer; absent when unknown. */
  readonly receiveDrops?: Count;
  /** When datagrams were last seen to be dropped; absent before. */
  readonly lastReceiveDrop?: Instant;
  /** How often all sockets were replaced by others. */
  readonly rebinds?: Count;
  /** Observed seconds during which the target was down. */
  readonly downSeconds?: Seconds;
  /** Seconds during which the target was observed. */
  readonly observedSeconds?: Seconds;
  /**
   * The last 24 hours from `historyStart` on, a character a minute: `u` up, `d`
   * down at least once, `-` not observed.
   *
   * @pattern ^[ud-]{1440}$
   */
  readonly history?: string;
  /** Seconds for which it was down in these 24 hours; absent with `history`. */
  readonly historyDownSeconds?: number;
}

/** What the configuration expects of a target. */
export interface ExpectedReport {
  /** Which local addresses count. */
  readonly address: string;
  /** Names of the process, one of which is right; absent: any. */
  readonly process?: readonly string[];
  /** systemd units, one of which is right; absent: any. */
  readonly unit?: readonly string[];
  /** Users, one of which is right; absent: any. */
  readonly user?: readonly string[];
  /** Number of sockets; absent: at least one. */
  readonly sockets?: Count;
}

/** Who holds a socket. */
export interface OwnerReport {
  /** Local address of the socket. */
  readonly address: string;
  /** Name of the program, cut by the kernel to 15 bytes; absent when unknown. */
  readonly process?: string;
  /** systemd unit; absent when in none or unknown. */
  readonly unit?: string;
  /** User: of the process, or of who opened the socket when that is unknown. */
  readonly user: string;
  /** Container id; absent outside of containers or unknown. */
  readonly container?: string;
  /** Process id; absent when unknown. */
  readonly pid?: Count;
  /** Start of the process; absent when unknown. */
  readonly startTime?: Instant;
}

/** What listens beside the targets. */
export interface ListenerReport extends Omit<OwnerReport, "pid" | "startTime"> {
  /** Transport protocol. */
  readonly protocol: Protocol;
  /** Port, 1-65535. */
  readonly port: Count;
}

/** Counters of the host; each is absent when it cannot be read. */
export interface HostReport {
  /** Datagrams to ports that nobody listens on. */
  readonly udpNoPortDatagrams?: Count;
  /** Datagrams dropped because a socket's buffer was full. */
  readonly udpReceiveBufferErrors?: Count;
  /** Connections dropped because an accept queue was full. */
  readonly tcpListenOverflows?: Count;
  /** Connections dropped by listeners for any reason. */
  readonly tcpListenDrops?: Count;
}

/** The program itself. */
export interface ExporterReport {
  /** Version. */
  readonly version: string;
  /** Git revision that it was built from. */
  readonly revision: string;
  /** Version of Deno. */
  readonly denoVersion: string;
  /** Target triple. */
  readonly target: string;
  /** When it started to watch; absent after a single scan. */
  readonly startTime?: Instant;
  /** The configuration file; absent without one or after a single scan. */
  readonly config?: ConfigReport;
  /** What the scan reads, and how that went. */
  readonly sources: readonly SourceReport[];
}

/** The configuration file. */
export interface ConfigReport {
  /** Whether the last attempt to load it succeeded. */
  readonly lastReloadSuccessful: boolean;
  /** When it was loaded last. */
  readonly lastReloadSuccess: Instant;
}

/** One source of the scan. */
export interface SourceReport {
  /** A table or file of the kernel, or `owners`. */
  readonly source: string;
  /** Whether the last scan could read it. */
  readonly success: boolean;
  /** Failed reads and rows that were not understood, since the start. */
  readonly errors: Count;
  /** What was wrong at the last scan; absent when nothing was. */
  readonly lastError?: string;
}
