/**
 * Asks as Prometheus does, over connections that are kept, and reads the answer
 * as it comes: what a client does with it is no cost of the exporter.
 *
 * @module
 */

const idleByHost = new Map<string, Deno.TcpConn[]>();

const encoder = new TextEncoder();
const latin1 = new TextDecoder("latin1");

/** Gets a page, compressed, and throws it away. */
export async function getPage(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { host, hostname, port, pathname } = new URL(url);
  const lines = Object.entries({
    host,
    "accept-encoding": "gzip",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = encoder.encode(
    `GET ${pathname} HTTP/1.1\r\n${lines.join("")}\r\n`,
  );
  const idle = idleByHost.get(host) ?? [];
  idleByHost.set(host, idle);
  for (let kept = idle.pop(); kept !== undefined; kept = idle.pop()) {
    try {
      await exchange(kept, request);
      idle.push(kept);
      return;
    } catch {
      kept.close(); // The server has closed it in the meantime.
    }
  }
  const fresh = await Deno.connect({ hostname, port: Number(port) });
  await exchange(fresh, request);
  idle.push(fresh);
}

async function exchange(
  connection: Deno.TcpConn,
  request: Uint8Array,
): Promise<void> {
  await connection.write(request);
  const buffer = new Uint8Array(256 * 1024);
  let head = "";
  let tail = "";
  let rest = Infinity;
  while (rest > 0) {
    const count = await connection.read(buffer);
    if (count === null) throw new Deno.errors.ConnectionReset("closed early");
    rest -= count;
    if (head.includes("\r\n\r\n")) {
      tail = latin1.decode(buffer.subarray(Math.max(0, count - 5), count));
    } else {
      head += latin1.decode(buffer.subarray(0, count));
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) continue;
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
      if (length !== undefined) rest = Number(length) - (head.length - end - 4);
      tail = head.slice(-5);
    }
    // The end of an answer in chunks.
    if (rest === Infinity && tail === "0\r\n\r\n") return;
  }
}
