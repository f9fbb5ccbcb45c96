/**
 * The inside of a sandbox: takes a request a line from stdin and answers each
 * with a line.
 *
 * @module
 */

import type { FuzzTarget } from "./fuzz_target.ts";
import { readJsonLines, toJsonLine } from "./lines.ts";

/** What is to be parsed. */
export interface FuzzRequest {
  /** Name of the target. */
  readonly target: string;
  /** The input. */
  readonly input: string;
}

/** How it went. */
export interface FuzzAnswer {
  /** The promise that was not kept; absent when all were. */
  readonly failure?: string;
}

async function answer(
  { target, input }: FuzzRequest,
  targets: readonly FuzzTarget[],
): Promise<FuzzAnswer> {
  try {
    await targets.find(({ name }) => name === target)?.run(input);
    return {};
  } catch (error) {
    const failure = error instanceof Error
      ? error.stack ?? error.message
      : String(error);
    return { failure: failure.slice(0, 4000) };
  }
}

async function writeLine(value: unknown): Promise<void> {
  const line = toJsonLine(value);
  for (let sent = 0; sent < line.length;) {
    sent += await Deno.stdout.write(line.subarray(sent));
  }
}

/** Runs these targets until stdin ends. */
export async function serveTargets(
  targets: readonly FuzzTarget[],
): Promise<void> {
  // Ready: what comes before is not on the clock of the first request.
  await writeLine({});
  for await (const request of readJsonLines(Deno.stdin.readable)) {
    await writeLine(await answer(request as FuzzRequest, targets));
  }
}
