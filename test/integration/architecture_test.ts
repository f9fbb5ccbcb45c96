/**
 * The rules of docs/architecture.md, checked on every file of src/. It reads
 * the sources, which unit tests may not.
 */

import { assert, assertEquals } from "@std/assert";
import { fail } from "../support/program.ts";

/** A part of src/: a folder or a file of its top level. */
interface Part {
  readonly name: string;
  readonly mayImport: ReadonlySet<string>;
}

/** The rows of the table "who may import whom", in its order. */
function readParts(): readonly Part[] {
  const text = Deno.readTextFileSync("docs/architecture.md");
  const table = /\n\| Part .*\n\| -.*\n((?:\|.*\n)+)/.exec(text)?.[1] ??
    fail("docs/architecture.md has no table of parts");
  return table.trimEnd().split("\n").map((row) => {
    const [, name = "", , mayImport = ""] = row.split("|");
    const words = (cell: string) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? "");
    return {
      name: words(name)[0] ?? fail(`no part in ${row}`),
      mayImport: new Set(words(mayImport)),
    };
  });
}

interface SourceFile {
  /** Path below src/. */
  readonly path: string;
  readonly text: string;
}

function* walk(directory: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    if (isDirectory) yield* walk(`${directory}/${name}`);
    else yield `${directory}/${name}`;
  }
}

const sources: readonly SourceFile[] = [...walk("src")].sort().map((path) => ({
  path: path.slice("src/".length),
  text: Deno.readTextFileSync(path),
}));

function partOf(path: string): string {
  return path.split("/")[0] ?? path;
}

/** Paths below src/ that a file imports; packages are left out. */
function importsOf({ path, text }: SourceFile): readonly string[] {
  const specifiers = text.matchAll(
    /^(?:import|export|\}|\/\/ @ts-types=)[^;\n]*?"(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm,
  );
  return [...specifiers].map(([, declared, dynamic]) =>
    new URL(declared ?? dynamic ?? "", `file:///src/${path}`).pathname
  )
    // version.ts takes its number from deno.json.
    .filter((imported) => imported !== "/deno.json")
    .map((imported) => imported.replace(/^\/src\//, ""));
}

/** Code without comments. */
function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(?<!:)\/\/.*/g, "");
}

Deno.test("the table of parts names all of src/", () => {
  assertEquals(
    readParts().map(({ name }) => name).sort(),
    [...new Set(sources.map(({ path }) => partOf(path)))].sort(),
  );
});

Deno.test("the table of parts allows imports of earlier parts only", () => {
  const earlier = new Set<string>();
  for (const { name, mayImport } of readParts()) {
    assertEquals([...mayImport.difference(earlier)], [], name);
    earlier.add(name);
  }
});

Deno.test("every import of src/ is one that the table allows", () => {
  const mayImportByPart = new Map(
    readParts().map(({ name, mayImport }) => [name, mayImport]),
  );
  const forbidden: string[] = [];
  let count = 0;
  for (const source of sources) {
    const own = partOf(source.path);
    for (const imported of importsOf(source)) {
      count++;
      const part = partOf(imported);
      if (part !== own && !mayImportByPart.get(own)?.has(part)) {
        forbidden.push(`${source.path} imports ${imported}`);
      }
    }
  }
  assertEquals(forbidden, []);
  assert(count > sources.length, `only ${count} imports were found`);
});

Deno.test("no file of src/ imports itself by way of others", () => {
  const importsByPath = new Map(
    sources.map((source) => [source.path, importsOf(source)]),
  );
  const finished = new Set<string>();
  function visit(path: string, trail: readonly string[]): void {
    assert(
      !trail.includes(path),
      `imports run in a circle: ${[...trail, path].join(" > ")}`,
    );
    if (finished.has(path)) return;
    for (const imported of importsByPath.get(path) ?? []) {
      visit(imported, [...trail, path]);
    }
    finished.add(path);
  }
  for (const { path } of sources) visit(path, []);
});

/**
 * Where the program touches the world. `Deno.errors` is only a set of classes
 * and may be named anywhere. A new file belongs here when it cannot get what it
 * needs as a parameter.
 */
const FILES_WITH_EFFECTS = [
  "cli/commands/serve.ts", // signals
  "cli/commands/validate.ts", // operating system
  "cli/filebeat_files.ts", // files that the user names
  "cli/open_host.ts", // operating system
  "config/load.ts", // the configuration file
  "log.ts", // stderr
  "main.ts", // arguments, stdout, exit code
  "procfs/reader.ts", // files below the procfs mount
  "version.ts", // version of Deno, target
  "web/server.ts", // HTTP
  "web_config/certificate.ts", // TLS itself tells whether a key fits
  "web_config/watch_files.ts", // state of files
];

Deno.test("Deno is used only where effects belong", () => {
  assertEquals(
    sources.filter(({ text }) =>
      /\bDeno\.(?!errors\b|[A-Z])/.test(stripComments(text))
    ).map(({ path }) => path),
    FILES_WITH_EFFECTS,
  );
});

Deno.test("Node's modules are used only to read certificates", () => {
  assertEquals(
    sources.filter(({ text }) => /"node:/.test(stripComments(text)))
      .map(({ path }) => path),
    ["web_config/certificate.ts"],
  );
});

Deno.test("no file of src/ has more than 400 lines", () => {
  assertEquals(
    sources.map(({ path, text }) => ({ path, lines: text.split("\n").length }))
      .filter(({ lines }) => lines > 401),
    [],
  );
});

Deno.test("no file of src/ has a name that says nothing", () => {
  assertEquals(
    sources.map(({ path }) => path).filter((path) =>
      /(?:^|\/)(?:utils?|helpers?|types|index|common|misc)(?:\/|\.ts$)/.test(
        path,
      )
    ),
    [],
  );
});

Deno.test("every file of src/ is named in snake case and opens with what it does", () => {
  for (const { path, text } of sources) {
    assert(/^[a-z0-9_/]+(?:\.d)?\.ts$/.test(path), path);
    assert(/^\/\*\*\n \* [^@]/.test(text), `${path} has no opening docstring`);
  }
});
