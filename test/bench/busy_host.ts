/**
 * A busy host, part by part.
 *
 * @module
 */

const LOAD = new URL("load.ts", import.meta.url).pathname;

/** Arguments of `load.ts`. */
export type Part = readonly (string | number)[];

/** The load at work. */
export interface BusyHost extends AsyncDisposable {
  /** Makes parts, all at the same time, and waits until they are there. */
  add(parts: readonly Part[]): Promise<void>;
}

/** Creates a host without load; its load is taken away with it. */
export function createBusyHost(): BusyHost {
  const children: Deno.ChildProcess[] = [];

  async function start(part: Part): Promise<void> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--allow-all", "--unstable-net", LOAD],
        ...part.map(String),
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    children.push(child);
    const { value } = await child.stdout.getReader().read();
    if (value === undefined) throw new Error(`load ${part.join(" ")} failed`);
  }

  return {
    add: async (parts) => void await Promise.all(parts.map(start)),
    async [Symbol.asyncDispose]() {
      for (const child of children) await child.stdin.close();
      await Promise.all(children.map(({ status }) => status));
    },
  };
}

/** No process may need more than the usual hard limit of open files. */
const MAX_FILES = 12_500;

/** Divides a number into parts that a process may hold each. */
export function divide(count: number): readonly number[] {
  const parts: number[] = [];
  for (let left = count; left > 0; left -= MAX_FILES) {
    parts.push(Math.min(left, MAX_FILES));
  }
  return parts;
}

let lastPort = 9000;

/**
 * Connects TCP over IPv4, with a listener for each part: a client has 28,000
 * ports for each.
 */
export async function addConnections(
  host: BusyHost,
  count: number,
): Promise<void> {
  const parts = divide(count).map((part) => [++lastPort, part] as const);
  await host.add(parts.map(([port]) => ["server", port]));
  await host.add(parts.map(([port, part]) => ["client", port, part]));
}

/**
 * Makes 50,000 TCP connections, 2,000 UDP sockets, 500 more processes and
 * 130,000 open files.
 */
export async function startLoad(): Promise<BusyHost> {
  const host = createBusyHost();
  await addConnections(host, 50_000);
  await host.add([["udp", 20_000, 2_000], ["processes", 500]]);
  await host.add(divide(28_000).map((part) => ["files", part]));
  return host;
}
