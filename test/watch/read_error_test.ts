import { assertEquals } from "@std/assert";
import { describeReadError, isGone } from "../../src/watch/read_error.ts";

const NOT_FOUND = new Deno.errors.NotFound("No such file (os error 2)");
const DENIED = new Deno.errors.PermissionDenied(
  "Permission denied (os error 13)",
);
const EIO = new Error("Input/output error (os error 5)");

const gone: readonly (readonly [error: unknown, want: boolean])[] = [
  [NOT_FOUND, true],
  [new Error("No such process (os error 3)"), true],
  [DENIED, false],
  [EIO, false],
  [new Error("Read-only file system (os error 30)"), false],
  [new Error("Address in use (os error 13)"), false],
  ["No such process (os error 3)", false],
  [undefined, false],
];

for (const [error, want] of gone) {
  Deno.test(`isGone() is ${want} for ${error}`, () => {
    assertEquals(isGone(error), want);
  });
}

const described: readonly (readonly [error: unknown, want: string])[] = [
  [NOT_FOUND, "Cannot read /proc/x: it does not exist"],
  [
    DENIED,
    "Cannot read /proc/x: permission denied; run as root or drop --path.procfs",
  ],
  [EIO, "Cannot read /proc/x: Input/output error (os error 5)"],
  [
    new SyntaxError("Cannot parse stat: no line btime"),
    "Cannot parse stat: no line btime",
  ],
  ["odd", "Cannot read /proc/x: odd"],
];

for (const [error, want] of described) {
  Deno.test(`describeReadError() says ${JSON.stringify(want)}`, () => {
    assertEquals(describeReadError("/proc/x", error), want);
  });
}
