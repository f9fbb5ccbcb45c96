/**
 * Opens real sockets on this host, in this process and in others.
 *
 * @module
 */

import dgram from "node:dgram";
import { eventually, fail, killIfAlive, runCommand } from "./program.ts";

/** A UDP socket of this process. */
export interface UdpSocket extends AsyncDisposable {
  readonly port: number;
}

/** Binds a UDP socket of this process; port 0 lets the kernel choose. */
export function bindUdp(
  { type = "udp4", address, port = 0, ipv6Only = false }: {
    readonly type?: "udp4" | "udp6";
    readonly address?: string;
    readonly port?: number;
    readonly ipv6Only?: boolean;
  } = {},
): Promise<UdpSocket> {
  const socket = dgram.createSocket({ type, ipv6Only });
  const close = () =>
    new Promise<void>((resolve) => socket.close(() => resolve()));
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(
      { port, ...(address !== undefined && { address }) },
      () =>
        resolve({ port: socket.address().port, [Symbol.asyncDispose]: close }),
    );
  });
}

/** Another process. */
export interface Process extends AsyncDisposable {
  readonly pid: number;
  /** Ends it and waits. */
  stop(signal?: Deno.Signal): Promise<void>;
}

/** Starts a program in the background. */
export function startProcess(
  [program = "", ...args]: readonly string[],
): Process {
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const stop = async (signal: Deno.Signal = "SIGKILL") => {
    killIfAlive(child, signal);
    await child.status;
  };
  return { pid: child.pid, stop, [Symbol.asyncDispose]: () => stop() };
}

/** Starts socat with one address and waits until `ss` sees its port. */
export async function startSocat(
  address: string,
  wrapper: readonly string[] = [],
): Promise<Process> {
  const process = startProcess([...wrapper, "socat", "-u", address, "-"]);
  await waitForSocat(address, process.pid);
  return process;
}

/** Waits until `ss` sees the port of a socat address in the hands of a process. */
export async function waitForSocat(
  address: string,
  pid: number,
): Promise<void> {
  const [, protocol, boundPort, ownPort] =
    /^(UDP|TCP)\d?-(?:CONNECT:.*,bind=:(\d+)|\w+:(\d+))/.exec(address) ??
      fail(`no socat address: ${address}`);
  const port = boundPort ?? ownPort;
  await eventually(async () => {
    const { stdout } = await runCommand([
      "ss",
      "-Hanp",
      protocol === "UDP" ? "-u" : "-t",
      `sport = :${port}`,
    ]);
    if (!stdout.includes(`pid=${pid},`)) {
      fail(`socat does not hold port ${port}: ${stdout}`);
    }
  });
}

/** Pids of the processes that hold sockets of a UDP port, as `ss` tells. */
export async function listHolders(port: number): Promise<readonly number[]> {
  const { stdout } = await runCommand(["ss", "-Huanp", `sport = :${port}`]);
  return [...stdout.matchAll(/\bpid=(\d+)/g)].map(([, pid]) => Number(pid))
    .sort((a, b) => a - b);
}

/** A port that is free now, for UDP and TCP. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    await using socket = await bindUdp();
    try {
      Deno.listen({ hostname: "0.0.0.0", port: socket.port }).close();
      return socket.port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** Sends datagrams to a port of the loopback address. */
export async function sendDatagrams(
  port: number,
  { count, bytes = 100 }: { readonly count: number; readonly bytes?: number },
): Promise<void> {
  const socket = dgram.createSocket("udp4");
  const payload = new Uint8Array(bytes);
  for (let sent = 0; sent < count; sent++) {
    await new Promise<void>((resolve) =>
      socket.send(payload, port, "127.0.0.1", () => resolve())
    );
  }
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}

/**
 * A port that is free now for UDP and below every usual ephemeral range, as
 * those of services are.
 */
export async function findServicePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    try {
      await using _ = await bindUdp({ port });
      return port;
    } catch {
      // Taken.
    }
  }
}
