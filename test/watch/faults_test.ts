/**
 * Every single read of a scan fails once, with each error that the kernel has
 * for it: what the scan then says is true or unknown.
 */

import { assert, assertEquals } from "@std/assert";
import type { Snapshot, TargetStatus } from "../../src/model/snapshot.ts";
import {
  COUNTERS,
  type Fault,
  type FaultyHost,
  NEW_CHILD,
  openFaultyHost,
  type Read,
  type TargetTruth,
  truth,
  UNEXPECTED,
} from "./faulty_host.ts";

/** A moment in a host's life at which a scan fails. */
interface Moment {
  readonly name: string;
  readonly restarted: boolean;
  /** Brings a new host there. */
  readonly reach: (host: FaultyHost) => Promise<void>;
}

const moments: readonly Moment[] = [
  {
    name: "the first scan",
    restarted: false,
    reach: () => Promise.resolve(),
  },
  {
    name: "a later scan",
    restarted: false,
    async reach(host) {
      await host.scan();
      // Nothing that was remembered holds any more.
      host.pass(61_000);
    },
  },
  {
    name: "the scan after a restart",
    restarted: true,
    async reach(host) {
      await host.scan();
      host.restart();
      host.pass(1_000);
    },
  },
];

/** Errors as Deno gives them. */
const errors = {
  EIO: new Error("Input/output error (os error 5)"),
  EMFILE: new Error("Too many open files (os error 24)"),
  EACCES: new Deno.errors.PermissionDenied("Permission denied (os error 13)"),
  ENOENT: new Deno.errors.NotFound("No such file or directory (os error 2)"),
  ESRCH: new Error("No such process (os error 3)"),
} as const;

type ErrorName = keyof typeof errors;

/** The process that a file belongs to; undefined for a file of the host. */
function pidOf(path: string): number | undefined {
  const [, pid] = /^(\d+)\//.exec(path) ?? [];
  return pid === undefined || pid === "2" ? undefined : Number(pid);
}

/** What a scan says, in the words of the truth. */
function summarize(
  { up, state, sockets, owner }: TargetStatus,
): { readonly up: boolean | undefined } & Partial<TargetTruth> {
  return {
    up,
    ...(state !== undefined && { state }),
    ...(sockets !== undefined && { sockets: sockets.length }),
    matches: owner.matches,
    // Without an owner the processes are not shown.
    ...(owner.processes !== undefined && owner.infos.length > 0 &&
      { pids: owner.processes.map(({ pid }) => pid) }),
  };
}

function assertComplete(snapshot: Snapshot, { restarted }: Moment): void {
  const said = Object.fromEntries(
    snapshot.targets.map((status) => [
      status.watched.target.name,
      summarize(status),
    ]),
  );
  const want = Object.entries(truth({ restarted }))
    .map(([name, target]) => [name, { up: target.sockets > 0, ...target }]);
  assertEquals(said, Object.fromEntries(want));
  assertEquals(snapshot.counters, COUNTERS);
  assertEquals(snapshot.listeners?.map(({ port }) => port), UNEXPECTED);
  assertEquals(snapshot.unexpectedListeners, UNEXPECTED.length);
}

/** Fails when a scan says anything that is not so. */
function assertNothingWrong(
  snapshot: Snapshot,
  { restarted, hiddenPid }: {
    readonly restarted: boolean;
    /** A process that is gone, or that may not be looked into. */
    readonly hiddenPid?: number | undefined;
  },
): void {
  const truths = truth({ restarted });
  for (const status of snapshot.targets) {
    const { name } = status.watched.target;
    const { up, state, sockets, matches, pids } = summarize(status);
    const real = truths[name];
    if (real === undefined) throw new Error(`no target ${name}`);
    const { pids: realPids = [] } = real;
    const visible = realPids.filter((pid) => pid !== hiddenPid);
    assert(up === undefined || up === real.sockets > 0, `${name} up=${up}`);
    assert(
      sockets === undefined || sockets === real.sockets,
      `${name} has ${sockets} sockets`,
    );
    assert(
      pids === undefined ||
        // A child that could not be looked for is found at the next scan.
        [realPids, visible, realPids.filter((pid) => pid !== NEW_CHILD)]
          .some((allowed) => allowed.join() === pids.join()),
      `${name} held by ${pids}`,
    );
    // Filebeat's worker, when it is all that is left, is not filebeat.
    const isWorkerLeft = real.matches === true && name === "shared" &&
      visible.join() === String(realPids[1]);
    const allowed = isWorkerLeft ? [undefined, true, false] : [
      undefined,
      real.matches,
    ];
    assert(allowed.includes(matches), `${name} matches=${matches}`);
    assert(
      [undefined, real.state, ...(isWorkerLeft ? ["wrong_owner"] : [])]
        .includes(state),
      `${name} is ${state}`,
    );
  }
  for (const [name, value] of Object.entries(snapshot.counters)) {
    assertEquals(value, COUNTERS[name as keyof typeof COUNTERS], name);
  }
  assert([undefined, UNEXPECTED.length].includes(snapshot.unexpectedListeners));
  if (snapshot.listeners !== undefined) {
    assertEquals(snapshot.listeners.map(({ port }) => port), UNEXPECTED);
  }
}

/** The source that tells of a file that could not be read. */
function sourceOf(path: string): string | undefined {
  return /^self\/net\/(tcp6?|udp6?|snmp6?|netstat)$/.exec(path)?.[1];
}

/** Before the range of clients' ports was read once, the default is taken. */
function isUnknownRange({ path }: Read, moment: Moment): boolean {
  return moment === moments[0] && path.endsWith("/ip_local_port_range");
}

/** Faults of a read, and of everything that then fails with it. */
function buildFault(
  name: ErrorName,
  { failing, once }: { readonly failing: Read; readonly once: boolean },
): Fault {
  const pid = pidOf(failing.path);
  const isEnd = pid !== undefined && (name === "ENOENT" || name === "ESRCH");
  return ({ path, ordinal }) => {
    const fails = isEnd
      // A process that has ended stays so.
      ? ordinal >= failing.ordinal && pidOf(path) === pid
      : once
      ? ordinal === failing.ordinal
      : path === failing.path;
    return fails ? errors[name] : undefined;
  };
}

for (const moment of moments) {
  Deno.test(`nothing fails at ${moment.name}`, async () => {
    const host = openFaultyHost();
    await moment.reach(host);
    assertComplete((await host.scan()).snapshot, moment);
  });

  for (const name of Object.keys(errors) as readonly ErrorName[]) {
    for (const once of [true, false]) {
      const what = once ? "a read" : "a file";
      Deno.test(`${name} of ${what} at ${moment.name} makes unknown, never wrong`, async () => {
        const healthy = openFaultyHost();
        await moment.reach(healthy);
        const { reads } = await healthy.scan();
        const seen = new Set<string>();
        const failures: string[] = [];
        for (const read of reads) {
          if (isUnknownRange(read, moment)) continue;
          if (!once && seen.has(read.path)) continue;
          seen.add(read.path);
          const hiddenPid = name === "EIO" || name === "EMFILE"
            ? undefined
            : pidOf(read.path);
          await assertSurvives(moment, {
            fault: buildFault(name, { failing: read, once }),
            hiddenPid,
            read,
            isGone: hiddenPid !== undefined && name !== "EACCES",
          }).catch((error) =>
            failures.push(`read ${read.ordinal}, ${read.path}: ${error}`)
          );
        }
        assertEquals(failures, []);
        assert(seen.size > 20, `only ${seen.size} files were read`);
      });
    }
  }
}

async function assertSurvives(
  moment: Moment,
  { fault, hiddenPid, read, isGone }: {
    readonly fault: Fault;
    readonly hiddenPid: number | undefined;
    readonly read: Read;
    readonly isGone: boolean;
  },
): Promise<void> {
  const host = openFaultyHost();
  await moment.reach(host);
  const { snapshot } = await host.scan(fault);
  assertNothingWrong(snapshot, { ...moment, hiddenPid });
  const sources = host.sources();
  const failed = sourceOf(read.path);
  for (const [source, success] of Object.entries(sources)) {
    if (source === "owners") continue;
    assertEquals(success, source !== failed, `success of ${source}`);
  }
  const isOwnerUnknown = snapshot.targets.some((status) =>
    status.up === true && summarize(status).pids === undefined
  );
  if (!isGone && isOwnerUnknown && failed === undefined) {
    assertEquals(sources["owners"], false, "success of owners");
  }
  // Only a table can make it unknown whether a port is up.
  const unknown = snapshot.targets.filter(({ up }) => up === undefined);
  for (const { watched: { target } } of unknown) {
    assert(failed?.startsWith(target.protocol), `${target.name} is unknown`);
  }
  // Owners that were not found are looked for again after five seconds, and
  // described afresh after ten.
  host.pass(10_000);
  const { snapshot: after } = await host.scan();
  // Who has gone or is hidden stays so.
  if (hiddenPid === undefined) assertComplete(after, moment);
  else assertNothingWrong(after, { ...moment, hiddenPid });
  for (const [source, success] of Object.entries(host.sources())) {
    assert(success, `${source} is not well again`);
  }
}
