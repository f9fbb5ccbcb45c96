/**
 * Decodes the addresses of `/proc/net/{tcp,tcp6,udp,udp6}`.
 *
 * The kernel prints an address as 32-bit words in host byte order (`%08X` of a
 * `__be32`, net/ipv4/udp.c `udp4_format_sock()`, net/ipv6/datagram.c
 * `__ip6_dgram_sock_seq_show()`). All targets of this program are
 * little-endian: the bytes inside each word are reversed, the words are not.
 *
 * @module
 */

import ipaddr from "ipaddr.js";

/**
 * Decodes an address as the kernel prints it: 8 hex digits (IPv4) or 32 (IPv6).
 *
 * @returns The usual text form: `127.0.0.1`, `::1`, `::ffff:10.0.0.5`
 * @throws {SyntaxError} when `hex` is not 8 or 32 hex digits
 */
export function parseKernelAddress(hex: string): string {
  if (!/^(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{32})$/.test(hex)) {
    throw new SyntaxError(
      `Cannot decode address ${JSON.stringify(hex)}: want 8 or 32 hex digits`,
    );
  }
  const bytes: number[] = [];
  for (let word = 0; word < hex.length; word += 8) {
    for (let byte = 6; byte >= 0; byte -= 2) {
      bytes.push(
        parseInt(hex.slice(word + byte, word + byte + 2), 16),
      );
    }
  }
  return formatAddress(ipaddr.fromByteArray(bytes));
}

/** The text form of an address; IPv4-mapped ones keep their dotted part. */
export function formatAddress(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()
    ? `::ffff:${address.toIPv4Address()}`
    : address.toString();
}
