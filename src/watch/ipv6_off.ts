/**
 * Tells a host without IPv6 from a file that cannot be found.
 *
 * @module
 */

import type { ProcfsReader } from "../procfs/reader.ts";

/**
 * Whether IPv6 is switched off, so that its files are missing and there is
 * nothing in them to know. The kernel makes sockstat6 together with them
 * (net/ipv6/proc.c `ipv6_proc_init_net()`); sockstat is there without IPv6, but
 * not when the whole procfs has gone.
 */
export function isIpv6Off(reader: ProcfsReader): boolean {
  return isMissing(reader, "sockstat6") === true &&
    isMissing(reader, "sockstat") === false;
}

/** Undefined when it cannot be told. */
function isMissing(reader: ProcfsReader, file: string): boolean | undefined {
  try {
    reader.readText(`${reader.netDirectory}/net/${file}`);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? true : undefined;
  }
}
