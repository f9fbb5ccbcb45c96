/**
 * Text that knows its size. Simultaneous scrapes are answered with the same
 * text: it is measured once, and copied only when it is sent.
 *
 * @module
 */

/** A text and its size. */
export interface MeasuredText {
  /** The text. */
  readonly text: string;
  /** Bytes of its UTF-8 form. */
  readonly bytes: number;
}

/** Measures a text. */
export function measureText(text: string): MeasuredText {
  return { text, bytes: new TextEncoder().encode(text).length };
}

/** Longest text that is handed over in one piece. */
const MAX_PIECE_BYTES = 256 * 1024;

/** Characters of a piece, each of which has up to three bytes. */
const PIECE_CHARACTERS = 32 * 1024;

/**
 * The body of an answer. The runtime copies a text for each connection and
 * keeps it until the client has read it, which a client may never do. A long one
 * is handed over piece by piece, as it is read; compressed it is not long.
 */
export function buildBody(
  { text, bytes }: MeasuredText,
  { isCompressed }: { readonly isCompressed: boolean },
): string | ReadableStream<Uint8Array> {
  if (isCompressed || bytes <= MAX_PIECE_BYTES) return text;
  const encoder = new TextEncoder();
  let position = 0;
  return new ReadableStream({
    pull(controller) {
      let end = position + PIECE_CHARACTERS;
      // A character of two halves is not torn apart.
      if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end++;
      controller.enqueue(encoder.encode(text.slice(position, end)));
      position = end;
      if (position >= text.length) controller.close();
    },
  }, { highWaterMark: 0 });
}
