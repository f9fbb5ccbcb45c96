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
  /** Ends when running requests have been answered, or after five seconds. */
  shutdown(): Promise<void>;
}

/** Wait before listening again, when connections could not be accepted. */
const RETRY_MILLISECONDS = 1_000;

/** Longest wait for running requests, whose clients may be slow or gone. */
const SHUTDOWN_MILLISECONDS = 5_000;

/**
 * Starts to listen. `::` takes IPv4 too; on a host without IPv6 it means
 * `0.0.0.0`.
 *
 * When connections cannot be accepted any more (EMFILE), the server of Deno
 * ends; another one takes its place.
 *
 * @throws {Deno.errors.AddrInUse} and the other errors of `Deno.serve()`, of
 *   the first attempt
 */
export function startServer(
  { hostname, port }: ListenAddress,
  { handler, log }: { readonly handler: Handler; readonly log: Logger },
): Server {
  let isStopping = false;
  let timer: number | undefined;

  function open(address: ListenAddress): Deno.HttpServer<Deno.NetAddr> {
    const server = Deno.serve({
      ...address,
      onListen: () => {},
      onError: (error) => {
        const message = error instanceof Error ? error.stack : undefined;
        log.error("request failed", { error: message ?? String(error) });
        return new Response("Internal server error\n", { status: 500 });
      },
    }, handler);
    server.finished.catch((error) => {
      if (isStopping) return;
      log.error("cannot accept connections, listening again", {
        error: String(error),
      });
      reopenSoon();
    });
    return server;
  }

  function reopenSoon(): void {
    timer = setTimeout(() => {
      try {
        server = open(address);
      } catch (error) {
        log.error("cannot listen again", { error: String(error) });
        reopenSoon();
      }
    }, RETRY_MILLISECONDS);
  }

  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = open({ hostname, port });
  } catch (error) {
    if (hostname !== "::" || !isWithoutIpv6(error)) throw error;
    server = open({ hostname: "0.0.0.0", port });
  }
  const address: ListenAddress = {
    hostname: server.addr.hostname,
    port: server.addr.port,
  };
  return {
    address,
    async shutdown() {
      isStopping = true;
      clearTimeout(timer);
      let patience: number | undefined;
      await Promise.race([
        server.shutdown(),
        new Promise((resolve) => {
          patience = setTimeout(resolve, SHUTDOWN_MILLISECONDS);
        }),
      ]);
      clearTimeout(patience);
    },
  };
}

/** EAFNOSUPPORT (97) or EADDRNOTAVAIL (99): there is no IPv6 address at all. */
function isWithoutIpv6(error: unknown): boolean {
  return error instanceof Error && /os error (?:97|99)\b/.test(error.message);
}
