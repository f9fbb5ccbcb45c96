/**
 * Processes that make a walk over the open files of a host long.
 *
 * @module
 */

import { fail } from "./program.ts";

/** Opens as many files as told, says so, and ends when stdin does. */
const PROGRAM = `
$| = 1;
my @files = map { open(my $file, "<", "/dev/null") or die $!; $file } 1 .. shift;
print "open\\n";
<STDIN>;
`;

/** Below the usual hard limit of descriptors of a process. */
const FILES_PER_PROCESS = 15_000;

/** Starts processes that have so many files open in all. */
export async function startCrowd(files: number): Promise<AsyncDisposable> {
  const hard = `--nofile=${FILES_PER_PROCESS + 10}`;
  const children = Array.from(
    { length: Math.ceil(files / FILES_PER_PROCESS) },
    () =>
      new Deno.Command("prlimit", {
        args: [hard, "perl", "-e", PROGRAM, String(FILES_PER_PROCESS)],
        stdin: "piped",
        stdout: "piped",
      }).spawn(),
  );
  for (const { stdout } of children) {
    const reader = stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    if (value === undefined) fail("a process could not open its files");
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const { stdin } of children) await stdin.close();
      for (const { status } of children) await status;
    },
  };
}
