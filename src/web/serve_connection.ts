/**
 * Serves HTTP on one connection that was accepted already.
 *
 * `Deno.serve()` accepts by itself and knows no limit: connections that ask for
 * nothing stay until file descriptors run out, and then it ends. Below it lies
 * a function of the runtime that serves one connection and gives a handle to
 * close it. The runtime does not document it; it is part of the binary, whose
 * version is pinned, and test/integration/clients_test.ts tells when it changes.
 *
 * @module
 */

import type { RequestEntry } from "./connections.ts";
import type { Handler } from "./handler.ts";

/** How long an answer may take from the program to its client, at the end. */
const FLUSH_MILLISECONDS = 200;

/** A connection that is being served. */
export interface ServedConnection {
  /** Settles when it is closed, by whomever; never fails. */
  readonly closed: Promise<void>;
  /** Whether it is one of TLS. */
  readonly isTls: boolean;
  /** Closes it when the running request is answered. */
  shutdown(): void;
  /** Closes it now. */
  abort(): void;
}

/** How to serve a connection. */
export interface ServeOptions {
  /** Answers requests. */
  readonly handler: Handler;
  /** Answers when the handler throws. */
  readonly onError: (error: unknown) => Response;
  /** Is called when a request begins. */
  readonly onRequest: () => RequestEntry;
}

/** ext/http/00_serve.ts of the runtime, `internals.serveHttpOnConnection`. */
type ServeHttpOnConnection = (
  connection: Deno.Conn,
  signal: { addEventListener(type: "abort", cancel: () => void): void },
  handler: (request: Request, info: Deno.ServeHandlerInfo) => Promise<Response>,
  onError: (error: unknown) => Response,
  onListen: () => void,
) => { readonly finished: Promise<void> };

const { internal } = Deno as unknown as { readonly internal: symbol };
const { serveHttpOnConnection } =
  (Deno as unknown as Readonly<Record<symbol, unknown>>)[internal] as {
    readonly serveHttpOnConnection: ServeHttpOnConnection;
  };

/** Serves a connection until one of the two sides closes it. */
export function serveConnection(
  connection: Deno.Conn,
  { handler, onError, onRequest }: ServeOptions,
): ServedConnection {
  async function answer(request: Request): Promise<Response> {
    try {
      return await handler(request);
    } catch (error) {
      return onError(error);
    }
  }

  let cancel = () => {};
  let running = 0;
  let isClosing = false;
  const server = serveHttpOnConnection(
    connection,
    // Not an AbortSignal: what its listeners throw cannot be caught, and this
    // one throws when the connection is closed already.
    { addEventListener: (_, listener) => cancel = listener },
    async (request, info) => {
      const entry = onRequest();
      running++;
      const end = () => {
        running--;
        entry.end();
        if (isClosing) setTimeout(abortIdle, FLUSH_MILLISECONDS);
      };
      info.completed.then(end, end);
      const response = await answer(request);
      entry.answer(Number(response.headers.get("content-length")));
      return response;
    },
    onError,
    () => {},
  );
  function abort(): void {
    try {
      cancel();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  function abortIdle(): void {
    if (running === 0) abort();
  }

  return {
    // A client that goes away in the middle of a request is no error of ours.
    closed: server.finished.catch(() => {}),
    isTls: "handshake" in connection,
    shutdown() {
      // Not the runtime's own: when the client closes at the same moment, it
      // panics, and no operation of the program ends ever again.
      isClosing = true;
      abortIdle();
    },
    abort,
  };
}
