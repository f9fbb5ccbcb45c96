/**
 * A procfs in memory, for tests of what lies above the reader.
 *
 * @module
 */

import type { ProcfsReader } from "../../src/procfs/reader.ts";

/**
 * A file: its text, its pages, where it links to, or the error that opening it
 * gives.
 */
export type MemoryFile =
  | string
  | readonly string[]
  | { readonly link: string }
  | Error;

/** A reader that remembers what was read. */
export interface MemoryReader extends ProcfsReader {
  /** The files by path, `self/net/udp`; tests may change them between reads. */
  readonly files: Map<string, MemoryFile>;
  /** Paths in the order in which they were opened. */
  readonly opened: string[];
  /** Directories in the order in which they were listed. */
  readonly listed: string[];
  /** Pages handed out so far. */
  readonly pagesRead: number;
}

/**
 * Creates a reader of `/proc` with these files and no others. The file
 * `etc/passwd` is the host's.
 */
export function createMemoryReader(
  filesByPath: Readonly<Record<string, MemoryFile>> = {},
): MemoryReader {
  const files = new Map(Object.entries(filesByPath));
  const opened: string[] = [];
  const listed: string[] = [];
  let pagesRead = 0;

  function open(path: string): Exclude<MemoryFile, Error> {
    opened.push(path);
    const file = files.get(path);
    if (file === undefined) throw new Deno.errors.NotFound(path);
    if (file instanceof Error) throw file;
    return file;
  }

  function* readPages(path: string): Generator<string> {
    const file = open(path);
    if (typeof file === "object" && "link" in file) {
      throw new Deno.errors.NotFound(path);
    }
    for (const page of typeof file === "string" ? [file] : file) {
      pagesRead++;
      yield page;
    }
  }

  const readText = (path: string) => Array.from(readPages(path)).join("");

  return {
    root: "/proc",
    netDirectory: "self",
    files,
    opened,
    listed,
    get pagesRead() {
      return pagesRead;
    },
    readPages,
    readText,
    countOpenFiles: () => 0,
    listManyNames(path) {
      return Promise.try(() => this.listNames(path));
    },
    listNames(path) {
      listed.push(path);
      // Files make their directories; an error may stand for a directory.
      if (files.has(path)) open(path);
      const prefix = path === "" || path === "." ? "" : `${path}/`;
      const names = new Set<string>();
      for (const file of files.keys()) {
        const [name] = file.slice(prefix.length).split("/");
        if (file.startsWith(prefix) && name) names.add(name);
      }
      if (names.size === 0) throw new Deno.errors.NotFound(path);
      return [...names];
    },
    readLink(path) {
      const file = open(path);
      if (typeof file === "object" && "link" in file) return file.link;
      throw new TypeError(`${path} is no link`);
    },
    readPasswd: () => readText("etc/passwd"),
  };
}
