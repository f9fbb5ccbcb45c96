import { assertEquals } from "@std/assert";
import type { TargetReport } from "../../src/report/status_report.ts";
import {
  countTargets,
  describeStatus,
  sortTargets,
} from "../../src/web/status_summary.ts";
import {
  buildDownReport,
  buildReport,
  buildTargetReport,
} from "../support/reports.ts";

const up = buildTargetReport({ name: "up" });
const down = buildDownReport({ name: "down" });
const downInfo = buildDownReport({ name: "down-info", severity: "info" });
const wrongOwner = buildTargetReport({ name: "owner", state: "wrong_owner" });
const wrongAddress = buildDownReport({ name: "ip", state: "wrong_address" });
const wrongCount = buildTargetReport({ name: "count", state: "wrong_count" });
const unknown = buildTargetReport({ name: "unknown", state: "unknown" });
// The report is of 03:12:40.
const losing = buildTargetReport({
  name: "losing",
  lastReceiveDrop: "2026-03-14T03:07:41.000Z",
});
const lostOnce = buildTargetReport({
  name: "lost-once",
  lastReceiveDrop: "2026-03-14T03:07:40.000Z",
});

function headlineOf(...targets: readonly TargetReport[]): string {
  const report = buildReport(targets);
  return describeStatus(report, countTargets(report));
}

Deno.test("countTargets() counts each target once, and those that lose data again", () => {
  const targets = [up, down, downInfo, wrongOwner, wrongAddress, wrongCount];
  assertEquals(
    countTargets(buildReport([...targets, unknown, losing, lostOnce])),
    { up: 3, down: 2, wrong: 3, unknown: 1, losing: 1 },
  );
});

for (
  const [targets, want] of [
    [[up], "The port is up"],
    [[up, up], "All 2 ports are up"],
    [[down], "1 of 1 port is down"],
    [[up, down, downInfo, unknown], "2 of 4 ports are down"],
    [[up, wrongOwner, losing], "1 of 3 ports is not as configured"],
    [[losing, unknown], "1 of 2 ports is losing data"],
    [[up, unknown], "1 of 2 ports cannot be told"],
    [[], "No ports are configured"],
  ] as const
) {
  Deno.test(`describeStatus() says "${want}"`, () => {
    assertEquals(headlineOf(...targets), want);
  });
}

Deno.test("describeStatus() counts listeners when no ports are configured", () => {
  const listener = {
    protocol: "tcp",
    port: 22,
    address: "::",
    user: "root",
  } as const;
  for (
    const [count, want] of [[0, "0 listeners"], [1, "1 listener"]] as const
  ) {
    const report = buildReport([], {
      listeners: Array.from({ length: count }, () => listener),
    });
    assertEquals(describeStatus(report, countTargets(report)), want);
  }
});

Deno.test("sortTargets() puts the worst first and leaves the others in order", () => {
  const { problems, others } = sortTargets(buildReport([
    lostOnce,
    unknown,
    losing,
    wrongCount,
    downInfo,
    wrongOwner,
    up,
    wrongAddress,
    down,
  ]));
  const names = (targets: readonly TargetReport[]) =>
    targets.map(({ name }) => name);
  assertEquals(names(problems), [
    "down",
    "down-info",
    "ip",
    "owner",
    "count",
    "losing",
    "unknown",
  ]);
  assertEquals(names(others), ["lost-once", "up"]);
});
