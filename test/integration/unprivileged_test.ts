/**
 * The exporter as another user: what is known without privileges, and with the
 * two capabilities that the owners of sockets need.
 */

import { assertEquals, assertMatch } from "@std/assert";
import {
  buildConfigText,
  runCommand,
  scanOnce,
  startExporter,
} from "../support/program.ts";
import { findState, type Series } from "../support/exposition.ts";
import { startHolder } from "../support/holder.ts";

const NOBODY = 65534;

/** Runs what follows as a user that owns nothing. */
const UNPRIVILEGED = [
  "setpriv",
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  "--clear-groups",
];

/** What setpriv adds for exactly these capabilities, as systemd does. */
function withCapabilities(...names: readonly string[]): readonly string[] {
  const only = ["-all", ...names.map((name) => `+${name}`)].join();
  return [
    ...UNPRIVILEGED,
    `--inh-caps=${only}`,
    `--ambient-caps=${only}`,
    `--bounding-set=${only}`,
  ];
}

const PRIVILEGED = withCapabilities("dac_read_search", "sys_ptrace");

/** As a user that `ProtectProc=invisible` or `hidepid=2` shows no process of others. */
const BLINDFOLDED = [
  ...["unshare", "--mount", "sh", "-c"],
  'mount -t proc -o hidepid=2 proc /proc && exec "$@"',
  ...["sh", ...UNPRIVILEGED],
];

/** What the exporter knows of its one target. */
function knowledgeOf(series: Series) {
  const [{ process, user } = {}, ...others] = series.labels("port_owner_info");
  assertEquals(others, []);
  return {
    up: series.value("port_up"),
    state: findState(series),
    process,
    user,
    pid: series.value("port_owner_pid"),
    processes: series.value("port_owner_processes"),
    startTime: series.value("port_owner_start_time_seconds") !== undefined,
    matches: series.value("port_owner_matches"),
    success: series.value("port_exporter_scan_success", { source: "owners" }),
  };
}

/**
 * What is known without privileges of a port that another user holds, when
 * somebody is expected there.
 */
const USER_ONLY = {
  up: 1,
  state: undefined,
  process: undefined,
  user: "root",
  pid: undefined,
  processes: undefined,
  startTime: false,
  matches: undefined,
  success: 0,
};

for (
  const [title, wrapper] of [
    ["without capabilities", UNPRIVILEGED],
    ["without DAC_READ_SEARCH", withCapabilities("sys_ptrace")],
    ["without SYS_PTRACE", withCapabilities("dac_read_search")],
    ["where processes of others are hidden", BLINDFOLDED],
  ] as const
) {
  Deno.test(`${title} only the user is known`, async () => {
    await using holder = await startHolder({ name: "receiver" });
    const scan = async (entry: Readonly<Record<string, unknown>>) =>
      knowledgeOf(await scanOnce(buildConfigText(holder.port, entry), wrapper));
    assertEquals(await scan({}), { ...USER_ONLY, state: "up" });
    for (const process of ["receiver", "other"]) {
      assertEquals(await scan({ process }), USER_ONLY, process);
    }
    assertEquals(await scan({ user: "root" }), {
      ...USER_ONLY,
      matches: 1,
      state: "up",
    });
    assertEquals(await scan({ user: "daemon", process: "receiver" }), {
      ...USER_ONLY,
      matches: 0,
      state: "wrong_owner",
    });
  });
}

Deno.test("an own socket is known without capabilities", async () => {
  await using holder = await startHolder({
    name: "receiver",
    wrapper: UNPRIVILEGED,
  });
  const { stdout: user } = await runCommand(["id", "-nu", String(NOBODY)]);
  const series = await scanOnce(
    buildConfigText(holder.port, { process: "receiver" }),
    UNPRIVILEGED,
  );
  assertEquals(knowledgeOf(series), {
    up: 1,
    state: "up",
    process: "receiver",
    user: user.trim(),
    pid: holder.pid,
    processes: 1,
    startTime: true,
    matches: 1,
    success: 1,
  });
});

Deno.test("the log says once which capabilities are missing", async () => {
  await using holder = await startHolder();
  await using exporter = await startExporter({
    config: buildConfigText(holder.port, { process: "holder" }),
    wrapper: UNPRIVILEGED,
  });
  const walks: unknown[] = [];
  for (let count = 0; count < 10; count++) {
    const series = await exporter.scrape();
    assertEquals(knowledgeOf(series), USER_ONLY);
    walks.push(series.value("port_exporter_owner_walks_total"));
  }
  await exporter.stop();
  assertEquals(walks, Array(10).fill(1), "it looks at every scrape");
  const lines = exporter.log().split("\n").filter((line) =>
    /level=(?!info)/.test(line) && !line.includes("range of client sockets")
  );
  assertEquals(lines.length, 1, exporter.log());
  assertMatch(
    lines[0] ?? "",
    /level=warn .*CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE/,
  );
});

Deno.test("with exactly two capabilities the owners of all users are known", async () => {
  await using ofRoot = await startHolder({ name: "receiver" });
  await using ofDaemon = await startHolder({
    name: "receiver",
    wrapper: ["setpriv", "--reuid=1", "--regid=1", "--clear-groups"],
  });
  const { stdout: daemon } = await runCommand(["id", "-nu", "1"]);
  for (
    const { holder, user } of [
      { holder: ofRoot, user: "root" },
      { holder: ofDaemon, user: daemon.trim() },
    ]
  ) {
    await using exporter = await startExporter({
      config: buildConfigText(holder.port, { process: "receiver", user }),
      wrapper: PRIVILEGED,
    });
    const status = await Deno.readTextFile(`/proc/${exporter.pid}/status`);
    // Bits 2 and 19, capabilities(7).
    assertMatch(status, /^CapEff:\s0{11}80004$/m);
    assertMatch(status, new RegExp(`^Uid:\\s${NOBODY}\\s${NOBODY}\\s`, "m"));
    assertEquals(knowledgeOf(await exporter.scrape()), {
      up: 1,
      state: "up",
      process: "receiver",
      user,
      pid: holder.pid,
      processes: 1,
      startTime: true,
      matches: 1,
      success: 1,
    });
  }
});
