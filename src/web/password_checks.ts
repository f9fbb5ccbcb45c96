/**
 * Checks passwords and remembers the verdicts: a check takes a second.
 *
 * @module
 */

import type { UserHashes } from "../web_config/web_config.ts";
import type { Compare } from "./compare_in_worker.ts";
import { createTurnQueue } from "./turn_queue.ts";

/** What a client says of itself. */
export interface Credentials {
  /** Name of the user. */
  readonly user: string;
  /** The password. */
  readonly password: string;
}

/** Verdict on credentials; `busy`: too many others wait. */
export type Verdict = "right" | "wrong" | "busy";

/** Checks credentials against users. */
export interface PasswordChecks {
  /**
   * Checks credentials. The verdict is remembered even when the client has
   * gone by then.
   *
   * @param client Who asks, to take turns with others
   */
  check(credentials: Credentials, client: string): Promise<Verdict>;
  /** Takes other users. */
  setUsers(users: UserHashes): void;
}

/** Some clients may come through one proxy. */
const MAX_WAITING_OF_CLIENT = 4;

const MAX_WAITING = 256;

/** Most verdicts "wrong" that are remembered. */
const MAX_WRONG = 1_000;

/** Creates checks against users; without any, nobody is right. */
export function createPasswordChecks(compare: Compare): PasswordChecks {
  let users: UserHashes = new Map();
  // Apart from each other: no number of wrong passwords displaces a right one.
  const rightByUser = new Map<string, string>();
  const wrong = new Set<string>();
  const pending = new Map<string, Promise<Verdict>>();
  const digesting = createDigest();
  const queue = createTurnQueue({
    maxWaitingOfClient: MAX_WAITING_OF_CLIENT,
    maxWaiting: MAX_WAITING,
  });

  return {
    async check({ user, password }, client) {
      const digest = await digesting;
      // An unknown user takes as long as a known one, and never gets in.
      const hash = users.get(user) ?? pickHash(users, await digest(user));
      const key = await digest(JSON.stringify([user, hash, password]));
      if (rightByUser.get(user) === key) return "right";
      if (wrong.has(key)) return "wrong";
      const verdict = pending.get(key) ?? queue.run(client, judge);
      if (verdict === undefined) return "busy";
      pending.set(key, verdict);
      try {
        return await verdict;
      } finally {
        pending.delete(key);
      }

      async function judge(): Promise<Verdict> {
        const fits = await compare({ password, hash });
        // The users may be others by now.
        if (fits && users.get(user) === hash) {
          rightByUser.set(user, key);
          return "right";
        }
        remember(key);
        return "wrong";
      }
    },
    setUsers(next) {
      for (const user of rightByUser.keys()) {
        if (next.get(user) !== users.get(user)) rightByUser.delete(user);
      }
      // An unknown user may be a known one with the same hash now.
      wrong.clear();
      users = next;
    },
  };

  function remember(key: string): void {
    const [oldest] = wrong;
    if (wrong.size >= MAX_WRONG && oldest !== undefined) wrong.delete(oldest);
    wrong.add(key);
  }
}

/** One of the hashes, always the same for the same digest. */
function pickHash(users: UserHashes, digest: string): string {
  const hashes = [...users.values()];
  return hashes[parseInt(digest.slice(0, 8), 16) % hashes.length] ?? "";
}

/** Passwords are not kept: what is remembered is of use to this process only. */
async function createDigest(): Promise<(text: string) => Promise<string>> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const secret = await crypto.subtle.importKey(
    "raw",
    crypto.getRandomValues(new Uint8Array(32)),
    algorithm,
    false,
    ["sign"],
  );
  return async (text) => {
    const bytes = new TextEncoder().encode(text);
    const digest = await crypto.subtle.sign(algorithm, secret, bytes);
    return new Uint8Array(digest).toHex();
  };
}
