/**
 * Puts measured figures between the marks of a document.
 *
 * @module
 */

/** Replaces what stands between `begin NAME` and `end NAME` in a document. */
export async function writeResults(
  path: string,
  { name, text }: { readonly name: string; readonly text: string },
): Promise<void> {
  const page = new URL(`../../${path}`, import.meta.url);
  const before = await Deno.readTextFile(page);
  const after = before.replace(
    new RegExp(`(<!-- begin ${name}[^>]*-->\n)[^]*(<!-- end ${name} -->)`),
    (_, begin: string, end: string) => `${begin}\n${text}\n\n${end}`,
  );
  if (after === before && !before.includes(text)) {
    throw new Error(`Cannot write ${name} into ${path}: want its marks`);
  }
  await Deno.writeTextFile(page, after);
}
