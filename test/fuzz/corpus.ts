/**
 * Inputs that once broke a promise, in `fixtures/fuzz/<target>/`.
 *
 * @module
 */

const DIRECTORY = "fixtures/fuzz";

/** An input that broke a promise. */
export interface SavedInput {
  /** File that it stands in. */
  readonly path: string;
  /** Name of the target. */
  readonly target: string;
  /** The input. */
  readonly input: string;
}

/** Reads all saved inputs. */
export function readSavedInputs(): readonly SavedInput[] {
  return listNames(DIRECTORY).flatMap((target) =>
    listNames(`${DIRECTORY}/${target}`).map((name) => {
      const path = `${DIRECTORY}/${target}/${name}`;
      const { input } = JSON.parse(Deno.readTextFileSync(path));
      return { path, target, input };
    })
  );
}

/**
 * Saves an input. JSON keeps what a text file could not: half of a surrogate
 * pair, a carriage return.
 *
 * @returns The path of the file
 */
export async function saveInput(
  { target, input, failure }: {
    readonly target: string;
    readonly input: string;
    readonly failure: string;
  },
): Promise<string> {
  const bytes = new TextEncoder().encode(input);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  const path = `${DIRECTORY}/${target}/${
    new Uint8Array(digest).toHex().slice(0, 16)
  }.json`;
  await Deno.mkdir(`${DIRECTORY}/${target}`, { recursive: true });
  // Where it failed is told by the run; stacks would change with the sources.
  const [broken] = failure.split("\n");
  await Deno.writeTextFile(
    path,
    `${JSON.stringify({ broken, input }, undefined, 2)}\n`,
  );
  return path;
}

function listNames(directory: string): readonly string[] {
  try {
    return Array.from(Deno.readDirSync(directory), ({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
