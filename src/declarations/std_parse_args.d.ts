/**
 * What this program uses of `@std/cli/parse-args`, for the npm package that
 * carries it without types.
 *
 * @module
 */

/** How to read the arguments. */
export interface ParseOptions {
  /** Other names of options. */
  readonly alias?: Readonly<Record<string, string>>;
  /** Options with a value; `_` keeps positional arguments strings. */
  readonly string?: readonly string[];
  /** Switches. */
  readonly boolean?: readonly string[];
  /** Options whose values are collected in a list. */
  readonly collect?: readonly string[];
  /** Is told of each unknown argument; false drops it. */
  readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** Parses arguments; `--a.b` becomes `{ a: { b: … } }`, the rest is in `_`. */
export function parseArgs(
  args: string[],
  options?: ParseOptions,
): { readonly [key: string]: unknown; readonly _: readonly string[] };
