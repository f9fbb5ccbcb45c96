/**
 * Reads a socket table page by page: a TCP table only up to the end of its
 * LISTEN block, a UDP table whole.
 *
 * @module
 */

import type { ProcfsReader } from "./reader.ts";
import {
  createSocketTableParser,
  type ParsedSocketTable,
  type SocketTableOptions,
} from "./socket_table.ts";

/** Gives the event loop room when it is due; undefined when it is not. */
export type Breathe = () => Promise<void> | undefined;

/**
 * Reads and parses one socket table of the reader's network namespace.
 *
 * With 50,000 connections a whole TCP table takes 160 ms, its LISTEN block
 * 0.05 ms: the read stops at the first row behind it.
 *
 * @throws {SyntaxError} when the file is not a socket table
 * @throws {Deno.errors.NotFound} and the other errors of `Deno.openSync()`
 */
export async function readSocketTable(
  reader: ProcfsReader,
  options: SocketTableOptions & { readonly breathe: Breathe },
): Promise<ParsedSocketTable> {
  const parser = createSocketTableParser(options);
  const path = `${reader.netDirectory}/net/${options.table}`;
  for (const page of reader.readPages(path)) {
    if (!parser.push(page)) break;
    const pause = options.breathe();
    if (pause !== undefined) await pause;
  }
  return parser.finish();
}
