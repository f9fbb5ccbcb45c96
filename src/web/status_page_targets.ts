/**
 * Renders the table of targets, those that need attention first.
 *
 * On a narrow screen each row becomes a card; the roles keep it a table for
 * screen readers then.
 *
 * @module
 */

import type {
  OwnerReport,
  StatusReport,
  TargetReport,
} from "../report/status_report.ts";
import { describeHistory, renderHistoryStrip } from "./history_strip.ts";
import { type Markup, markup } from "./markup.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatInstant,
  renderClock,
  secondsBetween,
} from "./page_formats.ts";
import { isLosing, sortTargets } from "./status_summary.ts";

/** How to render. */
export interface RenderOptions {
  /** Is called between rows, to give the event loop room. */
  readonly breathe?: () => Promise<void> | undefined;
}

const COLUMNS = [
  "State",
  "Port",
  "Since",
  "Owner",
  "Address",
  "Queue",
  "Drops",
  "Rebinds",
  "Last 24 hours",
] as const;

/** A history that shows all that there is to see. */
const LEGEND = "u".repeat(600) + "d".repeat(300) + "-".repeat(540);

type Column = typeof COLUMNS[number];

/** Renders the table; nothing when there are no targets. */
export async function renderTargets(
  report: StatusReport,
  { breathe = () => undefined }: RenderOptions,
): Promise<Markup> {
  if (report.targets.length === 0) return markup``;
  const { problems, others } = sortTargets(report);
  const renderGroup = async (
    heading: string,
    targets: readonly TargetReport[],
  ) => {
    const rows: Markup[] = [];
    for (const target of targets) {
      rows.push(renderRow(target, report));
      const pause = breathe();
      if (pause !== undefined) await pause;
    }
    return rows.length > 0 &&
      markup`<tbody role="rowgroup">
<tr role="row" class="group"><th role="rowheader" scope="rowgroup" colspan="${COLUMNS.length}">${heading} <span class="count">${rows.length}</span></th></tr>
${rows}</tbody>
`;
  };
  return markup`<section aria-label="Targets">
<table role="table" class="targets">
<thead role="rowgroup"><tr role="row">${
    COLUMNS.map((column) =>
      markup`<th role="columnheader" scope="col">${column}</th>`
    )
  }</tr></thead>
${await renderGroup("Needs attention", problems)}${await renderGroup(
    "As configured",
    others,
  )}</table>
<p class="legend">Last 24 hours: ${
    renderHistoryStrip(LEGEND, "a bar: down; a band: up; a line: not observed")
  } up, down, not observed. Times are UTC.</p>
</section>
`;
}

function renderRow(target: TargetReport, report: StatusReport): Markup {
  const { time: now } = report;
  return markup`<tr role="row" class="${target.state}">${[
    cell("State", "state", renderState(target, now)),
    renderName(target),
    cell("Since", "since", renderSince(target, now)),
    cell("Owner", "owner", renderOwner(target)),
    cell("Address", "address", renderAddress(target)),
    cell("Queue", "number", renderQueue(target)),
    cell("Drops", "number", renderDrops(target, now)),
    cell("Rebinds", "number", renderCount(target.rebinds)),
    cell("Last 24 hours", "day", renderDay(target, report)),
  ]}</tr>
`;
}

function cell(column: Column, name: string, content: Markup): Markup {
  return markup`<td role="cell" class="${name}" data-column="${column}">${content}</td>`;
}

/** What is not known or does not apply. */
const NONE = markup`<span class="none">–</span>`;

const MARKS: Readonly<Record<TargetReport["state"], string>> = {
  up: "✓",
  down: "✕",
  wrong_address: "!",
  wrong_owner: "!",
  wrong_count: "!",
  unknown: "?",
};

/** A state as a badge: a mark and a word beside the colour. */
export function renderBadge(
  look: TargetReport["state"] | "losing",
  text: string,
): Markup {
  const mark = look === "losing" ? "↓" : MARKS[look];
  return markup`<span class="badge ${look}"><span aria-hidden="true">${mark}</span> ${text}</span>`;
}

function renderState(target: TargetReport, now: string): Markup {
  const remark = target.state === "unknown"
    ? target.up === true ? "bound, cannot tell by whom" : "cannot be read"
    : undefined;
  return markup`${renderBadge(target.state, target.state.replace("_", " "))}${
    isLosing(target, now) && markup` ${renderBadge("losing", "losing data")}`
  }${remark !== undefined && small(remark)}`;
}

function renderName({ protocol, port, name, labels, severity }: TargetReport) {
  const tags = [
    ...(severity === "critical" ? [] : [severity]),
    ...Object.entries(labels).map(([label, value]) => `${label}=${value}`),
  ];
  return markup`<th role="rowheader" scope="row" class="port"><span class="number">${port}</span><span class="protocol">/${protocol}</span> <span class="name">${name}</span>${
    tags.length > 0 && small(tags.join(", "))
  }</th>`;
}

function renderSince({ lastChange, observedSince }: TargetReport, now: string) {
  const time = lastChange ?? observedSince;
  if (time === undefined) return NONE;
  const length = formatDuration(secondsBetween(time, now));
  return lastChange === undefined
    ? markup`<span title="Looked at since ${
      formatInstant(time)
    }">over ${length}</span>${small("no change seen")}`
    : markup`${length}${small(markup`since ${renderClock(time, now)}`)}`;
}

/** Owners that differ in more than their pid, and the start of the oldest. */
interface OwnerGroup extends Pick<OwnerReport, "process" | "unit" | "user"> {
  readonly container: string | undefined;
  readonly pids: Set<number>;
  startTime: string | undefined;
}

function groupOwners(owners: readonly OwnerReport[]): readonly OwnerGroup[] {
  const groups = new Map<string, OwnerGroup>();
  for (const owner of owners) {
    const { process, unit, user, container, pid, startTime } = owner;
    const key = JSON.stringify([process, unit, user, container]);
    let group = groups.get(key);
    if (group === undefined) {
      group = { ...owner, container, pids: new Set(), startTime };
      groups.set(key, group);
    }
    if (pid !== undefined) group.pids.add(pid);
    if ((startTime ?? "") < (group.startTime ?? "")) {
      group.startTime = startTime;
    }
  }
  return [...groups.values()];
}

/** Owners, or pids of one, that are shown; the JSON has all. */
const SHOWN = 3;

function renderOwner(target: TargetReport): Markup {
  const { owners, ownerMatches, expected } = target;
  const groups = groupOwners(owners);
  const wanted = [expected.process, expected.unit, expected.user]
    .flatMap((names) => names?.join(" or ") ?? []).join(", ");
  const isWanted = wanted !== "" &&
    (ownerMatches === false || owners.length === 0);
  if (groups.length === 0 && !isWanted) return NONE;
  return markup`${groups.slice(0, SHOWN).map(renderOwnerGroup)}${
    groups.length > SHOWN && small(`and ${groups.length - SHOWN} more`)
  }${isWanted && renderWant(wanted)}`;
}

function renderOwnerGroup(
  { process, unit, user, container, pids, startTime }: OwnerGroup,
): Markup {
  const shown = [...pids].slice(0, SHOWN).join(", ");
  const rest = pids.size > SHOWN ? ` +${pids.size - SHOWN}` : "";
  const started = startTime === undefined
    ? false
    : markup` title="started ${formatInstant(startTime)}"`;
  return markup`<div${started}><span class="process">${
    process === undefined ? markup`<i>process unknown</i>` : process
  }</span>${
    pids.size > 0 && markup` <span class="pid">${shown}${rest}</span>`
  }${
    small(
      markup`${unit !== undefined && `${unit} · `}${user}${
        container !== undefined &&
        markup` · <span title="container ${container}">${
          container.slice(0, 12)
        }</span>`
      }`,
    )
  }</div>`;
}

function renderAddress(target: TargetReport): Markup {
  const { owners, sockets, expected, state } = target;
  const addresses = [...new Set(owners.map(({ address }) => address))];
  const rest = addresses.length - SHOWN;
  const wants = [
    ...(state === "wrong_address" ||
        state === "down" && expected.address !== "any"
      ? [expected.address]
      : []),
    ...(state === "wrong_count" ? [`${expected.sockets} sockets`] : []),
  ];
  if (addresses.length === 0 && wants.length === 0) return NONE;
  return markup`${
    addresses.slice(0, SHOWN).map((address) => markup`<code>${address}</code>`)
  }${rest > 0 && small(`and ${rest} more`)}${
    sockets !== undefined && sockets > 1 && small(`${sockets} sockets`)
  }${wants.map(renderWant)}`;
}

function renderQueue(
  { receiveQueueBytes, acceptQueueConnections }: TargetReport,
): Markup {
  return receiveQueueBytes !== undefined
    ? markup`${formatBytes(receiveQueueBytes)}`
    : acceptQueueConnections !== undefined
    ? markup`${formatCount(acceptQueueConnections)}${small("to accept")}`
    : NONE;
}

function renderDrops(
  { receiveDrops, lastReceiveDrop }: TargetReport,
  now: string,
): Markup {
  return markup`${renderCount(receiveDrops)}${
    lastReceiveDrop !== undefined &&
    small(markup`last ${renderClock(lastReceiveDrop, now)}`)
  }`;
}

function renderCount(count: number | undefined): Markup {
  return count === undefined ? NONE : markup`${formatCount(count)}`;
}

function renderDay(
  { history, historyDownSeconds = 0, observedSince }: TargetReport,
  { historyStart, time: now }: StatusReport,
): Markup {
  if (history === undefined || historyStart === undefined) return NONE;
  const { share, remarks } = describeHistory(history, {
    start: historyStart,
    now,
    observedSince: observedSince ?? historyStart,
    downSeconds: historyDownSeconds,
  });
  const words = [...(share === "" ? [] : [`up ${share}`]), ...remarks];
  return markup`${
    renderHistoryStrip(history, words.join(", "))
  }<span class="words" aria-hidden="true"><b>${share}</b> ${
    remarks.join(", ")
  }</span>`;
}

function small(content: Markup | string): Markup {
  return markup` <small>${content}</small>`;
}

/** What is expected instead. */
function renderWant(want: string): Markup {
  return markup` <small class="want">want ${want}</small>`;
}
