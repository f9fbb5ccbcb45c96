/**
 * Reads `/proc/sys/kernel/hostname`, the name of the host
 * (Documentation/admin-guide/sysctl/kernel.rst).
 *
 * @module
 */

import type { ProcfsReader } from "./reader.ts";

/** Reads the name; undefined when it is not set or cannot be read. */
export function readHostname(reader: ProcfsReader): string | undefined {
  try {
    const name = reader.readText("sys/kernel/hostname").trim();
    // What the kernel says when nobody has given the host a name.
    return name === "" || name === "(none)" ? undefined : name;
  } catch {
    return undefined;
  }
}
