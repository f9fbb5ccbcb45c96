/**
 * Writes a configuration from ports that were found.
 *
 * @module
 */

// @ts-types="../declarations/std_yaml.d.ts"
import { stringify } from "@std/yaml";
import type { Protocol } from "../config/config.ts";

/** A port that was found. */
export interface FoundPort {
  /** Transport protocol. */
  readonly protocol: Protocol;
  /** Port, 1-65535. */
  readonly port: number;
  /** Name for the entry; absent: the default. */
  readonly name?: string;
  /** Expected address; absent: any. */
  readonly address?: string;
  /** Expected process; absent: any. */
  readonly process?: string;
  /** Expected unit; absent: any. */
  readonly unit?: string;
}

/**
 * Renders a configuration: one entry for ports that differ in nothing but the
 * number.
 *
 * @param comments Lines to put at the head of the file
 */
export function renderStarterConfig(
  found: readonly FoundPort[],
  comments: readonly string[],
): string {
  const entries = new Map<string, Expectation & { ports: Set<number> }>();
  for (const { port, ...rest } of mergeOwners(found)) {
    const key = JSON.stringify(rest);
    const entry = entries.get(key);
    if (entry === undefined) {
      entries.set(key, { ...rest, port, ports: new Set([port]) });
    } else entry.ports.add(port);
  }
  const ports = [...entries.values()].map(
    ({ port, ports, protocol, name, ...expectations }) => ({
      port: ports.size === 1 ? port : [...ports].sort((a, b) => a - b),
      ...(name !== undefined && { name }),
      protocol,
      ...expectations,
    }),
  );
  const body = ports.length === 0
    ? "listeners:\n  enabled: true\n"
    : stringify({ ports }, { lineWidth: -1, useAnchors: false });
  const head = comments.flatMap((comment) => comment.split(LINE_BREAK))
    .map((line) => `# ${line.replace(UNPRINTABLE, "\ufffd")}`.trimEnd() + "\n");
  return head.join("") + body;
}

/** Where a line ends for some reader of YAML, 1.1 or 1.2. */
const LINE_BREAK = /\r\n?|[\n\u0085\u2028\u2029]/;

/** What YAML does not allow to stand in a file, not even in a comment. */
const UNPRINTABLE = /(?!\t)[\p{Cc}\p{Cs}\ufeff\ufffe\uffff]/gu;

/** An entry of the configuration, for one port. */
type Expectation = Omit<FoundPort, "process" | "unit"> & {
  readonly process?: string | readonly string[];
  readonly unit?: string | readonly string[];
};

/**
 * Makes one of what was found on one port and address: a configuration asks for
 * each once. Any of the owners found is right; where one is not known, nobody
 * is expected. On several addresses, a port needs several names.
 */
function mergeOwners(found: readonly FoundPort[]): readonly Expectation[] {
  const groups = Map.groupBy(
    found,
    ({ protocol, port, address }) => `${protocol} ${port} ${address ?? ""}`,
  );
  const names = new Set<string>();
  return Array.from(groups.values(), (group) => {
    const { process: _, unit: __, ...first } = group[0] as FoundPort;
    const processes = listAll(group.map(({ process }) => process));
    const units = listAll(group.map(({ unit }) => unit));
    const { protocol, port, address } = first;
    let name = first.name;
    const identity = () => `${protocol} ${port} ${name ?? ""}`;
    if (names.has(identity())) {
      name = `${name ?? `${protocol}-${port}`}-${address ?? "any"}`;
    }
    names.add(identity());
    return {
      ...first,
      ...(name !== undefined && { name }),
      ...(processes !== undefined && { process: processes }),
      ...(units !== undefined && { unit: units }),
    };
  });
}

/** All different values; undefined when one of them is. */
function listAll(
  values: readonly (string | undefined)[],
): string | readonly string[] | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length) return undefined;
  const different = [...new Set(known)];
  return different.length === 1 ? different[0] : different;
}
