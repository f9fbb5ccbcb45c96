/**
 * Files of a process as the kernel prints them, from proc_pid_stat(5),
 * proc_pid_status(5), cgroups(7) and proc_pid_fd(5).
 *
 * @module
 */

import type { MemoryFile } from "../procfs/memory_reader.ts";

/** A process: filebeat, a service of root, with no open files. */
export interface ProcessText {
  readonly pid: number;
  readonly comm: string;
  readonly parentPid: number;
  readonly uid: number;
  /** Start in 1/100 s since boot. */
  readonly startTicks: number;
  readonly cgroup: string;
  /** Inodes of its sockets by the number of the open file. */
  readonly sockets: Readonly<Record<number, string>>;
}

const FILEBEAT: ProcessText = {
  pid: 4242,
  comm: "filebeat",
  parentPid: 1,
  uid: 0,
  startTicks: 98765,
  cgroup: "0::/system.slice/filebeat.service\n",
  sockets: {},
};

/** A line of `/proc/<pid>/stat`. */
export function statText(changes: Partial<ProcessText> = {}): string {
  const { pid, comm, parentPid, startTicks } = { ...FILEBEAT, ...changes };
  return `${pid} (${comm}) S ${parentPid} ${pid} ${pid} 0 -1 4194560 15000 0 ` +
    `12 0 345 123 0 0 20 0 11 0 ${startTicks} 1350000000 20000 ` +
    "18446744073709551615 1 1 0 0 0 0 0 0 2143420159 0 0 0 17 2 0 0 0 0 0 0 " +
    "0 0 0 0 0 0 0\n";
}

/** A `/proc/<pid>/status`, whose effective uid differs from the others. */
export function statusText(changes: Partial<ProcessText> = {}): string {
  const { pid, comm, parentPid, uid } = { ...FILEBEAT, ...changes };
  return `Name:\t${comm}
Umask:\t0022
State:\tS (sleeping)
Tgid:\t${pid}
Ngid:\t0
Pid:\t${pid}
PPid:\t${parentPid}
TracerPid:\t0
Uid:\t65534\t${uid}\t65533\t65532
Gid:\t7\t7\t7\t7
FDSize:\t128
Groups:\t4 27
VmSize:\t 1234567 kB
VmRSS:\t   41234 kB
Threads:\t11
`;
}

/** The files of processes below a procfs, by path. */
export function processFiles(
  processes: readonly Partial<ProcessText>[],
): Record<string, MemoryFile> {
  const files: Record<string, MemoryFile> = {};
  for (const changes of processes) {
    const process = { ...FILEBEAT, ...changes };
    const { pid, comm, cgroup, sockets } = process;
    files[`${pid}/stat`] = statText(process);
    files[`${pid}/status`] = statusText(process);
    files[`${pid}/comm`] = `${comm}\n`;
    files[`${pid}/cgroup`] = cgroup;
    files[`${pid}/fd/0`] = { link: "/dev/null" };
    files[`${pid}/fd/1`] = { link: "pipe:[4711]" };
    files[`${pid}/fd/2`] = { link: "anon_inode:[eventpoll]" };
    for (const [fd, inode] of Object.entries(sockets)) {
      files[`${pid}/fd/${fd}`] = { link: `socket:[${inode}]` };
    }
  }
  return files;
}

/** `/proc/stat` of a host that was booted at 1700000000. */
export const HOST_STAT = `cpu  2255 34 2290 22625563 6290 127 456 0 0 0
cpu0 1132 34 1441 11311718 3675 127 438 0 0 0
intr 114930548 113199788 3 0 5 263 0 4
ctxt 1990473
btime 1700000000
processes 2915
procs_running 1
procs_blocked 0
softirq 183433 0 21755 12 39 1137 231 21459 2263
`;
