/**
 * Builds HTML from templates that escape what is put into them.
 *
 * @module
 */

import { spellOutInvisible } from "../visible_text.ts";

/** Text that is HTML. */
export interface Markup {
  /** The HTML. */
  readonly html: string;
}

/** What a template takes: text, HTML, lists of both; false is left out. */
export type MarkupPart =
  | string
  | number
  | false
  | undefined
  | Markup
  | readonly MarkupPart[];

/**
 * Builds HTML: `` markup`<b>${name}</b>` ``. Text is escaped for elements and for
 * quoted attributes, and cut where it is too long to be read.
 */
export function markup(
  strings: TemplateStringsArray,
  ...parts: readonly MarkupPart[]
): Markup {
  let text = strings[0] ?? "";
  for (let index = 0; index < parts.length; index++) {
    text += renderPart(parts[index]) + (strings[index + 1] ?? "");
  }
  return { html: text };
}

function renderPart(part: MarkupPart): string {
  if (part === undefined || part === false) return "";
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return escapeHtml(cut(part));
  return "html" in part ? part.html : part.map(renderPart).join("");
}

/** Longest text that a page shows, in UTF-16 units. */
const MAX_LENGTH = 120;

function cut(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

/** What needs no look: printable ASCII without what HTML gives a meaning. */
const PLAIN = /^[ !#-%(-;=?-~]*$/;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text; what cannot be seen is shown as `\u{202e}`. */
export function escapeHtml(text: string): string {
  if (PLAIN.test(text)) return text;
  return spellOutInvisible(text)
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
