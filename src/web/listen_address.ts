/**
 * Parses `--web.listen-address` as the Prometheus family writes it.
 *
 * @module
 */

import ipaddr from "ipaddr.js";

/** Where to listen. */
export interface ListenAddress {
  /** Host name or address; `::` for all addresses. */
  readonly hostname: string;
  /** Port, 0-65535; 0 lets the kernel choose. */
  readonly port: number;
}

/**
 * Parses `:9117` (all addresses, IPv4 and IPv6), `host:9117` or `[::1]:9117`.
 *
 * @throws {SyntaxError} when `text` is none of these
 */
export function parseListenAddress(text: string): ListenAddress {
  const match =
    /^(?:\[(?<v6>[0-9A-Fa-f:.]+)\]|(?<host>[^:[\]\/\s]*)):(?<port>\d{1,5})$/
      .exec(text)?.groups;
  const port = Number(match?.["port"]);
  const address = match?.["v6"];
  if (
    match === undefined || port > 65535 ||
    address !== undefined && !ipaddr.IPv6.isValid(address)
  ) {
    throw new SyntaxError(
      `Cannot use --web.listen-address: ${JSON.stringify(text)}, want ` +
        '":9117", "host:9117" or "[::1]:9117"',
    );
  }
  return { hostname: address ?? (match["host"] || "::"), port };
}

/**
 * Parses several addresses, each of which may be given once.
 *
 * @throws {SyntaxError} when one is none, or stands twice
 */
export function parseListenAddresses(
  texts: readonly string[],
): readonly ListenAddress[] {
  return texts.map((text, index) => {
    const address = parseListenAddress(text);
    // Port 0 is another one each time.
    if (address.port !== 0 && texts.indexOf(text) < index) {
      throw new SyntaxError(
        `Cannot use --web.listen-address: ${JSON.stringify(text)} twice, ` +
          "want each address once",
      );
    }
    return address;
  });
}
