/**
 * The page for browsers.
 *
 * @module
 */

import type { BuildInfo } from "../version.ts";

/** Renders the page that links to the others. */
export function renderHomePage({ version, revision }: BuildInfo): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>port_exporter</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
</style>
</head>
<body>
<h1>port_exporter</h1>
<p>Tells Prometheus whether the ports of this host are bound.</p>
<ul>
<li><a href="/metrics">Metrics</a></li>
<li><a href="/-/healthy">Health</a></li>
</ul>
<p>Version ${version}, revision ${revision}</p>
</body>
</html>
`;
}
