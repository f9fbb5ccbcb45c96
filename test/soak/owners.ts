/**
 * Owners that come and go: processes that bind, fork, end and are replaced, and
 * one that never reads what it is sent.
 *
 * @module
 */

import { type Holder, startHolder } from "../support/holder.ts";
import { sendDatagrams } from "../support/sockets.ts";
import { pause } from "./clients.ts";

/** A port, and what ends the work on it. */
export interface PortWork {
  readonly port: number;
  readonly signal: AbortSignal;
}

/**
 * Has the port held by a process, by it and its child, by the child alone, and
 * by nobody, on and on.
 */
export async function liveAndDie({ port, signal }: PortWork): Promise<void> {
  while (!signal.aborted) {
    await using parent = await startHolder({ name: "parent", port });
    await pause(Math.random() * 2_000, signal);
    await parent.fork("heir");
    await pause(Math.random() * 500, signal);
    await parent.stop();
    await pause(Math.random() * 1_000, signal);
    await parent[Symbol.asyncDispose]();
    await pause(Math.random() * 500, signal);
  }
}

/**
 * Has the port handed from process to process, so that it is held by one of
 * them or by two at any time; the first one is given.
 */
export async function handOver(
  { port, signal, first }: PortWork & { readonly first: Holder },
): Promise<void> {
  let holder = first;
  while (!signal.aborted) {
    await pause(1_000, signal);
    const next = await startHolder({ name: "runner", port });
    await pause(Math.random() * 400, signal);
    await holder.stop();
    holder = next;
  }
  await holder.stop();
}

/** Has one process open and close the socket of a port. */
export async function rebind({ port, signal }: PortWork): Promise<void> {
  await using holder = await startHolder({ name: "rebinder", port });
  while (!signal.aborted) {
    await pause(Math.random() * 1_500, signal);
    await holder.close();
    await holder.bind();
  }
}

/** Sends more than a program that never reads can keep. */
export async function flood({ port, signal }: PortWork): Promise<void> {
  while (!signal.aborted) {
    await sendDatagrams(port, { count: 100, bytes: 1_000 });
    await pause(200, signal);
  }
}
