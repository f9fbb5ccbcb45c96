import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type {
  StatusReport,
  TargetReport,
} from "../../src/report/status_report.ts";
import { renderStatusPage } from "../../src/web/status_page.ts";
import {
  badNight,
  buildDownReport,
  buildOwner,
  buildReport,
  buildTargetReport,
  buildTcpReport,
} from "../support/reports.ts";

/** What a reader of the page sees in a piece of it. */
function textOf(html: string): string {
  return html.replace(/<title>[^<]*<\/title>/g, "")
    .replace(/<\/(?:td|th|small|div|code|dt|dd|li)>/g, " ")
    .replace(/<[^>]*>/g, "").replace(/\s+/g, " ").trim();
}

/** The cells of the row of one target, by their class. */
async function cellsOf(
  target: TargetReport,
): Promise<Readonly<Record<string, string>>> {
  const page = await renderStatusPage(buildReport([target]));
  const [, row = ""] =
    /<tr role="row" class="(?!group)[a-z_]+">(.*?)<\/tr>/s.exec(page) ?? [];
  const cells = [
    ...row.matchAll(/<t[hd][^>]* class="(\w+)"[^>]*>(.*?)<\/t[hd]>/gs),
  ].map(([, name = "", html = ""]) => [name, textOf(html)] as const);
  assertEquals(cells.length, 9);
  const [queue, drops, rebinds] = cells.filter(([name]) => name === "number")
    .map(([, text]) => text);
  return Object.assign(Object.fromEntries(cells), { queue, drops, rebinds });
}

Deno.test("renderStatusPage() shows all of a target", async () => {
  const { number: _, ...cells } = await cellsOf(buildTargetReport({
    labels: { site: "fra1" },
    severity: "warning",
    lastChange: "2026-03-13T22:40:13.000Z",
    receiveQueueBytes: 4160,
    receiveDrops: 12_345,
    rebinds: 3,
  }));
  assertEquals(cells, {
    state: "✓ up",
    port: "6984/udp cisco-asa warning, site=fra1",
    since: "4 h 32 min since 13 Mar 22:40",
    owner: "filebeat 1311 filebeat.service · filebeat",
    address: "0.0.0.0",
    queue: "4 KiB",
    drops: "12,345",
    rebinds: "3",
    day: "100 %",
  });
});

const states: readonly (readonly [
  name: string,
  target: TargetReport,
  want: Readonly<Record<string, string>>,
])[] = [
  ["a port that is down", buildDownReport(), {
    state: "✕ down",
    since: "23 min since 02:49",
    owner: "want filebeat",
    address: "–",
    queue: "–",
  }],
  [
    "a port that is bound elsewhere",
    buildDownReport({
      state: "wrong_address",
      expected: { address: "10.0.0.5" },
      owners: [buildOwner({ address: "127.0.0.1" })],
    }),
    { state: "! wrong address", address: "127.0.0.1 want 10.0.0.5" },
  ],
  [
    "a port in other hands",
    buildTargetReport({
      state: "wrong_owner",
      ownerMatches: false,
      expected: {
        address: "any",
        process: ["filebeat", "vector"],
        user: ["syslog"],
      },
      owners: [{ address: "::", process: "nc", user: "mallory", pid: 7 }],
    }),
    {
      state: "! wrong owner",
      owner: "nc 7 mallory want filebeat or vector, syslog",
    },
  ],
  [
    "too many sockets",
    buildTargetReport({
      state: "wrong_count",
      sockets: 3,
      expected: { address: "any", sockets: 2 },
    }),
    { state: "! wrong count", address: "0.0.0.0 3 sockets want 2 sockets" },
  ],
  [
    "an owner that cannot be read",
    buildTargetReport({
      state: "unknown",
      owners: [{ address: "::", user: "107" }],
    }),
    {
      state: "? unknown bound, cannot tell by whom",
      owner: "process unknown 107",
    },
  ],
  ["a table that cannot be read", {
    protocol: "udp",
    port: 514,
    name: "syslog",
    labels: {},
    severity: "critical",
    expected: { address: "any" },
    state: "unknown",
    owners: [],
  }, {
    state: "? unknown cannot be read",
    since: "–",
    owner: "–",
    queue: "–",
    drops: "–",
    rebinds: "–",
    day: "–",
  }],
  [
    "a port that loses data",
    buildTargetReport({
      receiveDrops: 5,
      lastReceiveDrop: "2026-03-14T03:12:01.000Z",
    }),
    { state: "✓ up ↓ losing data", drops: "5 last 03:12" },
  ],
  ["a TCP port", buildTcpReport({ acceptQueueConnections: 128 }), {
    queue: "128 to accept",
    drops: "–",
    since: "over 11 d no change seen",
  }],
  [
    "many workers as one owner",
    buildTargetReport({
      owners: [1, 2, 3, 4, 5].map((pid) => buildOwner({ pid })),
    }),
    { owner: "filebeat 1, 2, 3 +2 filebeat.service · filebeat" },
  ],
  [
    "the first of many owners",
    buildTargetReport({
      owners: [1, 2, 3, 4, 5].map((n) =>
        buildOwner({ process: `p${n}`, pid: n, address: `10.0.0.${n}` })
      ),
    }),
    { address: "10.0.0.1 10.0.0.2 10.0.0.3 and 2 more" },
  ],
];

for (const [name, target, want] of states) {
  Deno.test(`renderStatusPage() shows ${name}`, async () => {
    const cells = await cellsOf(target);
    assertEquals(
      Object.fromEntries(Object.keys(want).map((key) => [key, cells[key]])),
      want,
    );
  });
}

Deno.test("renderStatusPage() puts what needs attention first", async () => {
  const page = await renderStatusPage(badNight);
  const order = [
    "1 of 15 ports is down",
    "Needs attention",
    "fortigate",
    "wlan-controller",
    "paloalto",
    "As configured",
    "cisco-asa",
  ];
  const body = textOf(page.slice(page.indexOf("<body>")));
  const positions = order.map((text) => body.indexOf(text));
  assertEquals(positions.includes(-1), false);
  assertEquals(positions, positions.toSorted((a, b) => a - b));
});

const HOSTILE = `"><script>alert(1)</script>'&\n\u202e${"x".repeat(5000)}`;

Deno.test("renderStatusPage() shows hostile names as text, in every place", async () => {
  const owner = {
    address: HOSTILE,
    process: HOSTILE,
    unit: HOSTILE,
    user: HOSTILE,
    container: HOSTILE,
  };
  const target = buildTargetReport({
    name: HOSTILE,
    labels: { site: HOSTILE },
    owners: [owner],
    state: "wrong_owner",
    ownerMatches: false,
    expected: { address: HOSTILE, process: [HOSTILE], unit: [HOSTILE] },
  });
  const page = await renderStatusPage(buildReport([
    target,
    { ...target, up: false, state: "wrong_address" },
  ], {
    hostname: HOSTILE,
    listeners: [{ protocol: "tcp", port: 1, ...owner }],
    exporter: {
      version: HOSTILE,
      revision: HOSTILE,
      denoVersion: HOSTILE,
      target: HOSTILE,
      sources: [{
        source: HOSTILE,
        success: false,
        errors: 1,
        lastError: HOSTILE,
      }],
    },
  }));
  const body = page.replace(/<style>.*?<\/style>/s, "");
  assertEquals(/<script|\u202e|'|x{200}/.test(body), false);
  assert(page.split("&lt;script&gt;").length > 20);
  assertStringIncludes(page, "\\u{a}\\u{202e}xxx");
});

const warnings: readonly (readonly [
  name: string,
  exporter: Partial<StatusReport["exporter"]>,
  want: string,
])[] = [
  [
    "a source that cannot be read",
    {
      sources: [{
        source: "owners",
        success: false,
        errors: 2,
        lastError: "Cannot read /proc/1/fd: permission denied",
      }],
    },
    "Cannot see everything (owners): Cannot read /proc/1/fd: permission denied",
  ],
  [
    "a configuration that is not the newest",
    {
      config: {
        lastReloadSuccessful: false,
        lastReloadSuccess: "2026-03-02T09:15:00.000Z",
      },
    },
    "A configuration could not be loaded: what was loaded at " +
    "2026-03-02 09:15:00 UTC is in force, the log says why",
  ],
];

for (const [name, exporter, want] of warnings) {
  Deno.test(`renderStatusPage() warns of ${name}`, async () => {
    const report = buildReport();
    const page = await renderStatusPage({
      ...report,
      exporter: { ...report.exporter, ...exporter },
    });
    const [, list = ""] = /<ul class="warnings"[^>]*>(.*?)<\/ul>/s.exec(page) ??
      [];
    assertEquals(textOf(list), want);
  });
}

Deno.test("renderStatusPage() warns of nothing on a good day", async () => {
  assertEquals(
    (await renderStatusPage(buildReport())).includes('class="warnings"'),
    false,
  );
});

Deno.test("renderStatusPage() shows listeners, alone when there are no targets", async () => {
  const listeners = [{
    protocol: "tcp",
    port: 22,
    address: "::",
    process: "sshd",
    unit: "ssh.service",
    user: "root",
  }, { protocol: "udp", port: 68, address: "0.0.0.0", user: "root" }] as const;
  const page = await renderStatusPage(buildReport([], { listeners }));
  assertEquals(page.includes('class="targets"'), false);
  const [, table = ""] =
    /<table class="listeners">.*?<tbody>(.*?)<\/tbody>/s.exec(page) ?? [];
  assertEquals(
    textOf(table),
    "22/tcp :: sshd ssh.service root 68/udp 0.0.0.0 unknown – root",
  );
  // How many are unexpected is not known here.
  assertStringIncludes(page, "2, maybe fewer");
});

Deno.test("renderStatusPage() counts one target in the singular", async () => {
  const page = await renderStatusPage(buildReport([buildTargetReport()]));
  assertStringIncludes(page, ">1 target, loaded ");
});

Deno.test("renderStatusPage() links to the other pages, relative to where it is", async () => {
  const page = await renderStatusPage(buildReport());
  assertEquals(
    [...page.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, url]) => url),
    ["data:,", "metrics", "api/v1/ports", "-/healthy", "-/ready"],
  );
});

Deno.test("renderStatusPage() needs no style attribute and no script", async () => {
  const page = await renderStatusPage(badNight);
  assertEquals(/ style=|<script| on\w+=|url\(|@import/.test(page), false);
});

Deno.test("renderStatusPage() gives the event loop room after each row", async () => {
  let breaths = 0;
  await renderStatusPage(badNight, {
    breathe() {
      breaths++;
      return undefined;
    },
  });
  assertEquals(breaths, 15);
});
