/**
 * What is checked on the booted system, in an order in which each check finds
 * what the ones before it left.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import { eventually } from "../support/program.ts";
import { type Host, UNIT } from "./host.ts";
import {
  asa,
  buildReceiverConfig,
  buildReceiverFiles,
  intruder,
  switches,
} from "./receivers.ts";
import type { Report } from "./report.ts";

/** Where the package lies. */
const PACKAGE = "/root/port_exporter.deb";
const CONFIG = "/etc/port_exporter/ports.yml";
const BAD_CONFIG = "ports: [{port: 70000}]\n";
const BAD_CONFIG_MESSAGE = /Cannot use ports\[0\]\.port: 70000, want 1-65535/;

type Check = Report["check"];

/** What the checks run with. */
export interface ChecksOptions {
  /** Runs one. */
  readonly check: Check;
  /** Boots the system, again when it is up; its files stay. */
  readonly boot: () => Promise<Host>;
}

/** Runs all checks. */
export async function runChecks(
  { check, boot }: ChecksOptions,
): Promise<void> {
  const host = await boot();
  await checkStart(check, host);
  await checkSandbox(check, host);
  await checkOwners(check, host);
  await checkReload(check, host);
  await checkOptions(check, host);
  await checkTraces(check, host);
  await checkEnds(check, host);
  await checkRemoval(check, await boot());
}

async function checkStart(check: Check, host: Host): Promise<void> {
  await check("installing the package starts nothing", async () => {
    await host.read("dpkg", "--install", PACKAGE);
    assertEquals(await host.show("ActiveState"), "inactive");
    assertEquals(await host.show("UnitFileState"), "disabled");
    return await host.read("port_exporter", "version");
  });

  await check("systemctl enable --now starts the service", async () => {
    const files = {
      ...buildReceiverFiles([asa, switches, intruder]),
      [CONFIG]: buildReceiverConfig([asa, switches]),
    };
    for (const [path, text] of Object.entries(files)) {
      await host.write(path, text);
    }
    await host.read("systemctl", "daemon-reload");
    await host.read("systemctl", "enable", "--now", asa.unit, switches.unit);
    await host.read("systemctl", "enable", "--now", UNIT);
    await host.waitForUp({ asa: 1, switches: 1 });
    assertEquals(await host.show("ActiveState"), "active");

    const started = await host.show("ExecMainStartTimestampMonotonic");
    const listening = (await host.readJournal())
      .findLast(({ MESSAGE }) => /msg=listening/.test(String(MESSAGE)));
    const microseconds = Number(listening?.__MONOTONIC_TIMESTAMP) -
      Number(started);
    return `it listens after ${Math.round(microseconds / 1000)} ms`;
  });
}

/** Bits 2 and 19 of linux/capability.h. */
const TWO_CAPABILITIES = "0000000000080004";

async function checkSandbox(check: Check, host: Host): Promise<void> {
  await check("it runs as a dynamic user", async () => {
    assertEquals(await host.show("DynamicUser"), "yes");
    const { Uid = "" } = await host.readProcess("status");
    const [uid = ""] = Uid.split("\t");
    // The range that systemd keeps for them: https://systemd.io/UIDS-GIDS/
    assert(Number(uid) >= 61184 && Number(uid) <= 65519, Uid);
    assertEquals(Uid, [uid, uid, uid, uid].join("\t"));
    return `uid ${uid}`;
  });

  await check("it has two capabilities and cannot get more", async () => {
    const status = await host.readProcess("status");
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
      assertEquals(status[set], TWO_CAPABILITIES, set);
    }
    assertEquals(status.NoNewPrivs, "1");
    // SECCOMP_MODE_FILTER
    assertEquals(status.Seccomp, "2");
    return `CapEff ${status.CapEff}`;
  });
}

async function checkOwners(check: Check, host: Host): Promise<void> {
  const receivers = [asa, switches];

  await check(
    "owners of equal name are told apart by their units",
    async () => {
      const series = await host.scrape();
      for (const { name, unit } of receivers) {
        const owners = series.labels("port_owner_info")
          .filter((owner) => owner.name === name);
        assertNotEquals(owners, [], name);
        for (const owner of owners) {
          assertEquals([owner.process, owner.unit, owner.user], [
            "rsyslogd",
            unit,
            "root",
          ]);
        }
        assertEquals(series.value("port_owner_matches", { name }), 1, name);
        assertEquals(
          String(series.value("port_owner_pid", { name })),
          await host.read("systemctl", "show", "-P", "MainPID", unit),
        );
      }
    },
  );

  await check("check agrees", async () => {
    const { code, stdout, stderr } = await host.run(
      ...["port_exporter", "check", `--config.file=${CONFIG}`],
    );
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    for (const { name, port, unit } of receivers) {
      const line = stdout.split("\n").find((line) => line.includes(name)) ?? "";
      assertMatch(line, new RegExp(`^udp +${port} +${name} +up `));
      assert(line.includes(` ${unit} `), line);
    }
  });

  await check("stopping one receiver shows its port down alone", async () => {
    await host.read("systemctl", "stop", asa.unit);
    await host.waitForUp({ asa: 0, switches: 1 });
  });

  await check("its port in other hands has the wrong owner", async () => {
    await host.read("systemctl", "start", intruder.unit);
    const series = await host.waitForUp({ asa: 1, switches: 1 });
    assertEquals(series.value("port_owner_matches", { name: "asa" }), 0);
    assertEquals(
      series.value("port_state", { name: "asa", state: "wrong_owner" }),
      1,
    );
    await host.read("systemctl", "stop", intruder.unit);
  });

  await check("starting it again shows it up, and a rebind", async () => {
    const rebinds = async (name: string) =>
      (await host.scrape()).value("port_rebinds_total", { name }) ?? NaN;
    const before = [await rebinds("asa"), await rebinds("switches")] as const;
    await host.read("systemctl", "start", asa.unit);
    await host.waitForUp({ asa: 1, switches: 1 });
    assertEquals(
      [await rebinds("asa"), await rebinds("switches")],
      [before[0] + 1, before[1]],
    );
  });
}

/** A target that nobody serves. */
const added = { name: "added", port: 6516, unit: "rsyslog@added.service" };

async function checkReload(check: Check, host: Host): Promise<void> {
  const lastReload = async () =>
    (await host.scrape())
      .value("port_exporter_config_last_reload_successful");

  await check("systemctl reload adds a target and keeps counters", async () => {
    const observed = "port_observed_seconds_total";
    const pid = await host.show("MainPID");
    const before = (await host.scrape()).value(observed, { name: "asa" });
    await host.write(CONFIG, buildReceiverConfig([asa, switches, added]));
    await host.read("systemctl", "reload", UNIT);
    const series = await host.waitForUp({ asa: 1, switches: 1, added: 0 });
    assert(Number(series.value(observed, { name: "asa" })) >= Number(before));
    assertEquals(await lastReload(), 1);
    assertEquals(await host.show("MainPID"), pid);
  });

  await check("systemctl reload fails with a mistake in the file", async () => {
    await host.write(CONFIG, BAD_CONFIG);
    const { code, stderr } = await host.run("systemctl", "reload", UNIT);
    assertEquals(code, 1, stderr);
    assertMatch(
      await host.read("systemctl", "status", "--lines=20", UNIT),
      BAD_CONFIG_MESSAGE,
    );
    await host.waitForUp({ asa: 1, switches: 1, added: 0 });
    // It was not told to reload.
    assertEquals(await lastReload(), 1);
    assertEquals(await host.show("ActiveState"), "active");
  });

  await check("a bare SIGHUP keeps the old configuration too", async () => {
    await host.read("systemctl", "kill", "--signal=HUP", UNIT);
    await eventually(async () => assertEquals(await lastReload(), 0));
    await host.waitForUp({ asa: 1, switches: 1, added: 0 });
    await host.write(CONFIG, buildReceiverConfig([asa, switches]));
    await host.read("systemctl", "reload", UNIT);
    await host.waitForUp({ asa: 1, switches: 1 });
    assertEquals(await lastReload(), 1);
  });
}

const WEB_CONFIG = "/etc/port_exporter/web.yml";

async function checkOptions(check: Check, host: Host): Promise<void> {
  const hasProcessMetrics = async () =>
    (await host.scrape()).value("process_start_time_seconds") !== undefined;

  await check("options are taken from /etc/default/port_exporter", async () => {
    assertEquals(await hasProcessMetrics(), false);
    await host.write(WEB_CONFIG, "http_server_config: {}\n");
    await host.read("chmod", "600", WEB_CONFIG);
    await host.write(
      "/etc/default/port_exporter",
      `CONFIG="--config.file=${CONFIG} --web.config.file=${WEB_CONFIG}"\n` +
        'ARGS="--web.exporter-metrics"\n',
    );
    await host.read("systemctl", "restart", UNIT);
    await host.waitForUp({ asa: 1, switches: 1 });
    assertEquals(await hasProcessMetrics(), true);
    await host.read("systemctl", "reload", UNIT);
  });

  await check("systemctl reload checks the web configuration too", async () => {
    await host.write(WEB_CONFIG, "basic_auth_users: {alice: secret}\n");
    const { code, stderr } = await host.run("systemctl", "reload", UNIT);
    assertEquals(code, 1, stderr);
    assertMatch(
      await host.read("systemctl", "status", "--lines=20", UNIT),
      /web\.yml: Cannot use basic_auth_users\.alice: 6 characters/,
    );
    await host.waitForUp({ asa: 1, switches: 1 });
  });

  await check("without the file of options the defaults hold", async () => {
    await host.read("mv", "/etc/default/port_exporter", "/root/options");
    await host.read("systemctl", "restart", UNIT);
    await host.waitForUp({ asa: 1, switches: 1 });
    assertEquals(await hasProcessMetrics(), false);
    await host.read("systemctl", "reload", UNIT);
    await host.read("mv", "/root/options", "/etc/default/port_exporter");
    await host.write(WEB_CONFIG, "");
  });
}

async function checkTraces(check: Check, host: Host): Promise<void> {
  await check("the service wrote nothing to disk", async () => {
    assertEquals((await host.readProcess("io")).write_bytes, "0");
    const uid = await host.show("UID");
    assertEquals(
      await host.read(
        ...["find", "/", "/dev/shm", "/run", "/tmp", "/var/tmp", "-xdev"],
        ...["-ignore_readdir_race", "("],
        ...["-user", uid, "-o", "-path", `*-${UNIT}-*/tmp/*`, ")", "-print"],
      ),
      "",
    );
  });

  await check("its memory stays below MemoryMax", async () => {
    const limit = Number(await host.show("MemoryMax"));
    const { VmHWM, VmRSS, RssAnon } = await host.readProcess("status");
    assert(Number.parseInt(VmHWM ?? "") * 1024 < limit, `${VmHWM} of ${limit}`);
    const group = await host.show("ControlGroup");
    const events = await host
      .run("cat", `/sys/fs/cgroup${group}/memory.events`);
    if (events.code === 0) {
      assertMatch(events.stdout, /^max 0\n.*oom_kill 0$/ms);
    }
    return `resident ${VmRSS}, anonymous ${RssAnon}, at most ${VmHWM}` +
      (events.code === 0
        ? ""
        : "; the limit itself is not enforced here, where the kernel's " +
          "memory controller is not in the unified hierarchy");
  });

  await check("the journal can be read", async () => {
    const messages = (await host.readJournal()).map(({ MESSAGE }) => MESSAGE);
    assert(messages.length > 0);
    for (const message of messages) {
      // journald gives an array of bytes for what is no text.
      assert(
        typeof message === "string" && /^\P{Cc}+$/u.test(message),
        `${message}`,
      );
    }
    return `${messages.length} lines`;
  });
}

async function checkEnds(check: Check, host: Host): Promise<void> {
  await check("systemd restarts it when it is killed", async () => {
    const pid = await host.show("MainPID");
    await host.read(
      ...["systemctl", "kill", "--kill-whom=main", "--signal=KILL", UNIT],
    );
    await eventually(async () => {
      assertEquals(await host.show("ActiveState"), "active");
      assertEquals(await host.show("NRestarts"), "1");
    }, { seconds: 30 });
    assertNotEquals(await host.show("MainPID"), pid);
    await host.waitForUp({ asa: 1, switches: 1 });
  });

  await check("it ends well when it is stopped", async () => {
    await host.read("systemctl", "stop", UNIT);
    assertEquals(await host.show("Result"), "success");
    assertEquals(await host.show("ExecMainStatus"), "0");
  });

  await check("a mistake in the file at start is not tried again", async () => {
    await host.write(CONFIG, BAD_CONFIG);
    await host.run("systemctl", "start", UNIT);
    // With a restart to come it would be "activating".
    await eventually(async () =>
      assertEquals(await host.show("ActiveState"), "failed")
    );
    assertEquals(await host.show("ExecMainStatus"), "2");
    assertEquals(await host.show("NRestarts"), "0");
    const messages = (await host.readJournal()).map(({ MESSAGE }) => MESSAGE);
    assertMatch(String(messages.at(-1)), BAD_CONFIG_MESSAGE);
    await host.write(CONFIG, buildReceiverConfig([asa, switches]));
  });
}

async function checkRemoval(check: Check, host: Host): Promise<void> {
  await check("the next boot starts it", async () => {
    await host.waitForUp({ asa: 1, switches: 1 });
  });

  await check(
    "an upgrade restarts it and keeps the configuration",
    async () => {
      const pid = await host.show("MainPID");
      await host.read("dpkg", "--install", PACKAGE);
      await host.waitForUp({ asa: 1, switches: 1 });
      assertNotEquals(await host.show("MainPID"), pid);
    },
  );

  await check("purging the package leaves nothing behind", async () => {
    const name = await host.read("dpkg-deb", "--field", PACKAGE, "Package");
    await host.read("dpkg", "--purge", name);
    assertEquals(
      await host.read("find", "/", "-xdev", "-name", "*port[_-]exporter*"),
      PACKAGE,
    );
    const processes = await host
      .run("sh", "-c", "grep --files-with-matches ^port_exporter /proc/*/comm");
    assertEquals(processes.stdout, "");
  });
}
