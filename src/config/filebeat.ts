/**
 * Finds the ports that Filebeat is told to listen on, in filebeat.yml, in files
 * of inputs and in modules.d files
 * (https://www.elastic.co/docs/reference/beats/filebeat/configuration-filebeat-options).
 *
 * @module
 */

import type { Protocol } from "./config.ts";
import { parseDocument } from "./document.ts";
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
  const parsed = parseDocument(text);
  if (!parsed.ok) {
    return {
      ports,
      problems: parsed.errors.map(({ message, position }) =>
        position === undefined ? message : `${message} at ${position}`
      ),
    };
  }
  const document = parsed.value;

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
        `Cannot read ${place}: ${quote(host)}, want host:port`,
      );
      return;
    }
    ports.push({ protocol, ...parsed, ...(name !== undefined && { name }) });
  }

  function addInput(input: Mapping, place: string): void {
    if (isOff(get(input, "enabled"))) return;
    const type = get(input, "type");
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
    } else if (typeof type === "string" && Object.hasOwn(DEFAULT_HOSTS, type)) {
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
    // What is named and not switched off is on.
    if (isOff(get(fileset, "enabled"))) return;
    const name = `${module}-${filesetName}`;
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
    const input = get(fileset, "var.input");
    if (input === undefined && port === undefined) return;
    const resolved = resolvePlaceholders(input ?? "syslog");
    if (resolved === "file") return;
    // Of input syslog, another key tells the protocol, udp when it is not set.
    const isSyslog = resolved === "syslog";
    const key = isSyslog ? "var.syslog_protocol" : "var.input";
    const protocol = isSyslog
      ? resolvePlaceholders(get(fileset, key) ?? "udp")
      : resolved;
    if (protocol !== "udp" && protocol !== "tcp") {
      if (resolved === undefined || isSyslog || port !== undefined) {
        problems.push(
          `Cannot read ${place}.${key}: ${
            quote(get(fileset, key))
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
      protocol,
      place: `${place}.var.syslog_port`,
      name,
    });
  }

  function addModule(entry: Mapping, place: string): void {
    const module = get(entry, "module");
    if (typeof module !== "string" || isOff(get(entry, "enabled"))) return;
    for (const [filesetName, fileset] of listFilesets(entry)) {
      if (!isMapping(fileset)) continue;
      addFileset(fileset, {
        module,
        filesetName,
        place: /^[\w-]+$/.test(filesetName)
          ? `${place}.${filesetName}`
          : `${place}[${JSON.stringify(filesetName)}]`,
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
      if (!isMapping(section) || isOff(get(section, "enabled"))) continue;
      const path = get(section, "path");
      problems.push(
        `Cannot follow ${key}.path: ${quote(path)}, ` +
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
  // `a.b.c.d` makes a mapping of `a.b.c`.
  const inner = Object.entries(mapping).flatMap(([key, value]) =>
    key.startsWith(`${path}.`) ? [[key.slice(path.length + 1), value]] : []
  );
  return inner.length === 0 ? undefined : Object.fromEntries(inner);
}

/** What `get()` finds for the first word of each key, in one pass over all. */
function listFilesets(entry: Mapping): readonly [string, unknown][] {
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

/** Filebeat reads the words of YAML 1.1. */
function isOff(value: unknown): boolean {
  return typeof value === "string" && /^(?:false|no|off|n)$/i.test(value);
}

/** A value for a message: text as it stands, of all else only the kind. */
function quote(value: unknown): string {
  if (value === undefined || value === null) return "missing";
  if (typeof value === "string") {
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  }
  return Array.isArray(value) ? "a list" : "a mapping";
}

/** Text with every placeholder replaced by its default; undefined without one. */
function resolvePlaceholders(value: unknown): string | undefined {
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

function joinHost(host: unknown, port: unknown): string {
  const text = typeof host === "string" ? host : "?";
  // Filebeat joins them as they are, so IPv6 stands in brackets already.
  const isBare = text.includes(":") && !text.startsWith("[");
  return `${isBare ? `[${text}]` : text}:${
    typeof port === "string" ? port : ""
  }`;
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
