import { assertEquals } from "@std/assert";
import { selectListeningSockets } from "../../src/model/listening_socket.ts";
import type { SocketRow } from "../../src/procfs/socket_table.ts";
import { buildRow } from "../support/builders.ts";

/** Whether a row receives from anybody who sends to its port. */
const cases: readonly (readonly [
  name: string,
  row: Partial<SocketRow>,
  listens: boolean,
])[] = [
  ["an unconnected UDP socket", {}, true],
  ["an unconnected UDP socket of IPv6", { table: "udp6" }, true],
  ["a connected UDP socket", { state: "01", remotePort: 514 }, false],
  // connect() leaves 07 for a moment after it has set the remote port.
  ["a UDP socket with a remote port", { remotePort: 514 }, false],
  ["a UDP socket in state 0A", { state: "0A" }, false],
  ["a UDP socket in a state without a name", { state: "0C" }, false],
  ["a TCP socket in LISTEN", { table: "tcp", state: "0A" }, true],
  ["a TCP socket of IPv6 in LISTEN", { table: "tcp6", state: "0A" }, true],
  ["a TCP socket in CLOSE", { table: "tcp", state: "07" }, false],
  ["a TCP socket in SYN_RECV", { table: "tcp", state: "03" }, false],
  ["a TCP socket in TIME_WAIT", { table: "tcp6", state: "06" }, false],
  ["a TCP socket in state 0D", { table: "tcp", state: "0D" }, false],
];

for (const [name, row, listens] of cases) {
  Deno.test(`selectListeningSockets() ${listens ? "takes" : "leaves"} ${name}`, () => {
    assertEquals(
      selectListeningSockets([buildRow(row)]).length,
      listens ? 1 : 0,
    );
  });
}

Deno.test("selectListeningSockets() keeps what the row tells of the socket", () => {
  const row = buildRow({
    localAddress: "10.1.2.3",
    localPort: 65535,
    uid: 65534,
    inode: "18446744073709551615",
    receiveQueue: 4160,
  });
  const socket = {
    protocol: "udp",
    address: "10.1.2.3",
    port: 65535,
    uid: 65534,
    inode: "18446744073709551615",
    receiveQueue: 4160,
  };
  // Old kernels count no drops: unknown is not 0.
  assertEquals(selectListeningSockets([row, { ...row, drops: 19 }]), [
    socket,
    { ...socket, drops: 19 },
  ]);
});

Deno.test("selectListeningSockets() calls tcp6 and udp6 by their protocol", () => {
  const rows = [
    buildRow({ table: "udp6" }),
    buildRow({ table: "tcp6", state: "0A" }),
  ];
  assertEquals(
    selectListeningSockets(rows).map(({ protocol }) => protocol),
    ["udp", "tcp"],
  );
});
