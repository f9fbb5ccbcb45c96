/**
 * Finds the ports that Filebeat is told to listen on, in filebeat.yml, in files
 * of inputs and in modules.d files
 * (https://www.elastic.co/docs/reference/beats/filebeat/configuration-filebeat-options).
 *
 * @module
 */

// @ts-types="../declarations/std_yaml.d.ts"
import { parse as parseYaml } from "@std/yaml";
import type { Protocol } from "./config.ts";
import { parseAddressExpectation, parsePortRange } from "./scalars.ts";

/** A port that Filebeat is told to listen on. */
export interface FilebeatPort {
  /** Transport protocol. */
  readonly protocol: Protocol;
  /** Port, 1-65535. */
  readonly port: number;
  /** Local address; absent when it is a wildcard. */
  readonly address?: string;
  /** The input's id, or `module-fileset`; absent when it has none. */
  readonly name?: string;
}

/** What a file of Filebeat says. */
export interface FilebeatPorts {
  /** Ports of enabled inputs. */
  readonly ports: readonly FilebeatPort[];
  /** What could not be read, each with its place in the file. */
  readonly problems: readonly string[];
}

type Mapping = Readonly<Record<string, unknown>>;

/** Inputs that listen, and the host that they listen on when none is set. */
const DEFAULT_HOSTS: Readonly<Record<string, string | undefined>> = {
  udp: undefined,
  tcp: undefined,
  netflow: ":2055",
};

/**
 * Reads one file.
 *
 * Placeholders `${NAME:default}` count with their default; what has none, and
 * whatever else cannot be read, is a problem and not left out.
 */
export function parseFilebeat(text: string): FilebeatPorts {
  const ports: FilebeatPort[] = [];
  const problems: string[] = [];
  let document: unknown;
  try {
    document = parseYaml(text, { schema: "failsafe" });
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) {
      throw error;
    }
    const [reason = ""] = error.message.split("\n");
    return { ports, problems: [`Cannot parse YAML: ${reason}`] };
  }

  /** Adds what listens on `host`, or says why that cannot be told. */
  function addHost(
    host: unknown,
    { protocol, place, name }: {
      readonly protocol: Protocol;
      readonly place: string;
      readonly name: string | undefined;
    },
  ): void {
    const resolved = resolvePlaceholders(host);
    const parsed = resolved === undefined ? undefined : parseHost(resolved);
    if (parsed === undefined) {
      problems.push(
        `Cannot read ${place}: ${
          host === undefined ? "missing" : JSON.stringify(host)
        }, want host:port`,
      );
      return;
    }
    ports.push({ protocol, ...parsed, ...(name !== undefined && { name }) });
  }

  function addInput(input: Mapping, place: string): void {
    if (get(input, "enabled") === "false") return;
    const type = String(get(input, "type") ?? "");
    const id = get(input, "id") ?? get(input, "name");
    const name = typeof id === "string" && id !== "" ? id : undefined;
    if (type === "syslog") {
      for (const protocol of ["udp", "tcp"] as const) {
        const section = get(input, `protocol.${protocol}`);
        if (section === undefined) continue;
        const host = isMapping(section) ? get(section, "host") : undefined;
        addHost(host, {
          protocol,
          place: `${place}.protocol.${protocol}.host`,
          name,
        });
      }
    } else if (type in DEFAULT_HOSTS) {
      addHost(get(input, "host") ?? DEFAULT_HOSTS[type], {
        protocol: type === "tcp" ? "tcp" : "udp",
        place: `${place}.host`,
        name,
      });
    }
  }

  function addFileset(
    fileset: Mapping,
    { module, filesetName, place }: {
      readonly module: string;
      readonly filesetName: string;
      readonly place: string;
    },
  ): void {
    if (get(fileset, "enabled") !== "true") return;
    const name = `${module}-${filesetName}`;
    const input = resolvePlaceholders(get(fileset, "var.input"));
    if (module === "netflow") {
      const host = get(fileset, "var.netflow_host") ?? "";
      const port = get(fileset, "var.netflow_port") ?? "2055";
      addHost(joinHost(host, port), {
        protocol: "udp",
        place: `${place}.var.netflow_port`,
        name,
      });
      return;
    }
    const port = get(fileset, "var.syslog_port");
    if (input === "file" || input === undefined && port === undefined) return;
    if (input !== undefined && input !== "udp" && input !== "tcp") {
      if (input === "syslog" || port !== undefined) {
        problems.push(
          `Cannot read ${place}.var.input: ${
            JSON.stringify(input)
          }, want udp or tcp`,
        );
      }
      return;
    }
    if (port === undefined) {
      problems.push(
        `Cannot read ${place}.var.syslog_port: missing, ` +
          "the module's default is not known here",
      );
      return;
    }
    addHost(joinHost(get(fileset, "var.syslog_host") ?? "", port), {
      protocol: input ?? "udp",
      place: `${place}.var.syslog_port`,
      name,
    });
  }

  function addModule(entry: Mapping, place: string): void {
    const module = String(get(entry, "module"));
    for (const [filesetName, fileset] of Object.entries(entry)) {
      if (!isMapping(fileset)) continue;
      addFileset(fileset, {
        module,
        filesetName,
        place: `${place}.${filesetName}`,
      });
    }
  }

  function addEntries(entries: unknown, place: string): void {
    if (entries === undefined || entries === null) return;
    if (!Array.isArray(entries)) {
      problems.push(`Cannot read ${place || "the file"}: want a list`);
      return;
    }
    for (const [index, entry] of entries.entries()) {
      const entryPlace = `${place}[${index}]`;
      if (!isMapping(entry)) {
        problems.push(`Cannot read ${entryPlace}: want a mapping`);
      } else if (get(entry, "module") !== undefined) {
        addModule(entry, entryPlace);
      } else addInput(entry, entryPlace);
    }
  }

  if (isMapping(document)) {
    addEntries(get(document, "filebeat.inputs"), "filebeat.inputs");
    addEntries(get(document, "filebeat.modules"), "filebeat.modules");
    for (const key of ["filebeat.config.inputs", "filebeat.config.modules"]) {
      const section = get(document, key);
      if (!isMapping(section) || get(section, "enabled") === "false") continue;
      const path = get(section, "path");
      problems.push(
        `Cannot follow ${key}.path: ${JSON.stringify(path)}, ` +
          "want these files named too",
      );
    }
  } else addEntries(document, "");
  return { ports, problems };
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Finds `a.b.c`, which Filebeat lets users write as nested keys or dotted. */
function get(mapping: Mapping, path: string): unknown {
  if (Object.hasOwn(mapping, path)) return mapping[path];
  for (let dot = path.indexOf("."); dot > 0; dot = path.indexOf(".", dot + 1)) {
    const inner = mapping[path.slice(0, dot)];
    if (!isMapping(inner)) continue;
    const value = get(inner, path.slice(dot + 1));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Text with every placeholder replaced by its default; undefined without one. */
function resolvePlaceholders(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  let isComplete = true;
  const text = value.replace(
    /\$\{([^}:]*)(?::([^}]*))?\}/g,
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

function joinHost(host: unknown, port: unknown): string {
  const text = String(host);
  return `${text.includes(":") ? `[${text}]` : text}:${String(port)}`;
}

/** Reads `host:port`; a wildcard host is left out. */
function parseHost(
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
