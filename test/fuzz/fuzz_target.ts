/**
 * What can be fuzzed: a parser, good inputs of it, and what it promises of any
 * input.
 *
 * @module
 */

/** A parser under test. */
export interface FuzzTarget {
  /** Names the folder of its saved inputs below `fixtures/fuzz`. */
  readonly name: string;
  /** Reads good inputs, of which bad ones are made. */
  readonly seeds: () => readonly string[];
  /**
   * Parses the input.
   *
   * @throws when the parser does not keep its promises
   */
  readonly run: (input: string) => void | Promise<void>;
}

/** The texts of the files of these folders, and of those below them. */
export function readSeeds(...directories: readonly string[]): string[] {
  return directories.flatMap((directory) =>
    [...Deno.readDirSync(directory)].sort((a, b) => a.name < b.name ? -1 : 1)
      .flatMap(({ name, isDirectory }) =>
        isDirectory
          ? readSeeds(`${directory}/${name}`)
          : [Deno.readTextFileSync(`${directory}/${name}`)]
      )
  );
}

/** The value, or undefined when the input is refused with a SyntaxError. */
export function valueOrRefusal<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    assertMessage(error.message);
    return undefined;
  }
}

/** Throws unless the message is one line that does nothing to a terminal. */
export function assertMessage(message: string): void {
  // deno-lint-ignore no-control-regex -- it is about these
  if (!/^Cannot [^\x00-\x1f]+$/.test(message)) {
    throw new Error(`the message ${JSON.stringify(message)} is not one line`);
  }
}

/** Throws unless two values are the same text; faster than a comparison. */
export function assertSame(
  actual: unknown,
  wanted: unknown,
  what: string,
): void {
  const [is, want] = [JSON.stringify(actual), JSON.stringify(wanted)];
  promise(
    is === want,
    `${what}: ${is?.slice(0, 200)}, want ${want?.slice(0, 200)}`,
  );
}

/** Throws unless the promise is kept. */
export function promise(kept: boolean, what: string): asserts kept {
  if (!kept) throw new Error(what);
}
