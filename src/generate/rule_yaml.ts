/**
 * Writes YAML that every reader takes for the same texts.
 *
 * Prometheus, Kubernetes, mimirtool and whatever checks files before them read
 * YAML 1.1, YAML 1.2 or something in between: `no`, `0514`, `1:20`, `=` or `0o7`
 * are texts to one and something else to another, and `stringify()` of @std/yaml
 * leaves some of them bare. Here every text is in quotes and on one line, and
 * there is nothing but texts, lists and mappings.
 *
 * @module
 */

/** A text, a list or a mapping; entries that are undefined are left out. */
export type YamlValue =
  | string
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue | undefined };

/** Renders a mapping as a block that ends with a newline. */
export function renderYaml(
  value: { readonly [key: string]: YamlValue | undefined },
): string {
  return `${renderMapping(value, "").join("\n")}\n`;
}

/** Renders lines as comments; what would break out of one is replaced. */
export function renderComments(lines: readonly string[]): string {
  return lines.map((line) =>
    `# ${line.toWellFormed().replace(UNPRINTABLE, "\ufffd")}`.trimEnd() + "\n"
  ).join("");
}

/**
 * What YAML does not allow to stand in a file, and what some reader takes for
 * the end of a line.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\ufeff\ufffe\uffff]/gu;

function renderMapping(
  mapping: { readonly [key: string]: YamlValue | undefined },
  indent: string,
): readonly string[] {
  return Object.entries(mapping).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const start = `${indent}${renderKey(key)}:`;
    const scalar = renderInline(value);
    if (scalar !== undefined) return [`${start} ${scalar}`];
    return [start, ...renderBlock(value, `${indent}  `)];
  });
}

function renderBlock(value: YamlValue, indent: string): readonly string[] {
  if (typeof value === "string") return [`${indent}${renderText(value)}`];
  if (!isList(value)) return renderMapping(value, indent);
  return value.flatMap((item) => {
    const scalar = renderInline(item);
    if (scalar !== undefined) return [`${indent}- ${scalar}`];
    const [first = "", ...rest] = renderBlock(item, `${indent}  `);
    return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
  });
}

/** What stands behind a key or a dash on the same line. */
function renderInline(value: YamlValue): string | undefined {
  if (typeof value === "string") return renderText(value);
  if (Object.keys(value).length > 0) return undefined;
  return isList(value) ? "[]" : "{}";
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

/** Keys are bare when no reader takes them for anything but a text. */
function renderKey(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) && !YAML_1_1_WORD.test(key)
    ? key
    : renderText(key);
}

const YAML_1_1_WORD = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/** Single quotes where they spare backslashes, else double quotes. */
function renderText(text: string): string {
  const wellFormed = text.toWellFormed();
  if (/["\\]/.test(wellFormed) && wellFormed.search(UNPRINTABLE) < 0) {
    return `'${wellFormed.replaceAll("'", "''")}'`;
  }
  const escaped = wellFormed.replace(/["\\]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replace(
      UNPRINTABLE,
      (character) =>
        `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  return `"${escaped}"`;
}
