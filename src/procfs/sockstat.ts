/**
 * Parses `/proc/net/sockstat` and `sockstat6` (net/ipv4/proc.c
 * `sockstat_seq_show()`, net/ipv6/proc.c `sockstat6_seq_show()`):
 *
 * ```text
 * TCP6: inuse 4
 * UDP6: inuse 3
 * ```
 *
 * @module
 */

/**
 * Finds how many sockets of a protocol are in use.
 *
 * @param protocol The line's name: `TCP`, `TCP6`, `UDP`, `UDP6`
 * @returns Sockets in the table, TIME_WAIT not counted; undefined when the
 *   text does not say
 */
export function parseSocketsInUse(
  text: string,
  protocol: string,
): number | undefined {
  const match = new RegExp(`^${protocol}: inuse (\\d{1,20})[ \n]`, "m").exec(
    text,
  );
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
