/**
 * Listens, and hands requests to the handler.
 *
 * @module
 */

import type { Logger } from "../log.ts";
import { createConnectionBook, MAX_CONNECTIONS } from "./connections.ts";
import type { Handler } from "./handler.ts";
import type { ListenAddress } from "./listen_address.ts";
import { serveConnection, type ServedConnection } from "./serve_connection.ts";

/** A running server. */
export interface Server {
  /** Where it listens; the port is the kernel's choice when 0 was asked for. */
  readonly address: ListenAddress;
  /** Ends when running requests have been answered, or after five seconds. */
  shutdown(): Promise<void>;
}

/** Wait before the next attempt, when a connection could not be accepted. */
const RETRY_MILLISECONDS = 100;

/** Time between two looks for connections that have been idle too long. */
const SWEEP_MILLISECONDS = 10_000;

/** Longest wait for running requests, whose clients may be slow or gone. */
const SHUTDOWN_MILLISECONDS = 5_000;

/**
 * Starts to listen. `::` takes IPv4 too; on a host without IPv6 it means
 * `0.0.0.0`.
 *
 * @throws {Deno.errors.AddrInUse} and the other errors of `Deno.listen()`
 */
export function startServer(
  wanted: ListenAddress,
  { handler, log }: { readonly handler: Handler; readonly log: Logger },
): Server {
  const listener = listen(wanted);
  const book = createConnectionBook({
    now: () => performance.now() / 1000,
    wait,
  });
  const served = new Set<ServedConnection>();
  const sweeping = setInterval(() => book.sweep(), SWEEP_MILLISECONDS);
  let isStopping = false;
  acceptAll();

  async function acceptAll(): Promise<void> {
    let limit = MAX_CONNECTIONS;
    while (!isStopping) {
      try {
        serve(await listener.accept());
      } catch (error) {
        if (isStopping) return;
        // EMFILE above all: half as many leave descriptors for the scans.
        limit = Math.max(book.size >> 1, 1);
        log.error("cannot accept connections, allowing fewer", {
          error: String(error),
          limit,
        });
        await wait(RETRY_MILLISECONDS);
      }
      await book.makeRoom(limit);
    }
  }

  function serve(connection: Deno.Conn): void {
    const entry = book.add({ abort: () => open.abort() });
    const open = serveConnection(connection, {
      handler,
      onError(error) {
        const message = error instanceof Error ? error.stack : undefined;
        log.error("request failed", { error: message ?? String(error) });
        return new Response("Internal server error\n", { status: 500 });
      },
      onRequest: entry.begin,
    });
    served.add(open);
    open.closed.then(() => {
      entry.remove();
      served.delete(open);
    });
  }

  return {
    address: { hostname: listener.addr.hostname, port: listener.addr.port },
    async shutdown() {
      isStopping = true;
      clearInterval(sweeping);
      listener.close();
      for (const open of served) open.shutdown();
      const closed = Promise.all(Array.from(served, ({ closed }) => closed));
      const patience = AbortSignal.timeout(SHUTDOWN_MILLISECONDS);
      await Promise.race([
        closed,
        new Promise((resolve) => patience.addEventListener("abort", resolve)),
      ]);
    },
  };
}

function listen({ hostname, port }: ListenAddress): Deno.TcpListener {
  try {
    return Deno.listen({ hostname, port });
  } catch (error) {
    if (hostname !== "::" || !isWithoutIpv6(error)) throw error;
    return Deno.listen({ hostname: "0.0.0.0", port });
  }
}

/** EAFNOSUPPORT (97) or EADDRNOTAVAIL (99): there is no IPv6 address at all. */
function isWithoutIpv6(error: unknown): boolean {
  return error instanceof Error && /os error (?:97|99)\b/.test(error.message);
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
