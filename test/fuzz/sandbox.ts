/**
 * Runs targets in a child process within bounds of time and memory, so that an
 * endless loop or a heap that overflows ends it and not the fuzzer. The child
 * has no permissions.
 *
 * @module
 */

import type { FuzzAnswer, FuzzRequest } from "./serve_targets.ts";
import { readJsonLines, toJsonLine } from "./lines.ts";

/** Heap of the child, in mebibytes. */
const HEAP_MEBIBYTES = 256;

/** A machine may stand still for a while: only what is slow each time is slow. */
const TRIES = 3;

/** A child that parses. */
export interface Sandbox {
  /**
   * Runs a target on an input; requests wait for each other.
   *
   * @returns What went wrong, undefined when all promises were kept
   */
  run(request: FuzzRequest): Promise<string | undefined>;
  /** Most resident memory of the child that runs now, in bytes. */
  readPeakMemory(): number;
  /** Ends the child. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What to run, and how long it may take. */
export interface SandboxOptions {
  /** The child's main module, which calls `serveTargets()`. */
  readonly module: URL;
  /** Milliseconds that an input may take. */
  readonly limitMilliseconds?: (input: string) => number;
}

/** Starts a sandbox. */
export function startSandbox(
  {
    module,
    limitMilliseconds = ({ length }) => 1000 + length / 20,
  }: SandboxOptions,
): Sandbox {
  let child: Child | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function runOnce(request: FuzzRequest): Promise<Outcome> {
    child ??= await startChild(module);
    const limit = limitMilliseconds(request.input);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<Outcome>((resolve) => {
      const failure = `Cannot parse ${request.input.length} characters ` +
        `within ${Math.ceil(limit)} ms`;
      timer = setTimeout(() => resolve({ failure, isSlow: true }), limit);
    });
    const outcome = await Promise.race<Outcome | "ended">([
      child.ask(request),
      timeout,
    ]);
    clearTimeout(timer);
    if (outcome !== "ended" && !outcome.isSlow) return outcome;
    const code = await child.stop();
    child = undefined;
    return outcome !== "ended" ? outcome : {
      failure: `Cannot parse ${request.input.length} characters: the process ` +
        `ended with code ${code}, want a heap below ${HEAP_MEBIBYTES} MiB`,
    };
  }

  async function runWithin(request: FuzzRequest): Promise<string | undefined> {
    let outcome: Outcome = {};
    for (let attempt = 0; attempt < TRIES; attempt++) {
      outcome = await runOnce(request);
      if (!outcome.isSlow) break;
    }
    return outcome.failure;
  }

  return {
    run(request) {
      const result = last.then(() => runWithin(request));
      last = result.catch(() => {});
      return result;
    },
    readPeakMemory: () => child?.readPeakMemory() ?? 0,
    async [Symbol.asyncDispose]() {
      await last;
      await child?.stop();
    },
  };
}

interface Outcome extends FuzzAnswer {
  readonly isSlow?: boolean;
}

interface Child {
  ask(request: FuzzRequest): Promise<FuzzAnswer | "ended">;
  readPeakMemory(): number;
  /** Ends it, and tells its exit code. */
  stop(): Promise<number>;
}

async function startChild(module: URL): Promise<Child> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--no-prompt",
      `--v8-flags=--max-old-space-size=${HEAP_MEBIBYTES}`,
      module.href,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = process.stdin.getWriter();
  const answers = readJsonLines(process.stdout);
  const ready = await answers.next();
  if (ready.done) throw new Error(`Cannot start ${module}: it ended at once`);
  return {
    async ask(request) {
      await writer.write(toJsonLine(request)).catch(() => {});
      const { done, value } = await answers.next();
      return done ? "ended" : value as FuzzAnswer;
    },
    readPeakMemory() {
      const status = Deno.readTextFileSync(`/proc/${process.pid}/status`);
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
    },
    async stop() {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await writer.abort().catch(() => {});
      return (await process.status).code;
    },
  };
}
