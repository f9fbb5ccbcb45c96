/**
 * `discover`: what listens here, or what Filebeat is told to listen on.
 *
 * @module
 */

import { type FilebeatPort, parseFilebeat } from "../../config/filebeat.ts";
import { readConfigText } from "../../config/load.ts";
import {
  type FoundPort,
  renderStarterConfig,
} from "../../generate/starter_config.ts";
import type { Listener } from "../../model/listeners.ts";
import { createScanner } from "../../watch/scanner.ts";
import type { Command } from "../args.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { openHost } from "../open_host.ts";
import { renderListeners } from "../listener_table.ts";

/** The command line of `discover`. */
export type DiscoverCommand = Command & { readonly name: "discover" };

/** What `discover` prints. */
export interface DiscoverResult {
  /** Text for stdout. */
  readonly output: string;
  /** What could not be read, for stderr. */
  readonly warnings: readonly string[];
}

/**
 * Discovers ports.
 *
 * @throws {CommandError} when the scan cannot start or nothing was found
 */
export async function runDiscover(
  command: DiscoverCommand,
): Promise<DiscoverResult> {
  if (command.filebeat.length > 0) return discoverFilebeat(command.filebeat);
  // Without a configuration file everything is a listener.
  const { listeners } = await createScanner(openHost(command)).scan();
  if (listeners === undefined) {
    throw new CommandError(
      ["Cannot tell what listens: a socket table could not be read"],
      exitCodes.failed,
    );
  }
  return { output: renderFound(command.format, listeners), warnings: [] };
}

function renderFound(
  format: DiscoverCommand["format"],
  listeners: readonly Listener[],
): string {
  switch (format) {
    case "json":
      return `${JSON.stringify({ listeners }, undefined, 2)}\n`;
    case "yaml":
      return renderStarterConfig(listeners.map(toFoundPort), [
        "What listened here when port_exporter discover ran.",
        "Keep what must stay up, and give it names that people know.",
      ]);
    case "table":
      return renderListeners(listeners);
    default:
      return format satisfies never;
  }
}

/** The address is left out: one port may be bound on several. */
function toFoundPort({ protocol, port, process, unit }: Listener): FoundPort {
  return {
    protocol,
    port,
    ...(process !== undefined && process !== "" && { name: process, process }),
    // The number of a session or a container changes with each start.
    ...(unit?.endsWith(".service") && { unit }),
  };
}

function discoverFilebeat(paths: readonly string[]): DiscoverResult {
  const ports: FilebeatPort[] = [];
  const warnings: string[] = [];
  for (const path of paths.flatMap((path) => expandDirectory(path, warnings))) {
    const file = readConfigText(path);
    if (!file.ok) {
      warnings.push(`${path}: ${file.error}`);
      continue;
    }
    const result = parseFilebeat(file.text);
    ports.push(...result.ports);
    warnings.push(...result.problems.map((problem) => `${path}: ${problem}`));
  }
  if (ports.length === 0) {
    throw new CommandError([
      ...warnings,
      "Cannot find a port: want files with enabled udp, tcp, syslog or " +
      "netflow inputs, or modules with var.syslog_port",
    ], exitCodes.failed);
  }
  return {
    output: renderStarterConfig(
      ports.map((port) => ({ ...port, process: "filebeat" })),
      [
        `From ${paths.join(", ")}`,
        ...warnings.map((warning) => `Not read: ${warning}`),
      ],
    ),
    warnings,
  };
}

/** The `*.yml` files of a directory; Filebeat names what is off `*.disabled`. */
function expandDirectory(path: string, warnings: string[]): readonly string[] {
  try {
    if (!Deno.statSync(path).isDirectory) return [path];
    return Array.from(Deno.readDirSync(path), ({ name }) => name)
      .filter((name) => name.endsWith(".yml"))
      .sort()
      .map((name) => `${path}/${name}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [path];
    warnings.push(`${path}: Cannot read the directory: ${String(error)}`);
    return [];
  }
}
