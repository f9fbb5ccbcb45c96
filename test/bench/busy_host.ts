/**
 * A busy host: 50,000 TCP connections, 2,000 UDP sockets, 500 more processes
 * and 130,000 open files.
 *
 * @module
 */

const LOAD = new URL("load.ts", import.meta.url).pathname;

/** Connections, spread over listeners: a client has 28,000 ports for each. */
const CONNECTIONS_BY_PORT: ReadonlyMap<number, number> = new Map([
  [9001, 12_500],
  [9002, 12_500],
  [9003, 12_500],
  [9004, 12_500],
]);

/** The load at work. */
export interface BusyHost {
  /** Takes the load away. */
  stop(): Promise<void>;
}

/** Makes the load and waits until it is there. */
export async function startLoad(): Promise<BusyHost> {
  const children: Deno.ChildProcess[] = [];
  const start = async (...args: readonly string[]) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-all", "--unstable-net", LOAD, ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    children.push(child);
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    if (value === undefined) throw new Error(`load ${args.join(" ")} failed`);
  };
  for (const port of CONNECTIONS_BY_PORT.keys()) {
    await start("server", String(port));
  }
  await Promise.all(
    Array.from(
      CONNECTIONS_BY_PORT,
      ([port, count]) => start("client", String(port), String(count)),
    ),
  );
  await start("udp", "20000", "2000");
  // No process may need more than the usual hard limit of open files.
  for (let part = 0; part < 4; part++) await start("files", "7000");
  const sleepers = Array.from({ length: 500 }, () =>
    new Deno.Command("sleep", {
      args: ["900"],
      stdin: "null",
      stdout: "null",
    }).spawn());
  return {
    async stop() {
      for (const child of children) await child.stdin.close();
      for (const sleeper of sleepers) sleeper.kill();
      await Promise.all([...children, ...sleepers].map(({ status }) => status));
    },
  };
}
