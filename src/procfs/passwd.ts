/**
 * Parses `/etc/passwd` (passwd(5)).
 *
 * @module
 */

/**
 * Maps user ids to names; of several names of one id, the first. Comments are
 * skipped, as the C library does.
 */
export function parsePasswd(text: string): ReadonlyMap<number, string> {
  const namesByUid = new Map<number, string>();
  for (const line of text.split("\n")) {
    const [name, , uid] = line.split(":");
    if (!/^[^#]/.test(name ?? "") || !/^\d+$/.test(uid ?? "")) continue;
    if (!namesByUid.has(Number(uid))) namesByUid.set(Number(uid), name ?? "");
  }
  return namesByUid;
}
