/**
 * The dashboard's rows about whole hosts: the kernel's counters, and what
 * listens beside the targets.
 *
 * @module
 */

import type { DashboardContents } from "./dashboard_contents.ts";
import { buildTimeSeries, type UnplacedPanel } from "./dashboard_panel.ts";
import {
  EXPORTER_LABELS,
  exporterSeries,
  largestRates,
  MOST_SERIES,
  pickLargest,
} from "./dashboard_queries.ts";
import { buildTable, OWNER_COLUMNS } from "./dashboard_table.ts";
import { aggregate, type LabelName } from "./promql.ts";

const CHOICE = `Shows the ${MOST_SERIES} hosts with the most of it in the ` +
  "shown range.";

/** Builds the row of the kernel's counters. */
export function buildHostCounters(
  { udpTargets, tcpTargets, listeners, runbookLinks }: DashboardContents,
): readonly UnplacedPanel[] {
  const counters = [
    ...(udpTargets || listeners
      ? [{
        id: 61,
        title: "Datagrams to closed ports",
        description:
          "Datagrams a second to UDP ports of the host that nobody listens " +
          `on: what they carry is lost. ${CHOICE}`,
        unit: "pps",
        noValue: "There were none",
        links: runbookLinks(["PortDownLosingDatagrams"]),
        metric: "port_host_udp_no_port_datagrams_total",
      }, {
        id: 62,
        title: "Datagrams to full buffers",
        description: "Datagrams a second that the host dropped because the " +
          `buffer of a socket was full, any socket. ${CHOICE}`,
        unit: "pps",
        noValue: "There were none",
        links: runbookLinks(["PortReceiveDrops"]),
        metric: "port_host_udp_receive_buffer_errors_total",
      }] as const
      : []),
    ...(tcpTargets || listeners
      ? [{
        id: 63,
        title: "Connections to full accept queues",
        description: "Connections a second that the host dropped because an " +
          `accept queue was full, any listener. ${CHOICE}`,
        unit: "cps",
        noValue: "There were none",
        links: [],
        metric: "port_host_tcp_listen_overflows_total",
      }, {
        id: 64,
        title: "Connections dropped by listeners",
        description: "Connections a second that TCP listeners of the host " +
          `dropped for any reason. ${CHOICE}`,
        unit: "cps",
        noValue: "There were none",
        links: [],
        metric: "port_host_tcp_listen_drops_total",
      }] as const
      : []),
  ];
  return counters.map(({ metric, ...panel }) => {
    const of = exporterSeries(metric);
    return buildTimeSeries({
      ...panel,
      width: 12,
      height: 8,
      queries: [{
        expr: largestRates(of),
        legend: "{{instance}}",
      }],
    });
  });
}

const LISTENER_LABELS = [
  ...EXPORTER_LABELS,
  "protocol",
  "address",
  "port",
  "process",
  "unit",
  "user",
] as const satisfies readonly LabelName[];

/** Builds the row of listeners beside the targets. */
export function buildListeners(
  { runbookLinks }: DashboardContents,
): readonly UnplacedPanel[] {
  const of = exporterSeries("port_unexpected_listeners");
  return [
    buildTimeSeries({
      id: 71,
      title: "Unexpected listeners by host",
      description:
        `Listeners that are neither configured nor ignored. ${CHOICE}`,
      unit: "short",
      decimals: 0,
      noValue: "There were none",
      links: runbookLinks(["PortUnexpectedListener"]),
      width: 8,
      height: 9,
      queries: [{
        expr: pickLargest(aggregate("max", EXPORTER_LABELS, of), {
          labels: EXPORTER_LABELS,
          function: "max_over_time",
          of,
        }),
        legend: "{{instance}}",
      }],
    }),
    buildTable({
      id: 72,
      title: "Unexpected listeners",
      description: "Every listener that is neither configured nor ignored, " +
        "without UDP sockets in the ephemeral range.",
      unit: "none",
      noValue: "There are none",
      width: 16,
      height: 9,
      rows: aggregate(
        "max",
        LISTENER_LABELS,
        exporterSeries("port_listener_info"),
      ),
      columns: OWNER_COLUMNS,
      sortBy: { title: "Instance", descending: false },
    }),
  ];
}
