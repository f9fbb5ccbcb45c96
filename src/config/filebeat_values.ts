/**
 * Reads single values of Filebeat's files: dotted keys, placeholders, hosts.
 *
 * @module
 */

import { parseAddressExpectation, parsePortRange } from "./scalars.ts";

/** A mapping of YAML. */
export type Mapping = Readonly<Record<string, unknown>>;

/** Whether a value is a mapping. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Finds `a.b.c`, which Filebeat lets users write as nested keys or dotted. */
export function get(mapping: Mapping, path: string): unknown {
  if (Object.hasOwn(mapping, path)) return mapping[path];
  for (let dot = path.indexOf("."); dot > 0; dot = path.indexOf(".", dot + 1)) {
    const inner = mapping[path.slice(0, dot)];
    if (!isMapping(inner)) continue;
    const value = get(inner, path.slice(dot + 1));
    if (value !== undefined) return value;
  }
  // `a.b.c.d` makes a mapping of `a.b.c`.
  const inner = Object.entries(mapping).flatMap(([key, value]) =>
    key.startsWith(`${path}.`) ? [[key.slice(path.length + 1), value]] : []
  );
  return inner.length === 0 ? undefined : Object.fromEntries(inner);
}

/** What `get()` finds for the first word of each key, in one pass over all. */
export function listFilesets(entry: Mapping): readonly [string, unknown][] {
  const groups = Map.groupBy(
    Object.entries(entry),
    ([key]) => key.split(".", 1)[0] ?? "",
  );
  return Array.from(groups, ([name, entries]) => [
    name,
    Object.hasOwn(entry, name) ? entry[name] : Object.fromEntries(
      entries.map(([key, value]) => [key.slice(name.length + 1), value]),
    ),
  ]);
}

/** Whether a value switches off; Filebeat reads the words of YAML 1.1. */
export function isOff(value: unknown): boolean {
  return /^(?:false|no|off|n)$/i.test(resolvePlaceholders(value) ?? "");
}

/** A value for a message: text as it stands, of all else only the kind. */
export function quote(value: unknown): string {
  if (value === undefined || value === null) return "missing";
  if (typeof value === "string") {
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  }
  return Array.isArray(value) ? "a list" : "a mapping";
}

/** Text with every placeholder replaced by its default; undefined without one. */
export function resolvePlaceholders(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  let isComplete = true;
  const text = value.replace(
    // Without braces inside: every "${" would search the rest of a long text.
    /\$\{([^{}:]*)(?::([^{}]*))?\}/g,
    (_, _name: string, fallback?: string) => {
      // `${NAME:?message}` is an error of Filebeat's, not a default.
      if (fallback === undefined || fallback.startsWith("?")) {
        isComplete = false;
      }
      return fallback ?? "";
    },
  );
  return isComplete ? text : undefined;
}

/** `host:port` of the two, brackets put around IPv6. */
export function joinHost(host: unknown, port: unknown): string {
  const text = typeof host === "string" ? host : "?";
  // Filebeat joins them as they are, so IPv6 stands in brackets already.
  const isBare = text.includes(":") && !text.startsWith("[");
  return `${isBare ? `[${text}]` : text}:${
    typeof port === "string" ? port : ""
  }`;
}

/** Reads `host:port`; a wildcard host is left out. */
export function parseHost(
  text: string,
): { readonly port: number; readonly address?: string } | undefined {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(text);
  const range = parsePortRange(match?.[3] ?? "");
  if (match === null || range === undefined) return undefined;
  const host = match[1] ?? match[2] ?? "";
  const port = range.first;
  if (host === "" || host === "0.0.0.0" || host === "::") return { port };
  const address = host === "localhost" ? "127.0.0.1" : host;
  try {
    const expectation = parseAddressExpectation(address);
    return expectation?.kind === "address"
      ? { port, address: expectation.text }
      : undefined;
  } catch {
    return undefined;
  }
}
