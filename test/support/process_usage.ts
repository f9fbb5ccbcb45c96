/**
 * Reads from procfs what a process takes.
 *
 * @module
 */

/** What a process takes now. */
export interface ProcessUsage {
  /** Resident memory in KiB. */
  readonly residentKib: number;
  /** The part of it that is no file, in KiB. */
  readonly anonymousKib: number;
  /** Open files. */
  readonly descriptors: number;
  readonly threads: number;
  /** CPU time since the start in seconds, user and system. */
  readonly cpuSeconds: number;
}

/** Reads what a process takes. */
export function readUsage(pid: number): ProcessUsage {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const find = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(")") + 2)
    .split(" ").slice(11, 13).map(Number);
  return {
    residentKib: find("VmRSS"),
    anonymousKib: find("RssAnon"),
    descriptors: [...Deno.readDirSync(`/proc/${pid}/fd`)].length,
    threads: find("Threads"),
    cpuSeconds: (user + system) / 100,
  };
}
