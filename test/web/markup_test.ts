import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { escapeHtml, markup } from "../../src/web/markup.ts";

for (
  const [name, text, want] of [
    ["leaves plain text alone", "cisco-asa (fra1)", "cisco-asa (fra1)"],
    ["leaves letters of any script alone", "Zürich 東京", "Zürich 東京"],
    [
      "takes the meaning from HTML",
      `<img src=x onerror="alert('&')">`,
      "&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;",
    ],
    ["shows a new line", "a\nb", "a\\u{a}b"],
    ["shows NUL and escape", "\0\x1b[31m", "\\u{0}\\u{1b}[31m"],
    // Unicode Standard Annex 9: the explicit directional characters.
    [
      "shows what turns text around",
      "\u202egnp\u2066",
      "\\u{202e}gnp\\u{2066}",
    ],
    ["shows what has no width", "a\u200bb\ufeff", "a\\u{200b}b\\u{feff}"],
    ["shows a line separator", "a\u2028b", "a\\u{2028}b"],
    ["shows half a character", "\ud800", "\\u{d800}"],
  ] as const
) {
  Deno.test(`escapeHtml() ${name}`, () => assertEquals(escapeHtml(text), want));
}

Deno.test("escapeHtml() never lets through what HTML gives a meaning", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text: string) => {
    const escaped = escapeHtml(text);
    assertEquals(/[<>"'\n\0]/.test(escaped), false);
    assertEquals(/&(?!(?:amp|lt|gt|quot|#39);)/.test(escaped), false);
  }));
});

Deno.test("markup escapes text, in lists too, and not what is markup", () => {
  const bold = markup`<b>${"<"}</b>`;
  assertEquals(
    markup`<p title="${'"'}">${bold}${["&", bold]}${3}</p>`.html,
    '<p title="&quot;"><b>&lt;</b>&amp;<b>&lt;</b>3</p>',
  );
});

Deno.test("markup leaves out what is false or undefined", () => {
  assertEquals(markup`a${false}b${undefined}c${[]}d${0}`.html, "abcd0");
});
