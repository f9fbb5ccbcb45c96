/**
 * Text of others as it may be shown: in a terminal and on a page.
 *
 * @module
 */

/**
 * Characters that cannot be seen, or that change the order in which others are
 * seen: whoever names a process must be able neither to steer a terminal nor to
 * write a page.
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Shows what cannot be seen, as `\u{202e}`. */
export function spellOutInvisible(text: string): string {
  return text.replace(
    INVISIBLE,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
