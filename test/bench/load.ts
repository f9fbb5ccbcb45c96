/**
 * Makes a busy host inside the bench's network namespace, a part a process:
 *
 *   load.ts server PORT          accepts connections and keeps them
 *   load.ts client PORT COUNT    connects and keeps the connections
 *   load.ts udp FIRST COUNT      binds UDP sockets, half of them IPv6
 *   load.ts files COUNT          keeps files open
 *   load.ts processes COUNT      keeps processes that sleep
 *
 * Prints `ready` when its part is there, and ends when stdin is closed.
 *
 * @module
 */

/** Deno cannot fork. The children end with stdin, which they share. */
const FORK = `
for (1 .. $ARGV[0]) {
  my $pid = fork // die "Cannot fork: $!";
  if (!$pid) { close STDOUT; sysread STDIN, my $end, 1; exit }
}
close STDOUT;
1 while wait > 0;
`;

const [part, ...numbers] = Deno.args;
const [first = 0, count = 0] = numbers.map(Number);
const kept: unknown[] = [];

async function keepAccepting(listener: Deno.Listener): Promise<void> {
  for await (const connection of listener) kept.push(connection);
}

switch (part) {
  case "server":
    keepAccepting(Deno.listen({ hostname: "127.0.0.1", port: first }));
    break;
  case "client":
    for (let made = 0; made < count; made++) {
      kept.push(await Deno.connect({ hostname: "127.0.0.1", port: first }));
    }
    break;
  case "udp":
    for (let made = 0; made < count; made++) {
      kept.push(Deno.listenDatagram({
        transport: "udp",
        hostname: made % 2 === 0 ? "127.0.0.1" : "::1",
        port: first + made,
      }));
    }
    break;
  case "files":
    for (let made = 0; made < first; made++) {
      kept.push(Deno.openSync("/dev/null"));
    }
    break;
  case "processes": {
    const forker = new Deno.Command("perl", {
      args: ["-e", FORK, String(first)],
      stdin: "inherit",
      stdout: "piped",
    }).spawn();
    // It closes its stdout when all are there.
    for await (const _ of forker.stdout);
    kept.push(forker);
    break;
  }
  default:
    throw new SyntaxError(
      `Cannot make load "${part}": ` +
        "want server, client, udp, files or processes",
    );
}
await Deno.stdout.write(new TextEncoder().encode("ready\n"));
for await (const _ of Deno.stdin.readable) {
  // Nothing is said: the end of stdin is the end of the load.
}
for (const one of kept) if (one instanceof Deno.ChildProcess) await one.status;
Deno.exit();
