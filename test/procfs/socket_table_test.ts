import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  createSocketTableParser,
  parseSocketTable,
  type SocketRow,
  type SocketTable,
} from "../../src/procfs/socket_table.ts";
import { buildRow } from "../support/builders.ts";
import {
  HEADERS,
  hexPort,
  type RowText,
  rowText,
  tableText,
  wildcard4,
} from "../support/kernel_text.ts";

const LOOPBACK_6 = "00000000000000000000000001000000";
const MAPPED_LOOPBACK = "0000000000000000FFFF00000100007F";
const TIME_WAIT_REST = "3 0000000000000000";

/** Rows that are understood: how the kernel prints them, what they say. */
const goodRows: readonly (readonly [
  name: string,
  table: SocketTable,
  line: string,
  want: Partial<SocketRow>,
])[] = [
  ["a udp row with trailing spaces", "udp", rowText("udp").padEnd(127), {
    drops: 0,
  }],
  ["a udp6 row", "udp6", rowText("udp6"), {
    localAddress: "::",
    remoteAddress: "::",
    drops: 0,
  }],
  ["a tcp row", "tcp", rowText("tcp").padEnd(149), { state: "0A" }],
  ["a tcp6 row", "tcp6", rowText("tcp6"), {
    state: "0A",
    localAddress: "::",
    remoteAddress: "::",
  }],
  [
    "an IPv4 address, its bytes in host order",
    "udp",
    rowText("udp", { local: "0302010A:1B4F" }),
    { localAddress: "10.1.2.3", localPort: 6991, drops: 0 },
  ],
  [
    "an IPv6 loopback address",
    "udp6",
    rowText("udp6", { local: `${LOOPBACK_6}:1B4D` }),
    { localAddress: "::1", localPort: 6989, remoteAddress: "::", drops: 0 },
  ],
  [
    "a v4-mapped address",
    "udp6",
    rowText("udp6", { local: `${MAPPED_LOOPBACK}:1B4E` }),
    {
      localAddress: "::ffff:127.0.0.1",
      localPort: 6990,
      remoteAddress: "::",
      drops: 0,
    },
  ],
  [
    "a connected udp row",
    "udp",
    rowText("udp", {
      local: "0100007F:1B59",
      remote: "0100007F:1B48",
      state: "01",
    }),
    {
      localAddress: "127.0.0.1",
      localPort: 7001,
      remoteAddress: "127.0.0.1",
      remotePort: 6984,
      state: "01",
      drops: 0,
    },
  ],
  [
    "a port above 32767",
    "udp",
    rowText("udp", { local: "00000000:8000" }),
    { localPort: 32768, drops: 0 },
  ],
  [
    "port 65535",
    "udp",
    rowText("udp", { local: "00000000:FFFF" }),
    { localPort: 65535, drops: 0 },
  ],
  [
    "a port below 16",
    "udp",
    rowText("udp", { local: "00000000:0007" }),
    { localPort: 7, drops: 0 },
  ],
  [
    "lower case hex",
    "udp",
    rowText("udp", { local: "0302010a:1b4f", state: "0c" }),
    { localAddress: "10.1.2.3", localPort: 6991, state: "0C", drops: 0 },
  ],
  ["a row that ends in CR", "udp", `${rowText("udp")}\r`, { drops: 0 }],
  [
    "a row without the drops column",
    "udp",
    rowText("udp", { rest: "2 0000000000000000" }),
    {},
  ],
  [
    "drops that an old kernel prints as a signed number",
    "udp",
    rowText("udp", { rest: "2 0000000000000000 -5" }),
    { drops: 4294967291 },
  ],
  // The bases are mixed in one row: queues are hex, all that follows decimal.
  [
    "queues as hex and drops as decimal",
    "udp",
    rowText("udp", {
      queues: "00000011:00001040",
      rest: "2 0000000000000000 19",
    }),
    { receiveQueue: 4160, drops: 19 },
  ],
  [
    "uid and inode as decimal",
    "udp",
    rowText("udp", { uid: "65534", inode: "10" }),
    { uid: 65534, inode: "10", drops: 0 },
  ],
  [
    "the largest uid",
    "udp",
    rowText("udp", { uid: "4294967295" }),
    { uid: 4294967295, drops: 0 },
  ],
  [
    "an inode beyond 2^53",
    "udp",
    rowText("udp", { inode: "18446744073709551615" }),
    { inode: "18446744073709551615", drops: 0 },
  ],
  [
    "a slot of more than five digits",
    "udp",
    rowText("udp", { sl: "1234567:" }),
    { drops: 0 },
  ],
  [
    "connections that wait for accept",
    "tcp",
    rowText("tcp", { queues: "00000000:00000003" }),
    { state: "0A", receiveQueue: 3 },
  ],
  [
    "a SYN_RECV row of 12 columns",
    "tcp",
    rowText("tcp", {
      local: "0100007F:1B57",
      remote: "0100007F:1CE9",
      state: "03",
      timer: "01:00000063",
      inode: "0",
      rest: "0 0000000000000000",
    }),
    {
      localAddress: "127.0.0.1",
      localPort: 6999,
      remoteAddress: "127.0.0.1",
      remotePort: 7401,
      state: "03",
      inode: "0",
    },
  ],
  // States that this program has no name for are states.
  ["state 0C", "udp", rowText("udp", { state: "0C" }), {
    state: "0C",
    drops: 0,
  }],
  ["state 0D", "udp6", rowText("udp6", { state: "0D" }), {
    localAddress: "::",
    remoteAddress: "::",
    state: "0D",
    drops: 0,
  }],
  ["state FF", "udp", rowText("udp", { state: "FF" }), {
    state: "FF",
    drops: 0,
  }],
];

for (const [name, table, line, want] of goodRows) {
  Deno.test(`parseSocketTable() reads ${name}`, () => {
    assertEquals(parseSocketTable(tableText(table, [line]), { table }), {
      rows: [buildRow({ table, ...want })],
      problems: [],
    });
  });
}

const PORT = 6984;

/** Rows with one broken thing: what the message says of it, the row's port. */
const badRows: readonly (readonly [
  name: string,
  changes: Partial<RowText>,
  complaint: string,
  localPort?: number,
])[] = [
  ["no colon after the slot", { sl: "   12" }, 'sl is "12"'],
  ["a slot that is no number", { sl: "   1x:" }, 'sl is "1x:"', PORT],
  [
    "no colon in the local address",
    { local: "0000000001B48" },
    'local address is "0000000001B48"',
  ],
  [
    "a short local address",
    { local: "0000000:1B48" },
    'local address is "0000000:1B48"',
  ],
  [
    "a local address that is not hex",
    { local: "0000000G:1B48" },
    'local address is "0000000G:1B48"',
    PORT,
  ],
  [
    "a local address of the other family",
    { local: `${LOOPBACK_6}:1B48` },
    `local address is "${LOOPBACK_6}:1B48"`,
  ],
  [
    "a local port of three digits",
    { local: "00000000:1B4" },
    'local address is "00000000:1B4"',
  ],
  [
    "a local port of five digits",
    { local: "00000000:11B48" },
    'local address is "00000000:11B48"',
  ],
  [
    "a local port that ends in no digit",
    { local: "00000000:1B4G" },
    'local address is "00000000:1B4G"',
  ],
  [
    "a local port that begins with no digit",
    { local: "00000000:-B48" },
    'local address is "00000000:-B48"',
  ],
  [
    "no colon in the remote address",
    { remote: "0000000000000" },
    'remote address is "0000000000000"',
    PORT,
  ],
  [
    "a remote port that is not hex",
    { remote: "00000000:00x0" },
    'remote address is "00000000:00x0"',
    PORT,
  ],
  ["a state of one digit", { state: "7" }, 'state is "7"', PORT],
  ["a state of three digits", { state: "007" }, 'state is "007"', PORT],
  ["a state that is not hex", { state: "0Z" }, 'state is "0Z"', PORT],
  ["a NUL in the state", { state: "0\0" }, 'state is "0\\u0000"', PORT],
  [
    "one queue",
    { queues: "00000000" },
    'tx_queue:rx_queue is "00000000"',
    PORT,
  ],
  [
    "a queue that is not hex",
    { queues: "00000000:0000000G" },
    'tx_queue:rx_queue is "00000000:0000000G"',
    PORT,
  ],
  [
    "a queue of nine digits",
    { queues: "00000000:000000000" },
    'tx_queue:rx_queue is "00000000:000000000"',
    PORT,
  ],
  ["a negative uid", { uid: "   -1" }, 'uid is "-1"', PORT],
  ["a uid that is hex", { uid: "   FF" }, 'uid is "FF"', PORT],
  ["a negative inode", { inode: "-1" }, 'inode is "-1"', PORT],
  ["an inode that is hex", { inode: "12ab" }, 'inode is "12ab"', PORT],
  [
    "drops that are no integer",
    { rest: "2 0000000000000000 1e3" },
    'drops is "1e3"',
    PORT,
  ],
];

function parseUdp(...rows: readonly string[]) {
  return parseSocketTable(tableText("udp", rows), { table: "udp" });
}

const GOOD = rowText("udp", { local: wildcard4(514), inode: "1" });
const GOOD_INODES = ["1"];

const inodesOf = ({ rows }: { readonly rows: readonly SocketRow[] }) =>
  rows.map(({ inode }) => inode);

for (const [name, changes, complaint, localPort] of badRows) {
  Deno.test(`parseSocketTable() skips a row with ${name}`, () => {
    const line = rowText("udp", changes);
    const parsed = parseUdp(line, GOOD);
    assertEquals(parsed.problems, [{
      message: `Cannot parse row ${JSON.stringify(line.trim())}: ${complaint}`,
      ...(localPort !== undefined && { localPort }),
    }]);
    assertEquals(inodesOf(parsed), GOOD_INODES);
  });
}

Deno.test("parseSocketTable() skips a row that lacks columns", () => {
  const line = rowText("udp").split(" 4711")[0] ?? "";
  const parsed = parseUdp(line, GOOD);
  assertEquals(parsed.problems, [{
    message:
      'Cannot parse row "12: 00000000:1B48 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0": it has 9 columns, no inode',
    localPort: PORT,
  }]);
  assertEquals(inodesOf(parsed), GOOD_INODES);
});

Deno.test("parseSocketTable() takes no inode from a row that was cut inside of it", () => {
  // A newline may stand behind it: the rest of another page.
  const line = rowText("udp");
  for (let end = 1; end <= line.indexOf(" 0000000000000000 "); end++) {
    const parsed = parseUdp(line.slice(0, end), GOOD);
    assertEquals(inodesOf(parsed), GOOD_INODES, line.slice(0, end));
    assertEquals(parsed.problems.length, 1);
  }
});

Deno.test("parseSocketTable() skips an empty line", () => {
  const parsed = parseUdp("", GOOD);
  assertEquals(parsed.problems, [{
    message: 'Cannot parse row "": sl is ""',
  }]);
  assertEquals(inodesOf(parsed), GOOD_INODES);
});

Deno.test("parseSocketTable() quotes only the beginning of a line of 64 KiB", () => {
  const parsed = parseUdp("x".repeat(65536), GOOD);
  assertEquals(parsed.problems, [{
    message: `Cannot parse row "${"x".repeat(160)}…": sl is "${
      "x".repeat(160)
    }…"`,
  }]);
  assertEquals(inodesOf(parsed), GOOD_INODES);
});

Deno.test("parseSocketTable() reads a row in a line of 64 KiB", () => {
  assertEquals(inodesOf(parseUdp(rowText("udp").padEnd(65536))), ["4711"]);
});

Deno.test("parseSocketTable() does not decode rows of ports that are not wanted", () => {
  // Rows of other ports are not decoded: what is wrong there is no matter.
  const other = rowText("udp", { local: wildcard4(618), inode: "-1" });
  assertEquals(
    parseSocketTable(tableText("udp", [other, GOOD]), {
      table: "udp",
      ports: new Set([514]),
    }).problems,
    [],
  );
});

Deno.test("parseSocketTable() leaves out a row of another port that stands in other columns", () => {
  const other = rowText("udp", { sl: "   12:  ", local: wildcard4(618) });
  const parsed = parseSocketTable(tableText("udp", [other, GOOD]), {
    table: "udp",
    ports: new Set([514]),
  });
  assertEquals(inodesOf(parsed), GOOD_INODES);
});

Deno.test("parseSocketTable() counts a row without a port whatever the port filter", () => {
  const line = rowText("udp", { local: "00000000;026A" });
  const { problems } = parseSocketTable(tableText("udp", [line]), {
    table: "udp",
    ports: new Set([514]),
  });
  assertEquals(problems, [{
    message: `Cannot parse row ${
      JSON.stringify(line.trim())
    }: local address is "00000000;026A"`,
  }]);
});

Deno.test("parseSocketTable() does not take 6180 for 618", () => {
  const text = tableText("udp", [
    rowText("udp", { local: wildcard4(6180), inode: "6180" }),
    rowText("udp", { local: wildcard4(618), inode: "618" }),
    rowText("udp", { local: wildcard4(61800), inode: "61800" }),
  ]);
  const inodesOn = (port: number) =>
    inodesOf(parseSocketTable(text, { table: "udp", ports: new Set([port]) }));
  assertEquals(inodesOn(618), ["618"]);
  assertEquals(inodesOn(6180), ["6180"]);
  assertEquals(inodesOn(18), []);
});

Deno.test("parseSocketTable() keeps the sockets of an SO_REUSEPORT pair apart", () => {
  const pair = ["11", "12"].map((inode) => rowText("udp", { inode }));
  assertEquals(inodesOf(parseUdp(...pair)), ["11", "12"]);
});

Deno.test("parseSocketTable() takes a row that comes on two pages once, as it was last", () => {
  const { rows } = parseUdp(
    rowText("udp", { queues: "00000000:00000100" }),
    GOOD,
    rowText("udp", { queues: "00000000:00000500" }),
  );
  assertEquals(rows.map(({ receiveQueue }) => receiveQueue), [0x500, 0]);
});

// Header and end of the text.

for (const table of ["tcp", "tcp6", "udp", "udp6"] as const) {
  Deno.test(`parseSocketTable() reads a ${table} that is only a header`, () => {
    const nothing = { rows: [], problems: [] };
    assertEquals(parseSocketTable(tableText(table), { table }), nothing);
    assertEquals(parseSocketTable(HEADERS[table], { table }), {
      rows: [],
      problems: [{
        message: `Cannot parse row ${
          JSON.stringify(HEADERS[table].trim())
        }: it ends in the middle`,
      }],
    });
  });
}

for (
  const [name, text, firstLine] of [
    ["an empty text", "", ""],
    ["a table without a header", `${GOOD}\n`, GOOD],
    ["another file", "Udp: InDatagrams NoPorts\n", "Udp: InDatagrams NoPorts"],
    ["NULs", "\0\0\n", "\0\0"],
  ] as const
) {
  Deno.test(`parseSocketTable() refuses ${name}`, () => {
    const error = assertThrows(
      () => parseSocketTable(text, { table: "udp" }),
      SyntaxError,
    );
    assertEquals(
      error.message,
      `Cannot parse udp: the first line is ${
        JSON.stringify(firstLine)
      }, want the header "sl local_address …"`,
    );
  });
}

Deno.test("parseSocketTable() counts a last line that is cut off anywhere", () => {
  const last = rowText("udp");
  for (let length = 1; length <= last.length; length++) {
    const parsed = parseSocketTable(
      tableText("udp", [GOOD]) + last.slice(0, length),
      { table: "udp" },
    );
    assertEquals(inodesOf(parsed), GOOD_INODES);
    const [problem, ...others] = parsed.problems;
    assertEquals(others, []);
    assertEquals(
      problem?.message,
      `Cannot parse row ${
        JSON.stringify(last.slice(0, length).trim())
      }: it ends in the middle`,
    );
    // A port that is cut off would be another port: 1B4 is 436.
    const isPortComplete = length > last.indexOf("1B48") + 4;
    assertEquals(
      problem?.localPort,
      isPortComplete ? PORT : undefined,
      last.slice(0, length),
    );
  }
});

// The LISTEN block of a TCP table.

const tcpRow = (state: string, inode: string) =>
  rowText("tcp", { state, inode });

/** States of the rows of a table, and the inodes (1, 2, …) that are read. */
const listenBlocks: readonly (readonly [
  name: string,
  states: readonly string[],
  inodes: readonly string[],
  wantsMore: boolean,
])[] = [
  ["reads on while rows listen", ["0A", "0A"], ["1", "2"], true],
  ["stops at ESTABLISHED", ["0A", "01", "0A"], ["1"], false],
  ["stops at TIME_WAIT", ["0A", "06", "0A"], ["1"], false],
  ["stops at a state without a name", ["0A", "0D", "0A"], ["1"], false],
  [
    "reads on behind SYN_RECV",
    ["0A", "03", "0A", "01"],
    ["1", "2", "3"],
    false,
  ],
  ["reads on behind lower case", ["0a", "0A", "01"], ["1", "2"], false],
  ["reads on behind a broken state", ["0A", "0Z", "0A"], ["1", "3"], true],
];

for (const [name, states, inodes, wantsMore] of listenBlocks) {
  Deno.test(`createSocketTableParser() ${name} in a TCP table`, () => {
    const parser = createSocketTableParser({ table: "tcp" });
    const rows = states.map((state, index) => tcpRow(state, `${index + 1}`));
    assertEquals(parser.push(tableText("tcp", rows)), wantsMore);
    assertEquals(inodesOf(parser.finish()), inodes);
  });
}

for (
  const [name, changes] of [
    ["no slot", { sl: "    x:" }],
    ["an address that is not hex", { local: "0000000G:1B48" }],
    ["an inode that is no number", { inode: "x" }],
  ] as const
) {
  Deno.test(`createSocketTableParser() does not stop at a row with ${name} in a TCP table`, () => {
    const broken = rowText("tcp", { state: "01", ...changes });
    for (const ports of [undefined, new Set([6984])]) {
      const { rows, problems } = parseSocketTable(
        tableText("tcp", [broken, tcpRow("0A", "1"), tcpRow("01", "2")]),
        { table: "tcp", ...(ports && { ports }) },
      );
      assertEquals(inodesOf({ rows }), ["1"]);
      assertEquals(problems.length, 1);
    }
  });
}

Deno.test("createSocketTableParser() stops at a row of 12 columns in a TCP table", () => {
  const parser = createSocketTableParser({ table: "tcp6" });
  const timeWait = rowText("tcp6", {
    state: "06",
    timer: "03:0000176E",
    inode: "0",
    rest: TIME_WAIT_REST,
  });
  assertEquals(parser.push(tableText("tcp6", [timeWait])), false);
  assertEquals(parser.finish(), { rows: [], problems: [] });
});

Deno.test("createSocketTableParser() stops behind the LISTEN block whatever the port filter", () => {
  const parser = createSocketTableParser({
    table: "tcp",
    ports: new Set([514]),
  });
  assertEquals(parser.push(tableText("tcp", [tcpRow("01", "1")])), false);
});

Deno.test("createSocketTableParser() takes nothing after the LISTEN block", () => {
  const parser = createSocketTableParser({ table: "tcp" });
  parser.push(`${tableText("tcp", [tcpRow("01", "1")])}   2: 0000`);
  assertEquals(parser.push(`0000:1B48\n${tcpRow("0A", "2")}\n`), false);
  assertEquals(parser.finish(), { rows: [], problems: [] });
});

Deno.test("parseSocketTable() reads every state of a UDP table", () => {
  const rows = ["01", "07", "0A", "0D", "07"].map((state, index) =>
    rowText("udp", { state, inode: String(index) })
  );
  assertEquals(inodesOf(parseUdp(...rows)), ["0", "1", "2", "3", "4"]);
});

// Properties.

const rowTexts = fc.uniqueArray(
  fc.record({
    port: fc.integer({ min: 0, max: 65535 }),
    inode: fc.maxSafeNat(),
    state: fc.constantFrom("07", "01", "0A", "03"),
  }),
  { selector: ({ inode }: { inode: number }) => inode, maxLength: 20 },
).map((rows: { port: number; inode: number; state: string }[]) =>
  rows.map(({ port, inode, state }) =>
    rowText("udp", { local: wildcard4(port), inode: String(inode), state })
  )
);

Deno.test("createSocketTableParser() gives the same rows wherever the pages are cut", () => {
  const tables = fc.constantFrom("udp", "tcp");
  const cuts = fc.array(fc.nat(4000), { maxLength: 8 });
  const tail = fc.constantFrom("", "\r\n", "  9: 00000000:02");
  fc.assert(fc.property(
    tables,
    rowTexts,
    tail,
    cuts,
    (table: SocketTable, rows: string[], tail: string, cuts: number[]) => {
      const text = tableText(table, rows) + tail;
      const parser = createSocketTableParser({ table });
      const positions = [0, ...cuts.toSorted((a, b) => a - b), text.length];
      for (const [index, start] of positions.entries()) {
        const end = positions[index + 1] ?? text.length;
        if (!parser.push(text.slice(start, Math.max(start, end)))) break;
      }
      assertEquals(parser.finish(), parseSocketTable(text, { table }));
    },
  ));
});

Deno.test("parseSocketTable() finds the same rows in any order of a UDP table", () => {
  const shuffled = rowTexts.chain((rows: string[]) =>
    fc.tuple(
      fc.constant(rows),
      fc.shuffledSubarray(rows, { minLength: rows.length }),
    )
  );
  const byInode = (rows: readonly SocketRow[]) =>
    rows.toSorted((a, b) => a.inode < b.inode ? -1 : 1);
  fc.assert(fc.property(shuffled, ([rows, others]: [string[], string[]]) => {
    assertEquals(
      byInode(parseUdp(...others).rows),
      byInode(parseUdp(...rows).rows),
    );
  }));
});

Deno.test("parseSocketTable() finds every port with its own filter and no other", () => {
  const port = fc.integer({ min: 0, max: 65535 });
  fc.assert(fc.property(port, port, (one: number, other: number) => {
    const text = tableText("udp", [
      rowText("udp", { local: `00000000:${hexPort(one)}` }),
    ]);
    const { rows } = parseSocketTable(text, {
      table: "udp",
      ports: new Set([other]),
    });
    assertEquals(rows.length, one === other ? 1 : 0);
  }));
});

/** Parses, and lets nothing pass but the complaint about the header. */
function parseAnything(text: string, table: SocketTable): void {
  try {
    parseSocketTable(text, { table });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    assert(error.message.startsWith(`Cannot parse ${table}: the first line`));
  }
}

const anyTable = fc.constantFrom("tcp", "tcp6", "udp", "udp6");
const kernelCharacter = fc.constantFrom(
  ..."0123456789ABCDEFabcdef: \t\n\r\0-GÿxX",
);
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: kernelCharacter, maxLength: 400 }),
);

Deno.test("parseSocketTable() throws nothing but SyntaxError for a missing header", () => {
  fc.assert(
    fc.property(anyTable, anyText, (table: SocketTable, text: string) => {
      parseAnything(text, table);
      // Behind a header nothing throws.
      parseSocketTable(tableText(table) + text, { table });
    }),
  );
});

Deno.test("parseSocketTable() loses no other row to a row with one changed character", () => {
  const where = fc.nat(rowText("udp").length - 1);
  fc.assert(fc.property(where, fc.string({ unit: "binary", maxLength: 3 }), (
    position: number,
    text: string,
  ) => {
    const line = rowText("udp");
    const parsed = parseUdp(
      line.slice(0, position) + text + line.slice(position + 1),
      GOOD,
    );
    assert(inodesOf(parsed).includes("1"));
  }));
});

Deno.test("parseSocketTable() finds every good row among bad ones", () => {
  const inodes = fc.uniqueArray(
    // Inodes have 64 bits, of which a number of JavaScript holds 53.
    fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(String),
    { minLength: 1 },
  );
  const badLine = fc.oneof(
    anyText.map((text) => text.replaceAll("\n", " ")),
    // A row of a connection, which ends a TCP table when it is whole.
    fc.constantFrom(..."sl local remote queues uid inode".split(" ")).map(
      (column) => rowText("tcp", { state: "01", [column]: "-1" }),
    ),
  );
  fc.assert(fc.property(
    fc.constantFrom("tcp", "udp"),
    inodes,
    fc.array(badLine),
    (table: SocketTable, inodes: string[], badLines: string[]) => {
      const rows = inodes.flatMap((inode, index) => [
        ...badLines.slice(index, index + 1),
        rowText(table, { inode }),
      ]);
      assertEquals(
        inodesOf(parseSocketTable(tableText(table, rows), { table })),
        inodes,
      );
    },
  ));
});
