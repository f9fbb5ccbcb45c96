/**
 * Lines of JSON between the fuzzer and its child.
 *
 * @module
 */

/** Reads a value a line, to the end of the stream. */
export async function* readJsonLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<unknown> {
  const parts: string[] = [];
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const [first = "", ...rest] = chunk.split("\n");
    parts.push(first);
    for (const part of rest) {
      yield JSON.parse(parts.join(""));
      parts.splice(0, parts.length, part);
    }
  }
}

/** A value as a line. */
export function toJsonLine(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}
