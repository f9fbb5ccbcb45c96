/**
 * The worker that checks passwords, so that the event loop of the server never
 * waits for it: a check is a second of pure arithmetic. A bundle of its own.
 *
 * @module
 */

/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />

import { compareSync } from "bcryptjs";

/** What the worker is asked. */
export interface Comparison {
  /** The password. */
  readonly password: string;
  /** A bcrypt hash. */
  readonly hash: string;
}

self.onmessage = ({ data }: MessageEvent<Comparison>) => {
  self.postMessage(compareSync(data.password, data.hash));
};
