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
  const entries = new Map<string, FoundPort & { ports: Set<number> }>();
  for (const { port, ...rest } of found) {
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
  const head = comments.flatMap((comment) => comment.split("\n"))
    .map((line) => `# ${line}\n`.replace(/ +\n$/, "\n"));
  return head.join("") + body;
}
