/**
 * The only opener of files below the procfs mount point.
 *
 * Reading is apart from parsing: parsers are pure and get text. Reads are
 * synchronous because procfs answers from memory: an asynchronous read costs a
 * thread switch, which is more than most of these files cost to read. Callers
 * that read a lot give the event loop room between reads.
 *
 * @module
 */

/** Reads files of one procfs mount; tests use one that reads from memory. */
export interface ProcfsReader {
  /** Mount point as configured, to name files in messages. */
  readonly root: string;
  /**
   * Directory whose `net` is the network namespace to look at, relative to
   * the root: `self` for this process's own mount, `1` for another mount, where
   * `self` would mean a process of another pid namespace.
   */
  readonly netDirectory: string;
  /**
   * Reads a whole file as UTF-8 text; names of programs may be any bytes, and
   * what is not UTF-8 becomes U+FFFD.
   *
   * @throws {Deno.errors.NotFound} and the other errors of `Deno.readTextFileSync()`
   */
  readText(path: string): string;
  /**
   * Reads a file piece by piece as the kernel hands it out (one page for
   * seq_files), so that the caller can stop early. Pieces may end in the
   * middle of a line. The text is Latin-1: any byte is one character.
   *
   * @throws the errors of `Deno.openSync()`
   */
  readPages(path: string): Iterable<string>;
  /**
   * Lists the names in a directory.
   *
   * @throws the errors of `Deno.readDirSync()`
   */
  listNames(path: string): readonly string[];
  /**
   * Lists the names in a directory that may be large, without holding up the
   * event loop: 10,000 names take 30 ms.
   *
   * @throws the errors of `Deno.readDir()`
   */
  listManyNames(path: string): Promise<readonly string[]>;
  /**
   * Number of files in `/proc/<pid>/fd`, which its size tells since Linux 6.2;
   * 0 before.
   *
   * @throws the errors of `Deno.statSync()`
   */
  countOpenFiles(pid: number): number;
  /**
   * Reads a symbolic link.
   *
   * @throws the errors of `Deno.readLinkSync()`
   */
  readLink(path: string): string;
  /**
   * Reads the host's `/etc/passwd`: of the process 1's root when another mount
   * than `/proc` is read.
   *
   * @throws the errors of `Deno.readTextFileSync()`
   */
  readPasswd(): string;
}

/**
 * `windows-1252` is what the Encoding Standard calls Latin-1; it differs in
 * 0x80-0x9F, which no procfs table of this program contains.
 */
const latin1 = new TextDecoder("latin1");

/** Size of one read; the kernel returns at most a page or so at a time. */
const READ_SIZE = 64 * 1024;

/** Creates the reader of the procfs mounted at `root`. */
export function createProcfsReader(root: string): ProcfsReader {
  // One buffer for all reads: the text is decoded before the next read.
  const buffer = new Uint8Array(READ_SIZE);

  function* readPages(path: string): Generator<string> {
    using file = Deno.openSync(path);
    for (;;) {
      const length = file.readSync(buffer);
      if (length === null || length === 0) return;
      yield latin1.decode(buffer.subarray(0, length));
    }
  }

  const isOwnProcfs = root === "/proc";
  return {
    root,
    netDirectory: isOwnProcfs ? "self" : "1",
    readPages: (path) => readPages(`${root}/${path}`),
    readText: (path) => Deno.readTextFileSync(`${root}/${path}`),
    listNames: (path) =>
      Array.from(Deno.readDirSync(`${root}/${path}`), ({ name }) => name),
    async listManyNames(path) {
      const names: string[] = [];
      for await (const { name } of Deno.readDir(`${root}/${path}`)) {
        names.push(name);
      }
      return names;
    },
    countOpenFiles: (pid) => Deno.statSync(`${root}/${pid}/fd`).size,
    readLink: (path) => Deno.readLinkSync(`${root}/${path}`),
    readPasswd: () =>
      Deno.readTextFileSync(
        isOwnProcfs ? "/etc/passwd" : `${root}/1/root/etc/passwd`,
      ),
  };
}
