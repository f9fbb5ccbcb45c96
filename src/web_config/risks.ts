/**
 * Finds what is allowed in a web configuration but can surprise. Pure.
 *
 * @module
 */

import type { LoadedWebConfig } from "./load.ts";
import { costOf } from "./web_config.ts";

/** Highest cost of a password hash that makes nobody wait for long. */
const MAX_COST = 10;

/** What one check of that cost takes at most, without a JIT compiler. */
const MAX_COST_SECONDS = 1.5;

const DAY = 86_400_000;

/** A certificate that is to be replaced within this time is worth a word. */
const WARNING_DAYS = 14;

/**
 * Describes the risks, each as one sentence.
 *
 * @param now Milliseconds since 1970
 */
export function findWebRisks(
  { users, tls }: LoadedWebConfig,
  now: number,
): readonly string[] {
  const risks: string[] = [];
  for (const [user, hash] of users) {
    const cost = costOf(hash);
    if (cost <= MAX_COST) continue;
    const seconds = Math.round(MAX_COST_SECONDS * 2 ** (cost - MAX_COST));
    risks.push(
      `Watch out for basic_auth_users of ${JSON.stringify(user)}: the first ` +
        `check of a password with cost ${cost} takes about ${seconds} s; ` +
        `make the hash with cost ${MAX_COST}`,
    );
  }
  if (users.size > 0 && tls === undefined) {
    risks.push(
      "Watch out for basic_auth_users: without tls_server_config passwords " +
        "can be read on their way",
    );
  }
  if (tls !== undefined) {
    const problem = describeValidity(tls.facts, now);
    if (problem !== undefined) {
      risks.push(`Watch out for tls_server_config: the certificate ${problem}`);
    }
  }
  return risks;
}

function describeValidity(
  { notBefore, notAfter }: {
    readonly notBefore: number;
    readonly notAfter: number;
  },
  now: number,
): string | undefined {
  const date = (milliseconds: number) => new Date(milliseconds).toISOString();
  if (now < notBefore) return `is not valid before ${date(notBefore)}`;
  if (now > notAfter) return `expired at ${date(notAfter)}`;
  return now > notAfter - WARNING_DAYS * DAY
    ? `expires at ${date(notAfter)}`
    : undefined;
}
