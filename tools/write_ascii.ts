/**
 * Rewrites a bundle in ASCII: `write_ascii.ts FILE`. What is not ASCII becomes an
 * escape, which means the same in strings, templates and regular expressions.
 *
 * The runtime reads an ASCII program where it lies in the binary. For a single
 * other character it makes a copy of two bytes a character, which costs one
 * megabyte of memory.
 *
 * @module
 */

const [path = ""] = Deno.args;
const text = await Deno.readTextFile(path);
await Deno.writeTextFile(
  path,
  text.replace(
    // By UTF-16 units: a surrogate pair becomes two escapes.
    /[\u0080-\uffff]/g,
    (character) =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  ),
);
