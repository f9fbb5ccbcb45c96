/**
 * What this program uses of `@std/yaml`, for the npm package that carries it
 * without types.
 *
 * @module
 */

/**
 * Parses one YAML document.
 *
 * @param options `schema: "failsafe"` leaves every scalar a string
 * @throws {SyntaxError} when `content` is not YAML
 */
export function parse(
  content: string,
  options?: { readonly schema?: "failsafe" | "json" | "core" | "default" },
): unknown;

/** Renders a value as YAML. */
export function stringify(
  data: unknown,
  options?: {
    readonly lineWidth?: number;
    readonly schema?: "failsafe" | "json" | "core" | "default";
    readonly useAnchors?: boolean;
    readonly compatMode?: boolean;
  },
): string;
