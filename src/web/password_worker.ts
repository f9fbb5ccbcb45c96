/**
 * The worker that checks passwords, so that the event loop of the server never
 * waits for it: a check is a second of pure arithmetic. A bundle of its own.
 *
 * @module
 */

import { compareSync } from "bcryptjs";

/** What the worker is asked. */
export interface Comparison {
  /** The password. */
  readonly password: string;
  /** A bcrypt hash. */
  readonly hash: string;
}

/** The global scope: its types are those of a page, not of a worker. */
const worker = self as unknown as {
  onmessage: (event: MessageEvent<Comparison>) => void;
  readonly postMessage: (fits: boolean) => void;
};

worker.onmessage = ({ data: { password, hash } }) => {
  worker.postMessage(compareSync(password, hash));
};
