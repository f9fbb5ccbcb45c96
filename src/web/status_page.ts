/**
 * Renders the page for browsers from a status report.
 *
 * It loads nothing and runs nothing, and asks the browser to fetch it again
 * each minute: a page that is left open must not grow old in silence.
 *
 * @module
 */

import type { ListenerReport, StatusReport } from "../report/status_report.ts";
import { type Markup, markup } from "./markup.ts";
import { formatCount, formatInstant } from "./page_formats.ts";
import { STYLE } from "./status_page_style.ts";
import {
  renderBadge,
  type RenderOptions,
  renderTargets,
} from "./status_page_targets.ts";
import {
  countTargets,
  describeStatus,
  type StatusCounts,
} from "./status_summary.ts";

/** How often the browser fetches the page again. */
const REFRESH_SECONDS = 60;

/** Renders the page. */
export async function renderStatusPage(
  report: StatusReport,
  options: RenderOptions = {},
): Promise<string> {
  const counts = countTargets(report);
  const headline = describeStatus(report, counts);
  const mood = counts.down > 0
    ? "down"
    : counts.wrong + counts.losing > 0
    ? "wrong_owner"
    : counts.unknown > 0 || report.targets.length === 0
    ? "unknown"
    : "up";
  const { hostname = "this host", time } = report;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<title>${headline} · ${hostname}</title>
<link rel="icon" href="data:,">
<style>${{ html: STYLE }}</style>
</head>
<body>
<header class="${mood}">
<p class="where"><b>${hostname}</b> <span>scanned <time datetime="${time}">${
    formatInstant(time)
  }</time>, again each minute</span></p>
<h1>${headline}</h1>
${report.targets.length > 0 && renderCounts(counts)}</header>
<main>
${renderWarnings(report)}${await renderTargets(report, options)}${
    renderListeners(report)
  }</main>
<footer>
${renderExporter(report)}</footer>
</body>
</html>
`.html;
}

/**
 * The policy under which the page is shown: nothing is loaded, and no style but
 * its own applies.
 */
export async function buildPagePolicy(): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(STYLE),
  );
  const hash = new Uint8Array(digest).toBase64();
  return `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; ` +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

function renderCounts({ up, down, wrong, unknown, losing }: StatusCounts) {
  const tiles = [
    ["down", down, "down"],
    ["wrong_owner", wrong, "not as configured"],
    ["losing", losing, "losing data"],
    ["unknown", unknown, "unknown"],
    ["up", up, "up"],
  ] as const;
  return markup`<ul class="counts">${
    tiles.map(([look, count, text]) =>
      markup`<li class="${count === 0 ? "zero" : look}"><b>${
        formatCount(count)
      }</b> ${text}</li>`
    )
  }</ul>
`;
}

/** What makes the rest of the page less than the whole truth. */
function renderWarnings({ exporter: { sources, config } }: StatusReport) {
  const warnings = sources.filter(({ success }) => !success).map((
    { source, lastError },
  ) => markup`Cannot see everything (${source}): ${lastError ?? ""}`);
  if (config?.lastReloadSuccessful === false) {
    warnings.push(
      markup`A configuration could not be loaded: what was loaded at ${
        formatInstant(config.lastReloadSuccess)
      } is in force, the log says why`,
    );
  }
  return warnings.length > 0 &&
    markup`<ul class="warnings" aria-label="Warnings">${
      warnings.map((warning) => markup`<li>${warning}</li>`)
    }</ul>
`;
}

function renderListeners(
  { listeners, unexpectedListeners, targets }: StatusReport,
) {
  if (listeners === undefined) return false;
  const heading = targets.length > 0 ? "Other listeners" : "Listeners";
  const count = unexpectedListeners ?? `${listeners.length}, maybe fewer`;
  return markup`<section aria-labelledby="listeners">
<h2 id="listeners">${heading} <span class="count">${count}</span></h2>
${
    listeners.length > 0 && markup`<table class="listeners">
<thead><tr>${
      ["Port", "Address", "Process", "Unit", "User"].map((column) =>
        markup`<th scope="col">${column}</th>`
      )
    }</tr></thead>
<tbody>
${listeners.map(renderListener)}</tbody>
</table>
`
  }</section>
`;
}

function renderListener(
  { protocol, port, address, process, unit, user }: ListenerReport,
) {
  return markup`<tr><th scope="row" class="port"><span class="number">${port}</span><span class="protocol">/${protocol}</span></th><td><code>${address}</code></td><td class="process">${
    process === undefined ? markup`<i>unknown</i>` : process
  }</td><td>${unit ?? "–"}</td><td>${user}</td></tr>
`;
}

function renderExporter({ exporter, host, targets }: StatusReport): Markup {
  const { config, sources, startTime, version, revision } = exporter;
  const counters = [
    ["Datagrams, port closed", host.udpNoPortDatagrams],
    ["Datagrams, buffer full", host.udpReceiveBufferErrors],
    ["Connections, queue full", host.tcpListenOverflows],
    ["Connections, all causes", host.tcpListenDrops],
  ] as const;
  return markup`<section aria-labelledby="host">
<h2 id="host">Lost on this host since boot</h2>
<dl>${
    counters.map(([name, count]) =>
      markup`<dt>${name}</dt><dd>${
        count === undefined ? "unknown" : formatCount(count)
      }</dd>`
    )
  }</dl>
</section>
<section aria-labelledby="exporter">
<h2 id="exporter">This exporter</h2>
<dl>
<dt>port_exporter</dt><dd>${version}, revision ${revision}</dd>
${
    startTime !== undefined &&
    markup`<dt>Started</dt><dd>${formatInstant(startTime)}</dd>
`
  }<dt>Configuration</dt><dd>${
    config === undefined
      ? "no file: reports what listens"
      : `${formatCount(targets.length)} ${
        targets.length === 1 ? "target" : "targets"
      }, loaded ${formatInstant(config.lastReloadSuccess)}`
  }</dd>
</dl>
</section>
<section aria-labelledby="sources">
<h2 id="sources">What the scan reads</h2>
<ul class="sources">${
    sources.map(({ source, success, errors }) =>
      markup`<li>${renderBadge(success ? "up" : "down", source)}${
        errors > 0 &&
        markup` <small>${formatCount(errors)} ${
          errors === 1 ? "error" : "errors"
        }</small>`
      }</li>`
    )
  }</ul>
</section>
<nav aria-label="Other pages"><a href="metrics">Metrics</a> <a href="api/v1/ports">JSON</a> <a href="-/healthy">Health</a> <a href="-/ready">Readiness</a></nav>
`;
}
