/**
 * Listens, and hands requests to the handler.
 *
 * @module
 */

import type { Logger } from "../log.ts";
import type { Handler } from "./handler.ts";
import type { ListenAddress } from "./listen_address.ts";

/** A running server. */
export interface Server {
  /** Where it listens; the port is the kernel's choice when 0 was asked for. */
  readonly address: ListenAddress;
  /** Ends when running requests have been answered. */
  shutdown(): Promise<void>;
}

/**
 * Starts to listen. `::` takes IPv4 too; on a host without IPv6 it means
 * `0.0.0.0`.
 *
 * @throws {Deno.errors.AddrInUse} and the other errors of `Deno.serve()`
 */
export function startServer(
  { hostname, port }: ListenAddress,
  { handler, log }: { readonly handler: Handler; readonly log: Logger },
): Server {
  const serve = (hostname: string) =>
    Deno.serve({
      hostname,
      port,
      onListen: () => {},
      onError: (error) => {
        const message = error instanceof Error ? error.stack : undefined;
        log.error("request failed", { error: message ?? String(error) });
        return new Response("Internal server error\n", { status: 500 });
      },
    }, handler);
  let server;
  try {
    server = serve(hostname);
  } catch (error) {
    if (hostname !== "::" || !isWithoutIpv6(error)) throw error;
    server = serve("0.0.0.0");
  }
  const { addr } = server;
  return {
    address: { hostname: addr.hostname, port: addr.port },
    shutdown: () => server.shutdown(),
  };
}

/** EAFNOSUPPORT (97) or EADDRNOTAVAIL (99): there is no IPv6 address at all. */
function isWithoutIpv6(error: unknown): boolean {
  return error instanceof Error && /os error (?:97|99)\b/.test(error.message);
}
