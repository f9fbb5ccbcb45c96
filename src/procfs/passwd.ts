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
    const [name = "", , uid = "", gid] = line.split(":");
    // A uid that nothing follows may be cut off.
    const isWhole = gid !== undefined && /^\d{1,10}$/.test(uid);
    if (!isWhole || !/^[^#]/.test(name)) continue;
    if (!namesByUid.has(Number(uid))) namesByUid.set(Number(uid), name);
  }
  return namesByUid;
}
