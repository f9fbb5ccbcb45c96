/**
 * Finds the ports that Filebeat is told to listen on, in filebeat.yml, in files
 * of inputs and in modules.d files
 * (https://www.elastic.co/docs/reference/beats/filebeat/configuration-filebeat-options).
 *
 * @module
 */

import type { Protocol } from "./config.ts";
import { parseDocument } from "./document.ts";
import { findFilesetDefault, isNotListening } from "./filebeat_defaults.ts";
import {
  get,
  isMapping,
  isOff,
  joinHost,
  listFilesets,
  type Mapping,
  parseHost,
  quote,
  resolvePlaceholders,
} from "./filebeat_values.ts";

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

/** Files that a file of Filebeat tells to read too. */
export interface FilebeatFiles {
  /** The key that names them. */
  readonly key: string;
  /** Pattern of their paths as it stands in the file. */
  readonly pattern: string;
}

/** What a file of Filebeat says. */
export interface FilebeatPorts {
  /** Whether the file is YAML; when not, nothing of it was read. */
  readonly isYaml: boolean;
  /** Ports of enabled inputs. */
  readonly ports: readonly FilebeatPort[];
  /** What the file leaves to the defaults of modules, each with its place. */
  readonly assumptions: readonly string[];
  /** Further files to read. */
  readonly files: readonly FilebeatFiles[];
  /** What could not be read, each with its place in the file. */
  readonly problems: readonly string[];
}

/** Inputs that listen on one `host:port`: the key of it, and its default. */
const LISTENING_INPUTS: ReadonlyMap<string, {
  readonly protocol: Protocol;
  readonly key: string;
  readonly fallback?: string;
}> = new Map([
  ["udp", { protocol: "udp", key: "host" }],
  ["tcp", { protocol: "tcp", key: "host" }],
  ["netflow", { protocol: "udp", key: "host", fallback: ":2055" }],
  ["lumberjack", {
    protocol: "tcp",
    key: "listen_address",
    fallback: "localhost:5044",
  }],
]);

const SYSLOG = { host: "var.syslog_host", port: "var.syslog_port" };

interface FilesetInput {
  /** Absent: another setting tells it. */
  readonly protocol?: Protocol;
  readonly host: string;
  readonly port: string;
}

/** What `var.input` may be, and the settings that it listens on. */
const FILESET_INPUTS = new Map<string, FilesetInput>([
  ["udp", { protocol: "udp", ...SYSLOG }],
  ["tcp", { protocol: "tcp", ...SYSLOG }],
  ["syslog", SYSLOG],
  ["netflow", {
    protocol: "udp",
    host: "var.netflow_host",
    port: "var.netflow_port",
  }],
  ["http_endpoint", {
    protocol: "tcp",
    host: "var.listen_address",
    port: "var.listen_port",
  }],
]);

/**
 * Reads one file.
 *
 * Placeholders `${NAME:default}` count with their default; what has none, and
 * whatever else cannot be read, is a problem and not left out.
 */
export function parseFilebeat(text: string): FilebeatPorts {
  const ports: FilebeatPort[] = [];
  const assumptions: string[] = [];
  const files: FilebeatFiles[] = [];
  const problems: string[] = [];
  const parsed = parseDocument(text);
  if (!parsed.ok) {
    return {
      isYaml: false,
      ports,
      assumptions,
      files,
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
    const type = resolvePlaceholders(get(input, "type") ?? "");
    if (type === undefined) {
      problems.push(
        `Cannot read ${place}.type: ${quote(get(input, "type"))}, ` +
          "want the type of an input",
      );
      return;
    }
    const id = get(input, "id") ?? get(input, "name");
    const name = typeof id === "string" && id !== "" ? id : undefined;
    const listening = LISTENING_INPUTS.get(type);
    if (listening !== undefined) {
      const { protocol, key, fallback } = listening;
      addHost(get(input, key) ?? fallback, {
        protocol,
        place: `${place}.${key}`,
        name,
      });
    } else if (type === "syslog") addSyslog(input, { place, name });
    else if (type === "http_endpoint") {
      const host = get(input, "listen_address") ?? "127.0.0.1";
      addHost(joinHost(host, get(input, "listen_port") ?? "8000"), {
        protocol: "tcp",
        place: `${place}.listen_port`,
        name,
      });
    } else {
      const key = Object.keys(input).find((key) =>
        /^(?:host|listen_\w+)$/.test(key)
      );
      if (key === undefined) return;
      problems.push(
        `Cannot read ${place}.${key}: the input is ` +
          `${quote(type || undefined)}, want udp, tcp, syslog, netflow, ` +
          "http_endpoint or lumberjack",
      );
    }
  }

  function addSyslog(
    input: Mapping,
    { place, name }: {
      readonly place: string;
      readonly name: string | undefined;
    },
  ): void {
    let isSet = get(input, "protocol.unix") !== undefined;
    for (const protocol of ["udp", "tcp"] as const) {
      const section = get(input, `protocol.${protocol}`);
      if (section === undefined) continue;
      isSet = true;
      addHost(isMapping(section) ? get(section, "host") : undefined, {
        protocol,
        place: `${place}.protocol.${protocol}.host`,
        name,
      });
    }
    if (!isSet) {
      problems.push(
        `Cannot read ${place}.protocol: ${quote(get(input, "protocol"))}, ` +
          "want udp or tcp",
      );
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
    const known = findFilesetDefault(module, filesetName);
    const isQuiet = isNotListening(module, filesetName) &&
      get(fileset, "var.syslog_port") === undefined;
    const setInput = get(fileset, "var.input") ?? undefined;
    if (isQuiet && setInput === undefined) return;
    const isTcp = known?.isTcpWithSsl && get(fileset, "var.ssl") !== undefined;
    const input = isTcp
      ? "tcp"
      : resolvePlaceholders(setInput ?? known?.input ?? "syslog");
    if (input === "file") return;
    const settings = FILESET_INPUTS.get(input ?? "");
    if (isQuiet && input !== undefined && settings === undefined) return;
    // Of input syslog, udp when it is not set.
    const key = input === "syslog" ? "var.syslog_protocol" : "var.input";
    const protocol = input === "syslog"
      ? resolvePlaceholders(get(fileset, key) ?? "udp")
      : settings?.protocol;
    if (settings === undefined || (protocol !== "udp" && protocol !== "tcp")) {
      problems.push(
        `Cannot read ${place}.${key}: ${
          quote(get(fileset, key))
        }, want udp or tcp`,
      );
      return;
    }
    const setPort = get(fileset, settings.port) ?? undefined;
    if (setPort === undefined) {
      const at = `${place}.${settings.port}`;
      if (known === undefined) {
        problems.push(
          `Cannot read ${at}: missing, the module's default is not known here`,
        );
        return;
      }
      assumptions.push(
        `${at}: missing, ${protocol} ${known.port} is the module's default`,
      );
    }
    const fallback = known === undefined ? "" : known.host ?? "localhost";
    const host = get(fileset, settings.host) ?? fallback;
    addHost(joinHost(host, setPort ?? String(known?.port)), {
      protocol,
      place: `${place}.${settings.port}`,
      name: `${module}-${filesetName}`,
    });
  }

  function addModule(entry: Mapping, place: string): void {
    const module = get(entry, "module");
    if (isOff(get(entry, "enabled"))) return;
    if (typeof module !== "string") {
      problems.push(
        `Cannot read ${place}.module: ${quote(module)}, want a name`,
      );
      return;
    }
    for (const [filesetName, fileset] of listFilesets(entry)) {
      if (["module", "enabled", "path"].includes(filesetName)) continue;
      const filesetPlace = /^[\w-]+$/.test(filesetName)
        ? `${place}.${filesetName}`
        : `${place}[${JSON.stringify(filesetName)}]`;
      // A fileset without any setting is on too.
      const settings = fileset === null || fileset === "" ? {} : fileset;
      if (isMapping(settings)) {
        addFileset(settings, { module, filesetName, place: filesetPlace });
      } else {
        problems.push(
          `Cannot read ${filesetPlace}: ${quote(settings)}, want a mapping`,
        );
      }
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
      const pattern = get(section, "path");
      if (typeof pattern === "string") {
        files.push({ key: `${key}.path`, pattern });
      } else {
        problems.push(
          `Cannot follow ${key}.path: ${quote(pattern)}, want a path`,
        );
      }
    }
  } else addEntries(document, "");
  return { isYaml: true, ports, assumptions, files, problems };
}
