/**
 * Tells of what nobody expected to fail.
 *
 * @module
 */

import type { Logger } from "../log.ts";

/** Answers a request whose handler threw, and logs why. */
export function answerFailure(error: unknown, log: Logger): Response {
  log.error("request failed", { error: describeFailure(error) });
  return new Response("Internal server error\n", {
    status: 500,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
    },
  });
}

/** The stack of what was thrown, where it has one. */
export function describeFailure(error: unknown): string {
  return (error instanceof Error ? error.stack : undefined) ?? String(error);
}
