/**
 * Makes bad inputs of good ones, as fast-check arbitraries: a seed tells the
 * whole sequence, and a failure shrinks to few mutations of one input.
 *
 * @module
 */

import fc from "fast-check";

type Mutation = (text: string) => string;

/** Longest input; one mebibyte is what a configuration may have. */
const MAX_LENGTH = 1024 * 1024 + 100;

/** How far one mutation blows up what it repeats. */
const LONG = 64 * 1024;

/** Pieces that mean something to some parser, or to no one. */
const FRAGMENTS = [
  ...["\0", "\r", "\n", "\t", " ", "\x1b", "\x7f", "\x85", "\xa0", "\xff"],
  ...["\u2028", "\ufeff", "\ufffd", "\ud800", "\udc00", "\u{1f4a9}", "ü"],
  ...["&a ", "*a", "&a [*a]", "<<: *a", "!!int ", "!!binary ", "!x ", "|\n"],
  ...[">-\n", "? ", "- ", "---\n", "...\n", "%YAML 1.2\n", "# ", "~", "@"],
  ...["[", "]", "{", "}", "(", ")", '"', "'", "\\", "/", ":", "::", ",", "="],
  ...["${", "${A}", "${A:1}", "${A:?}", "{{", "}}", "$labels", "%s", "*"],
  ...["__proto__", "constructor", "toString", "null", "true", "no", "NaN"],
];

const NUMBERS = [
  ...["-1", "0", "00", "65535", "65536", "4294967296", "9007199254740993"],
  ...["18446744073709551616", "9".repeat(400), "0x1f", "1e400", "1.5", "+1"],
];

/** Each line stands for nine of the line above it: 9^9 values. */
const BILLION_LAUGHS = [..."abcdefghi"].map((name, index, names) =>
  `${name}: &${name} [${
    Array(9).fill(index === 0 ? "x" : `*${names[index - 1]}`)
  }]\n`
).join("");

/** A place in a text of any length, as a share of it. */
const place = fc.nat(0xffff).map((part) => part / 0x10000);
const range = fc.tuple(place, place);

const indexOf = (length: number, place: number) =>
  Math.floor(place * (length + 1));

function cut(
  items: { readonly length: number },
  [one, other]: readonly [number, number],
): readonly [start: number, end: number] {
  const places = [indexOf(items.length, one), indexOf(items.length, other)];
  return [Math.min(...places), Math.max(...places)];
}

const insert = (piece: string, place: number): Mutation => (text) => {
  const index = indexOf(text.length, place);
  return text.slice(0, index) + piece + text.slice(index);
};

/** Changes the lines of a range. */
const onLines = (
  range: readonly [number, number],
  change: (lines: readonly string[]) => readonly string[],
): Mutation =>
(text) => {
  const lines = text.split("\n");
  const [start, end] = cut(lines, range);
  return [
    ...lines.slice(0, start),
    ...change(lines.slice(start, end)),
    ...lines.slice(end),
  ].join("\n");
};

const repeated = (piece: string, length: number) =>
  piece.repeat(Math.ceil(length / Math.max(1, piece.length)));

const onePiece = fc.oneof(
  fc.constantFrom(...FRAGMENTS),
  fc.string({ unit: "binary", maxLength: 4 }),
);

/** Mutations that leave a text about as long as it is, by what they do. */
const smallMutations: Readonly<Record<string, fc.Arbitrary<Mutation>>> = {
  flipBit: fc.tuple(place, fc.nat(7)).map(
    ([place, bit]): Mutation => (text) => {
      const index = indexOf(text.length - 1, place);
      const flipped = String.fromCharCode(text.charCodeAt(index) ^ (1 << bit));
      return text.slice(0, index) + flipped + text.slice(index + 1);
    },
  ),
  truncate: place.map((place): Mutation => (text) =>
    text.slice(0, indexOf(text.length, place))
  ),
  insert: fc.tuple(onePiece, place).map(([piece, place]) =>
    insert(piece, place)
  ),
  overwrite: fc.tuple(range, onePiece).map(
    ([range, piece]): Mutation => (text) => {
      const [start, end] = cut(text, range);
      return text.slice(0, start) + piece + text.slice(end);
    },
  ),
  changeNumber: fc.tuple(place, fc.constantFrom(...NUMBERS)).map((
    [place, number],
  ): Mutation =>
  (text) => {
    const found = [...text.matchAll(/\d+/g)];
    const match = found[Math.floor(place * found.length)];
    if (match === undefined) return text;
    return text.slice(0, match.index) + number +
      text.slice(match.index + match[0].length);
  }),
  deleteLines: range.map((range) => onLines(range, () => [])),
  reverseLines: range.map((range) =>
    onLines(range, (lines) => lines.toReversed())
  ),
  useCarriageReturns: fc.constant((text) => text.replaceAll("\n", "\r\n")),
  addByteOrderMark: fc.constant((text) => `\ufeff${text}`),
  addAliases: place.map((place) => insert(BILLION_LAUGHS, place)),
  breakUtf8: fc.tuple(place, fc.integer({ min: 0x80, max: 0xff })).map((
    [place, byte],
  ): Mutation =>
  (text) => {
    const bytes = new TextEncoder().encode(text);
    bytes[indexOf(bytes.length - 1, place)] = byte;
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  }),
};

/** Mutations that blow it up. */
const largeMutations: Readonly<Record<string, fc.Arbitrary<Mutation>>> = {
  duplicateLines: fc.tuple(range, fc.constantFrom(2, 3, 50)).map((
    [range, times],
  ) => onLines(range, (lines) => Array(times).fill(lines).flat())),
  lengthen: range.map((range): Mutation => (text) => {
    const [start, end] = cut(text, range);
    return text.slice(0, start) + repeated(text.slice(start, end), LONG) +
      text.slice(end);
  }),
  nest: fc.tuple(
    fc.constantFrom("[", "{a: ", "- ", "? ", "(", "${", "a.", "&a ", "\n "),
    fc.constantFrom(10, 1000, LONG),
    place,
  ).map(([piece, length, place]) => insert(repeated(piece, length), place)),
};

/** Inputs made of these seeds; some are left as they are. */
export function mutated(seeds: readonly string[]): fc.Arbitrary<string> {
  const seed = fc.constantFrom(...seeds);
  const splice = fc.tuple(seed, place, place).map((
    [other, end, start],
  ): Mutation =>
  (text) =>
    text.slice(0, indexOf(text.length, end)) +
    other.slice(indexOf(other.length, start))
  );
  const mutation = fc.oneof(
    {
      weight: 20,
      arbitrary: fc.oneof(...Object.values(smallMutations), splice),
    },
    { weight: 1, arbitrary: fc.oneof(...Object.values(largeMutations)) },
  );
  return fc.tuple(seed, fc.array(mutation, { maxLength: 6 })).map((
    [seed, mutations],
  ) =>
    mutations.reduce(
      (text, mutate) => mutate(text).slice(0, MAX_LENGTH),
      seed,
    )
  );
}
