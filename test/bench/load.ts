/**
 * Makes a busy host inside the bench's network namespace, a part a process:
 *
 *   load.ts server PORT          accepts connections and keeps them
 *   load.ts client PORT COUNT    connects and keeps the connections
 *   load.ts udp FIRST COUNT      binds UDP sockets, half of them IPv6
 *   load.ts files COUNT          keeps files open
 *
 * Prints `ready` when its part is there, and ends when stdin is closed.
 *
 * @module
 */

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
  default:
    throw new SyntaxError(
      `Cannot make load "${part}": want server, client, udp or files`,
    );
}
await Deno.stdout.write(new TextEncoder().encode("ready\n"));
for await (const _ of Deno.stdin.readable) {
  // Nothing is said: the end of stdin is the end of the load.
}
Deno.exit(kept.length >= 0 ? 0 : 1);
