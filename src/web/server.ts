/**
 * Listens, and hands requests to the handler.
 *
 * @module
 */

import type { Logger } from "../log.ts";
import type { KeyPair } from "../web_config/web_config.ts";
import { createConnectionBook, MAX_CONNECTIONS } from "./connections.ts";
import { answerFailure } from "./failure.ts";
import type { ListenAddress } from "./listen_address.ts";
import { serveConnection, type ServedConnection } from "./serve_connection.ts";

/** Answers a request from an address. */
export type AddressedHandler = (
  request: Request,
  address: string,
) => Promise<Response>;

/** What a server needs. */
export interface ServerOptions {
  /** Answers requests. */
  readonly handler: AddressedHandler;
  /** The log. */
  readonly log: Logger;
  /** Certificate and key; absent: plain HTTP. */
  readonly tls?: KeyPair | undefined;
  /** Whether {@linkcode Server.setTls} will be called. */
  readonly isReplaceable?: boolean;
}

/** A running server. */
export interface Server {
  /** Where it listens; the port is the kernel's choice when 0 was asked for. */
  readonly address: ListenAddress;
  /**
   * Takes new connections with another certificate, or without any. Open
   * connections stay, unless they are plain and new ones are not, or the other
   * way round: those end with the running request.
   */
  setTls(tls: KeyPair | undefined): void;
  /** Ends when running requests have been answered, or after five seconds. */
  shutdown(): Promise<void>;
}

/** Wait before the next attempt, when a connection could not be accepted. */
const RETRY_MILLISECONDS = 100;

/** How long fewer connections are allowed, after descriptors ran out. */
const LIMITED_MILLISECONDS = 60_000;

/**
 * How long two listeners share a port: connections that wait to be accepted by
 * the old one are lost when it is closed.
 */
const OVERLAP_MILLISECONDS = 100;

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
  { handler, log, tls: firstTls, isReplaceable = false }: ServerOptions,
): Server {
  let tls = firstTls;
  // Listeners with reusePort share a port without an error: asks without it.
  const probe = listen(wanted);
  const address: ListenAddress = {
    hostname: probe.addr.hostname,
    port: probe.addr.port,
  };
  let listener: Deno.TcpListener | Deno.TlsListener = probe;
  if (isReplaceable) {
    probe.close();
    listener = openListener();
  }
  const book = createConnectionBook({
    now: () => performance.now() / 1000,
    wait,
  });
  const served = new Set<ServedConnection>();
  const sweeping = setInterval(() => book.sweep(), SWEEP_MILLISECONDS);
  let isStopping = false;
  let retrying: number | undefined;
  let accepting = acceptAll(listener);

  function openListener(): Deno.TcpListener | Deno.TlsListener {
    const options = { ...address, reusePort: true };
    return tls === undefined ? Deno.listen(options) : Deno.listenTls({
      ...options,
      cert: tls.certificate,
      key: tls.key,
      alpnProtocols: ["h2", "http/1.1"],
    });
  }

  /** Puts a new listener in the place of the old one, or tries again later. */
  function replaceListener(): void {
    const old = listener;
    const oldAccepting = accepting;
    try {
      listener = openListener();
    } catch (error) {
      log.error("cannot listen again", { error: String(error) });
      retrying = setTimeout(replaceListener, RETRY_MILLISECONDS);
      return;
    }
    accepting = acceptAll(listener);
    setTimeout(() => {
      old.close();
      // Until then it may have taken connections of the other protocol.
      oldAccepting.then(endOtherProtocol);
    }, OVERLAP_MILLISECONDS);
  }

  function endOtherProtocol(): void {
    for (const open of served) {
      if (open.isTls !== (tls !== undefined)) open.shutdown();
    }
  }

  async function acceptAll(
    accepting: Deno.TcpListener | Deno.TlsListener,
  ): Promise<void> {
    let limit = MAX_CONNECTIONS;
    let limitedUntil = 0;
    while (!isStopping) {
      try {
        serve(await accepting.accept());
        if (performance.now() > limitedUntil) limit = MAX_CONNECTIONS;
      } catch (error) {
        if (isStopping || accepting !== listener) return;
        if (isOutOfDescriptors(error)) {
          // Half as many leave descriptors for the scans.
          limit = Math.max(book.size >> 1, 1);
          limitedUntil = performance.now() + LIMITED_MILLISECONDS;
          log.error("cannot accept connections, allowing fewer", {
            error: String(error),
            limit,
          });
          await wait(RETRY_MILLISECONDS);
        } else {
          // The client has gone already.
          log.debug("connection not accepted", { error: String(error) });
        }
      }
      await book.makeRoom(limit);
    }
  }

  function serve(connection: Deno.TcpConn | Deno.TlsConn): void {
    const { hostname } = connection.remoteAddr;
    const entry = book.add({ abort: () => open.abort() });
    const open = serveConnection(connection, {
      handler: (request) => handler(request, hostname),
      onError: (error) => answerFailure(error, log),
      onRequest: entry.begin,
    });
    served.add(open);
    open.closed.then(() => {
      entry.remove();
      served.delete(open);
    });
  }

  return {
    address,
    setTls(next) {
      if (isStopping) return;
      tls = next;
      clearTimeout(retrying);
      replaceListener();
    },
    async shutdown() {
      isStopping = true;
      clearTimeout(retrying);
      clearInterval(sweeping);
      listener.close();
      book.closeIdle();
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

/** EMFILE (24), ENFILE (23). */
function isOutOfDescriptors(error: unknown): boolean {
  return error instanceof Error && /os error (?:24|23)\b/.test(error.message);
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
