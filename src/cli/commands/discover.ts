/**
 * `discover`: what listens here, or what Filebeat is told to listen on.
 *
 * @module
 */

import {
  type FilebeatFiles,
  type FilebeatPort,
  parseFilebeat,
} from "../../config/filebeat.ts";
import { readConfigText } from "../../config/load.ts";
import {
  type FoundPort,
  renderStarterConfig,
} from "../../generate/starter_config.ts";
import type { Listener } from "../../model/listeners.ts";
import { createScanner } from "../../watch/scanner.ts";
import type { Command } from "../args.ts";
import { CommandError, type ExitCode, exitCodes } from "../errors.ts";
import {
  coversPattern,
  listFilebeatFiles,
  resolvePattern,
} from "../filebeat_files.ts";
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
  /** 1 when nothing of a file could be read, else 0. */
  readonly exitCode: ExitCode;
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
  return {
    output: renderFound(command.format, listeners),
    warnings: [],
    exitCode: exitCodes.done,
  };
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
  const assumptions: string[] = [];
  const warnings: string[] = [];
  const readPaths: string[] = [];
  const patterns: (FilebeatFiles & { readonly path: string })[] = [];
  let exitCode: ExitCode = exitCodes.done;
  const fail = (path: string, reason: string): readonly string[] => {
    warnings.push(`${path}: ${reason}`);
    exitCode = exitCodes.failed;
    return [];
  };
  const listed = paths.flatMap((path) => {
    try {
      return listFilebeatFiles(path);
    } catch (error) {
      return fail(path, `Cannot read the directory: ${String(error)}`);
    }
  });
  for (const path of listed) {
    const file = readConfigText(path);
    if (!file.ok) {
      fail(path, file.error);
      continue;
    }
    readPaths.push(path);
    const result = parseFilebeat(file.text);
    if (!result.isYaml) exitCode = exitCodes.failed;
    ports.push(...result.ports);
    assumptions.push(...result.assumptions.map((text) => `${path}: ${text}`));
    warnings.push(...result.problems.map((problem) => `${path}: ${problem}`));
    patterns.push(...result.files.map((files) => ({ path, ...files })));
  }
  for (const { path, key, pattern } of patterns) {
    const resolved = resolvePattern(pattern, path);
    if (coversPattern(readPaths, resolved)) continue;
    warnings.push(
      `${path}: Cannot follow ${key}: ${JSON.stringify(resolved)}, ` +
        "want these files named too",
    );
  }
  warnings.push(...describeSharedPorts(ports));
  if (ports.length === 0) {
    throw new CommandError([
      ...warnings,
      "Cannot find a port: want files with enabled udp, tcp, syslog, " +
      "netflow, http_endpoint or lumberjack inputs, or modules that listen",
    ], exitCodes.failed);
  }
  return {
    output: renderStarterConfig(
      ports.map((port) => ({ ...port, process: "filebeat" })),
      [
        `From ${paths.join(", ")}`,
        ...warnings.map((warning) => `Not read: ${warning}`),
        ...assumptions.map((assumption) => `Assumed: ${assumption}`),
      ],
    ),
    warnings,
    exitCode,
  };
}

/** Inputs that the configuration cannot name: one entry stands for a port. */
function describeSharedPorts(ports: readonly FilebeatPort[]): string[] {
  const groups = Map.groupBy(
    ports,
    ({ protocol, port, address = "any address" }) =>
      `${protocol} ${port} on ${address}`,
  );
  return Array.from(groups, ([place, group]) => {
    const names = new Set(group.map(({ name }) => JSON.stringify(name ?? "")));
    return { place, names: [...names] };
  }).filter(({ names }) => names.length > 1).map(({ place, names }) =>
    `Cannot tell apart what listens on ${place}: ${names.join(", ")}, ` +
    "want one input"
  );
}
