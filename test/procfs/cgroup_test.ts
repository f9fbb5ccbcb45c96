import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type CgroupMembership, parseCgroup } from "../../src/procfs/cgroup.ts";

const ID = "3b2f5d4c".repeat(8);
const OTHER_ID = "0123456789abcdef".repeat(4);
const POD = "pod2f9d0e1a-7c55-4a0e-9d11-0f6a3f0b7c21";
const POD_SLICE = POD.replaceAll("-", "_");

/** Paths of cgroup v2, behind `0::`. */
const paths: readonly (readonly [
  name: string,
  path: string,
  want: CgroupMembership,
])[] = [
  ["a service", "/system.slice/rsyslog.service", { unit: "rsyslog.service" }],
  [
    "a process below its service",
    "/system.slice/rsyslog.service/worker",
    { unit: "rsyslog.service" },
  ],
  [
    "a process below its service, in a group with any bytes in its name",
    "/system.slice/rsyslog.service/a\r\u2028b",
    { unit: "rsyslog.service" },
  ],
  [
    "an instance of a template, whose slice has the template's name",
    "/system.slice/system-filebeat.slice/filebeat@asa.service",
    { unit: "filebeat@asa.service" },
  ],
  [
    "an instance with an escaped dash",
    "/system.slice/system-filebeat.slice/filebeat@site\\x2dfra1.service",
    { unit: "filebeat@site\\x2dfra1.service" },
  ],
  [
    "a user's service as the service of that user's manager",
    "/user.slice/user-1000.slice/user@1000.service/app.slice/foo.service",
    { unit: "user@1000.service" },
  ],
  [
    "a session",
    "/user.slice/user-0.slice/session-3.scope",
    { unit: "session-3.scope" },
  ],
  ["init", "/init.scope", { unit: "init.scope" }],
  [
    "the processes of a socket unit",
    "/system.slice/sshd.socket",
    { unit: "sshd.socket" },
  ],
  // systemd.cgroup-util: cg_escape() puts a _ before what the kernel could
  // take for a file of its own.
  [
    "a unit whose name systemd escaped",
    "/system.slice/_cpu.service",
    { unit: "cpu.service" },
  ],
  [
    "a unit whose name begins with _",
    "/system.slice/__cpu.service",
    { unit: "_cpu.service" },
  ],
  ["docker with cgroupfs", `/docker/${ID}`, { container: ID }],
  [
    "docker with systemd",
    `/system.slice/docker-${ID}.scope`,
    { unit: `docker-${ID}.scope`, container: ID },
  ],
  [
    "kubernetes with containerd",
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-${POD_SLICE}.slice/cri-containerd-${ID}.scope`,
    { unit: `cri-containerd-${ID}.scope`, container: ID },
  ],
  [
    "kubernetes with cri-o",
    `/kubepods.slice/kubepods-${POD_SLICE}.slice/crio-${ID}.scope/container`,
    { unit: `crio-${ID}.scope`, container: ID },
  ],
  [
    "kubernetes with cgroupfs",
    `/kubepods/besteffort/${POD}/${ID}`,
    { container: ID },
  ],
  [
    "containerd that was told of slices and has none",
    `/system.slice/containerd.service/kubepods-burstable-${POD_SLICE}.slice:cri-containerd:${ID}`,
    { unit: "containerd.service", container: ID },
  ],
  [
    "podman",
    `/machine.slice/libpod-${ID}.scope/container`,
    { unit: `libpod-${ID}.scope`, container: ID },
  ],
  [
    "podman without root",
    `/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/container`,
    { unit: "user@1000.service", container: ID },
  ],
  [
    "a container in a container as the inner one",
    `/system.slice/docker-${ID}.scope/docker/${OTHER_ID}`,
    { unit: `docker-${ID}.scope`, container: OTHER_ID },
  ],
  ["the root", "/", {}],
  ["a slice without a unit", "/user.slice/user-1000.slice", {}],
  ["a place outside of the reader's cgroup namespace", "/../..", {}],
  [
    "a unit outside of the reader's cgroup namespace",
    "/../../system.slice/rsyslog.service",
    { unit: "rsyslog.service" },
  ],
  ["a name that is only a suffix", "/system.slice/.service", {}],
  ["a hash that is too short", `/docker/${ID.slice(1)}`, {}],
  ["a hash that is too long", `/docker/${ID}0`, {}],
];

for (const [name, path, want] of paths) {
  Deno.test(`parseCgroup() finds ${name}`, () => {
    assertEquals(parseCgroup(`0::${path}\n`), want);
  });

  Deno.test(`parseCgroup() finds ${name}, on cgroup v1`, () => {
    const lines = [
      "12:pids:/elsewhere.service",
      "4:cpu,cpuacct:/elsewhere.service",
      `1:name=systemd:${path}`,
    ];
    assertEquals(parseCgroup(`${lines.join("\n")}\n`), want);
  });
}

Deno.test("parseCgroup() prefers systemd's hierarchy where both versions are mounted", () => {
  const lines = [
    "3:memory:/system.slice/memory.service",
    "1:name=systemd:/system.slice/rsyslog.service",
    "0::/system.slice/other.service",
  ];
  for (const order of [lines, lines.toReversed()]) {
    assertEquals(parseCgroup(`${order.join("\n")}\n`), {
      unit: "rsyslog.service",
    });
  }
});

Deno.test("parseCgroup() takes the unified hierarchy where systemd's is empty", () => {
  const lines = ["1:name=systemd:/", "0::/system.slice/rsyslog.service"];
  for (const order of [lines, lines.toReversed()]) {
    assertEquals(parseCgroup(`${order.join("\n")}\n`), {
      unit: "rsyslog.service",
    });
  }
});

Deno.test("parseCgroup() knows nothing of hierarchies without systemd", () => {
  const line =
    "5:memory:/system.slice/rsyslog.service\n1:name=elogind:/a.scope\n";
  assertEquals(parseCgroup(line), {});
});

Deno.test("parseCgroup() finds nothing in what is no cgroup file", () => {
  for (const text of ["", "\n", "0", "0:", "::", "a::/x.service", "\0\r\n"]) {
    assertEquals(parseCgroup(text), {}, JSON.stringify(text));
  }
});

Deno.test("parseCgroup() never throws", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    parseCgroup(text);
    parseCgroup(`0::${text}`);
  }));
});
