/**
 * The dashboard's row about what waits and what is lost, and about receivers
 * that were replaced.
 *
 * @module
 */

import type { DashboardContents } from "./dashboard_contents.ts";
import {
  buildTimeSeries,
  type PanelOptions,
  type UnplacedPanel,
} from "./dashboard_panel.ts";
import {
  MOST_SERIES,
  pickLargest,
  RATE_RANGE,
  TARGET_LABELS,
  TARGET_LEGEND,
  targetSeries,
} from "./dashboard_queries.ts";
import { aggregate, type Expression, overTime } from "./promql.ts";

/** A graph of the row, without what all have in common. */
type Graph =
  & Pick<PanelOptions, "id" | "title" | "description" | "unit" | "noValue">
  & Partial<PanelOptions>
  & { readonly expr: Expression; readonly form?: "bars" };

const CHOICE = `Shows the ${MOST_SERIES} targets with the most of it in the ` +
  "shown range.";

/** Builds the row. */
export function buildQueues(
  { udpTargets, tcpTargets, runbookLinks }: DashboardContents,
): readonly UnplacedPanel[] {
  const graphs: readonly Graph[] = [
    ...(udpTargets
      ? [{
        id: 51,
        title: "Receive queue",
        description: "Kernel memory of datagrams that wait to be read. A " +
          `queue that is never empty has a receiver that hangs. ${CHOICE}`,
        unit: "bytes",
        noValue: "Every queue was empty",
        links: runbookLinks(["PortReceiverStalled"]),
        expr: graphGauge("port_receive_queue_bytes"),
      }, {
        id: 52,
        title: "Datagrams dropped",
        description: "Datagrams a second that the kernel dropped because the " +
          `receive buffer was full. ${CHOICE}`,
        unit: "pps",
        noValue: "Nothing was dropped",
        links: runbookLinks(["PortReceiveDrops"]),
        expr: graphCounter("rate", "port_receive_drops_total"),
      }]
      : []),
    ...(tcpTargets
      ? [{
        id: 53,
        title: "Accept queue",
        description:
          `Established connections that wait to be accepted. ${CHOICE}`,
        unit: "short",
        noValue: "Every queue was empty",
        expr: graphGauge("port_accept_queue_connections"),
      }]
      : []),
    {
      id: 54,
      title: "Rebinds",
      description: "How often all sockets of a port were replaced by others, " +
        `as a restart does, until each point of the graph. ${CHOICE}`,
      unit: "short",
      form: "bars",
      noValue: "Nothing was rebound",
      links: runbookLinks(["PortRebound"]),
      expr: graphCounter("increase", "port_rebinds_total"),
    },
  ];
  return graphs.map(({ expr, ...graph }) =>
    buildTimeSeries({
      width: graphs.length % 2 === 0 ? 12 : 8,
      height: 9,
      queries: [{ expr, legend: TARGET_LEGEND }],
      ...graph,
    })
  );
}

function graphGauge(
  name: "port_receive_queue_bytes" | "port_accept_queue_connections",
): Expression {
  const of = targetSeries(name);
  return pickLargest(aggregate("max", TARGET_LABELS, of), {
    labels: TARGET_LABELS,
    function: "max_over_time",
    of,
  });
}

function graphCounter(
  shown: "rate" | "increase",
  name: "port_receive_drops_total" | "port_rebinds_total",
): Expression {
  const of = targetSeries(name);
  return pickLargest(
    aggregate("sum", TARGET_LABELS, overTime(shown, of, RATE_RANGE)),
    { labels: TARGET_LABELS, function: "increase", of },
  );
}
