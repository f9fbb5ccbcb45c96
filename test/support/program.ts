/**
 * Runs the built binary the way a user does.
 *
 * @module
 */

import { parseExposition, type Series } from "./exposition.ts";

/** The binary under test. */
export const BINARY = `${Deno.cwd()}/dist/port_exporter`;

/** What a finished command left behind. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end; the first word is the program. */
export async function runCommand(
  [program = "", ...args]: readonly string[],
  stdin?: string,
): Promise<Finished> {
  const child = new Deno.Command(program, {
    args,
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs a command that must succeed, and returns what it prints. */
export async function succeed(
  ...words: readonly string[]
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(words);
  if (code === 0) return stdout;
  return fail(`"${words.join(" ")}" exits with ${code}: ${stderr.trim()}`);
}

/** Runs the binary to its end. */
export function runProgram(...args: readonly string[]): Promise<Finished> {
  return runCommand([BINARY, ...args]);
}

/** Writes `text` to a configuration file that is gone with the value. */
export async function writeConfig(
  text: string,
): Promise<AsyncDisposable & { readonly path: string }> {
  const directory = await Deno.makeTempDir({ prefix: "port_exporter-" });
  const path = `${directory}/ports.yml`;
  await Deno.writeTextFile(path, text);
  // Others must be able to read it: some tests run as another user.
  await Deno.chmod(directory, 0o755);
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

/** Text of a configuration: one entry for a port. */
export function buildConfigText(
  port: number | readonly number[],
  entry: Readonly<Record<string, unknown>> = {},
): string {
  // YAML takes JSON.
  return JSON.stringify({ ports: [{ port, ...entry }] });
}

/**
 * Scans once with a configuration, as `port_exporter metrics` does.
 *
 * @param wrapper Words in front of the binary: another user, a namespace
 */
export async function scanOnce(
  config: string,
  wrapper: readonly string[] = [],
): Promise<Series> {
  await using file = await writeConfig(config);
  return parseExposition(
    await succeed(...wrapper, BINARY, "metrics", `--config.file=${file.path}`),
  );
}

/** A running `port_exporter serve`. */
export interface Exporter extends AsyncDisposable {
  readonly pid: number;
  /** `http://127.0.0.1:12345` */
  readonly url: string;
  /** Path of the configuration file, to change it. */
  readonly configFile: string;
  /** All that was logged so far. */
  readonly log: () => string;
  /** Scrapes `/metrics`. */
  scrape(): Promise<Series>;
  /** Sends a signal and waits for the end. */
  stop(signal?: Deno.Signal): Promise<Deno.CommandStatus>;
}

/** What to start, beside the binary. */
export interface ExporterOptions {
  /** Text of the configuration. */
  readonly config: string;
  /** More arguments. */
  readonly args?: readonly string[];
  /** Words in front of the binary: another user, a namespace. */
  readonly wrapper?: readonly string[];
}

/** Starts the exporter on a port that the kernel chooses. */
export async function startExporter(
  { config, args = [], wrapper = [] }: ExporterOptions,
): Promise<Exporter> {
  const file = await writeConfig(config);
  const [program = BINARY, ...rest] = [...wrapper, BINARY];
  const child = new Deno.Command(program, {
    args: [
      ...rest,
      "serve",
      `--config.file=${file.path}`,
      "--web.listen-address=127.0.0.1:0",
      ...args,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let log = "";
  const reading = (async () => {
    for await (
      const text of child.stderr.pipeThrough(new TextDecoderStream())
    ) {
      log += text;
    }
  })();
  const stop = async (signal: Deno.Signal = "SIGTERM") => {
    killIfAlive(child, signal);
    await reading;
    return await child.status;
  };
  const dispose = async () => {
    await stop("SIGKILL");
    await file[Symbol.asyncDispose]();
  };
  const address = await eventually(() =>
    /msg=listening address=(\S+)/.exec(log)?.[1] ??
      fail(`the exporter does not listen: ${log}`)
  ).catch(async (error) => {
    await dispose();
    throw error;
  });
  const url = `http://${address}`;
  return {
    pid: child.pid,
    url,
    configFile: file.path,
    log: () => log,
    async scrape() {
      const response = await fetch(`${url}/metrics`);
      return parseExposition(await response.text());
    },
    stop,
    [Symbol.asyncDispose]: dispose,
  };
}

/** Sends a signal to a process that may have ended by itself. */
export function killIfAlive(
  child: Deno.ChildProcess,
  signal: Deno.Signal,
): void {
  try {
    child.kill(signal);
  } catch (error) {
    // So Deno says that it has ended.
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Throws, as an expression. */
export function fail(message: string): never {
  throw new Error(message);
}

/** Tries until it does not throw, for ten seconds at most if not told other. */
export async function eventually<Value>(
  attempt: () => Value | Promise<Value>,
  { seconds = 10 }: { readonly seconds?: number } = {},
): Promise<Value> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Waits; only where the passing of time is the subject. */
export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
