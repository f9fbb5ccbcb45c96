/**
 * A program that holds a UDP socket and does with it what it is told: Perl,
 * which every Debian has, for Deno cannot fork.
 *
 * @module
 */

import { fail } from "./program.ts";
import type { Process } from "./sockets.ts";

/**
 * Answers each line on stdin with a line on stdout, and ends when stdin does.
 * What it forked ends by itself, should nobody be left to end it.
 */
const PROGRAM = `
use strict;
use IO::Socket::INET;
my ($name, $port) = @ARGV;
my $socket;
$0 = $name;
$| = 1;
$SIG{CHLD} = "IGNORE";
my %commands = (
  bind => sub {
    $socket = IO::Socket::INET->new(
      Proto => "udp", LocalAddr => "127.0.0.1", LocalPort => $port, ReusePort => 1,
    ) or die $@;
    return $port = $socket->sockport;
  },
  close => sub { close $socket; return 0 },
  fork => sub {
    my $pid = fork;
    return $pid if $pid;
    $0 = shift;
    close STDIN;
    close STDOUT;
    sleep 60;
    exit;
  },
);
while (my $line = <STDIN>) {
  my ($command, $argument) = split " ", $line;
  print $commands{$command}->($argument), "\\n";
}
`;

/** A process that holds a UDP socket of 127.0.0.1. */
export interface Holder extends Process {
  /** Port of the socket, the same one for its whole life. */
  readonly port: number;
  /** Closes the socket. */
  close(): Promise<void>;
  /** Opens a new socket on the port. */
  bind(): Promise<void>;
  /**
   * Forks a child that holds the socket too, until the value is disposed of.
   *
   * @returns The child's pid
   */
  fork(name?: string): Promise<number>;
}

/** What to start. */
export interface HolderOptions {
  /** Name of the process. */
  readonly name?: string;
  /** Port; SO_REUSEPORT lets several holders have the same. */
  readonly port?: number;
  /** Words in front of the program: another user. */
  readonly wrapper?: readonly string[];
}

/** Starts a process that holds a socket. */
export async function startHolder(
  { name = "holder", port = 0, wrapper = [] }: HolderOptions = {},
): Promise<Holder> {
  const [program = "", ...args] = [
    ...wrapper,
    ...["perl", "-e", PROGRAM, name, String(port)],
  ];
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.getReader();
  async function tell(command: string): Promise<number> {
    await writer.write(new TextEncoder().encode(`${command}\n`));
    // An answer is shorter than what a pipe passes on in one piece.
    const { value } = await reader.read();
    return Number(new TextDecoder().decode(value) || fail(`no ${command}`));
  }
  const children: number[] = [];
  const stop = async (signal: Deno.Signal = "SIGKILL") => {
    killIfAlive(child.pid, signal);
    await child.status;
    await writer.close().catch(() => {});
    await reader.cancel();
  };
  return {
    pid: child.pid,
    port: await tell("bind"),
    close: async () => void await tell("close"),
    bind: async () => void await tell("bind"),
    async fork(childName = name) {
      const pid = await tell(`fork ${childName}`);
      children.push(pid);
      return pid;
    },
    stop,
    async [Symbol.asyncDispose]() {
      for (const pid of children) killIfAlive(pid, "SIGKILL");
      await stop();
    },
  };
}

function killIfAlive(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
