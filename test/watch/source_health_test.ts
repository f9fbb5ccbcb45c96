import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  createSourceHealthBook,
  type SourceReport,
} from "../../src/watch/source_health.ts";
import { createMemoryLog } from "../support/log.ts";

const GOOD: SourceReport = { success: true, errors: [] };
const FAILED: SourceReport = { success: false, errors: ["Cannot read udp"] };
const BAD_ROWS: SourceReport = { success: true, errors: ["row 1", "row 2"] };

/** Reports on `udp` one after the other. */
function report(...reports: readonly SourceReport[]) {
  const { log, lines } = createMemoryLog();
  const book = createSourceHealthBook(log);
  for (const each of reports) book.report("udp", each);
  return { book, lines };
}

const WARNED = {
  level: "warn",
  message: "Cannot read udp",
  source: "udp",
  success: false,
  errors: 1,
};
const WELL_AGAIN = {
  level: "info",
  message: "source is well again",
  source: "udp",
};

Deno.test("createSourceHealthBook() begins without sources", () => {
  assertEquals(report().book.list(), []);
});

Deno.test("createSourceHealthBook() keeps sources in the order of their first report", () => {
  const { book } = report(GOOD);
  book.report("tcp", GOOD);
  book.report("udp", FAILED);
  assertEquals(book.list().map(({ labels }) => labels.source), ["udp", "tcp"]);
});

Deno.test("createSourceHealthBook() tells of the last scan and counts all errors", () => {
  const { book } = report(FAILED, BAD_ROWS, GOOD);
  assertEquals(book.list(), [
    { labels: { source: "udp" }, success: true, errors: 3 },
  ]);
});

Deno.test("createSourceHealthBook() says what was wrong at the last scan", () => {
  assertEquals(report(GOOD, FAILED).book.list(), [{
    labels: { source: "udp" },
    success: false,
    errors: 1,
    lastError: "Cannot read udp",
  }]);
});

Deno.test("createSourceHealthBook() keeps the labels of a source", () => {
  const { book } = report(GOOD);
  const [before] = book.list();
  book.report("udp", FAILED);
  const [after] = book.list();
  assertStrictEquals(after?.labels, before?.labels);
});

const told: readonly (readonly [
  name: string,
  reports: readonly SourceReport[],
  lines: readonly object[],
])[] = [
  ["nothing while all is well", [GOOD, GOOD], []],
  ["the first of many failures", [GOOD, FAILED, FAILED, FAILED], [WARNED]],
  ["once when a source is well again", [FAILED, GOOD, GOOD], [
    WARNED,
    WELL_AGAIN,
  ]],
  ["the next failure after that", [FAILED, GOOD, FAILED], [
    WARNED,
    WELL_AGAIN,
    WARNED,
  ]],
  ["the first bad row and how many there are", [BAD_ROWS, BAD_ROWS], [{
    ...WARNED,
    message: "row 1",
    success: true,
    errors: 2,
  }]],
];

for (const [name, reports, lines] of told) {
  Deno.test(`createSourceHealthBook() logs ${name}`, () => {
    assertEquals(report(...reports).lines, [...lines]);
  });
}

// Bad rows must not hide that the source cannot be read at all any more.
Deno.test("createSourceHealthBook() logs a failure that follows bad rows", () => {
  assertEquals(
    report(BAD_ROWS, FAILED, FAILED).lines.map(({ message }) => message),
    ["row 1", "Cannot read udp"],
  );
});
