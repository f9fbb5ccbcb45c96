/**
 * Watches what system calls the built binary makes, through strace.
 *
 * @module
 */

import {
  eventually,
  type Exporter,
  fail,
  runCommand,
  startExporter,
} from "./program.ts";

const STRACE = ["strace", "-f", "-s", "200", "-o"];

/** System calls of a program, one a line, without the thread's number. */
export type Calls = readonly string[];

/** @param trace Returns the process whose end is the end of the trace */
async function withTraceFile(
  trace: (file: string) => Promise<{ readonly pid?: number }>,
): Promise<Calls> {
  const directory = await Deno.makeTempDir({ prefix: "port_exporter-" });
  try {
    const file = `${directory}/strace`;
    const { pid } = await trace(file);
    const end = new RegExp(`^${pid ?? "\\d+"} +\\+{3} exited with `, "m");
    return await eventually(async () => {
      const text = await Deno.readTextFile(file);
      // strace can write on when the program has ended already.
      if (!end.test(text)) fail(`no end in ${text.slice(-500)}`);
      return text.split("\n").map((line) => line.replace(/^\d+ +/, ""));
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Traces a command from start to end; the first word is the program. */
export function traceCommand(command: readonly string[]): Promise<Calls> {
  return withTraceFile(async (file) => {
    await runCommand([...STRACE, file, ...command]);
    return {};
  });
}

/** Traces `serve` from its start, through what is done to it, to its end. */
export function traceExporter(
  { config, args = [], use }: {
    readonly config: string;
    readonly args?: readonly string[];
    readonly use: (exporter: Exporter) => Promise<void>;
  },
): Promise<Calls> {
  return withTraceFile(async (file) => {
    await using exporter = await startExporter({
      config,
      args,
      // -D: the exporter, not strace, is the process that gets the signals.
      wrapper: ["strace", "-D", ...STRACE.slice(1), file],
    });
    await use(exporter);
    await exporter.stop();
    return exporter;
  });
}

/** Names of the calls that were made. */
export function namesOf(calls: Calls): readonly string[] {
  return calls.flatMap((line) =>
    /^(?:<\.\.\. )?([a-z]\w*)[( ]/.exec(line)?.[1] ?? []
  );
}
