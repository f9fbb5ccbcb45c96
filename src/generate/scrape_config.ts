/**
 * Makes Prometheus's scrape configuration: one file with the targets in it, or
 * a target file for service discovery by files
 * (https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config).
 *
 * @module
 */

import ipaddr from "ipaddr.js";

/** Port of an exporter that was started without `--web.listen-address`. */
export const DEFAULT_PORT = 9117;

/** How to reach exporters that are not plain HTTP and open to everybody. */
export interface ScrapeAccess {
  /** Scheme; absent: http. */
  readonly scheme?: "http" | "https";
  /**
   * File with the certificate of the exporters, as Prometheus sees it, when no
   * authority has signed it; absent: Prometheus knows the authority.
   */
  readonly caFile?: string;
  /** User and the file that holds the password; absent: no authentication. */
  readonly basicAuth?: {
    /** Name of the user. */
    readonly username: string;
    /** File with the password, as Prometheus sees it. */
    readonly passwordFile: string;
    /** How many other users there are; absent: none. */
    readonly otherUsers?: number;
  };
}

/** What to scrape. */
export interface ScrapeConfigOptions {
  /** Value of the label `job`. */
  readonly job: string;
  /** Hosts with ports; none: a placeholder. */
  readonly targets: readonly string[];
  /** Where the targets stand: in the entry, or in a file of their own. */
  readonly format: "static" | "file_sd";
  /** How to reach the exporters. */
  readonly access?: ScrapeAccess;
}

/** Name of the target file in the entry that reads it. */
export const TARGET_FILE = "port_exporter_targets.yml";

const EDIT_HERE = "# Replace this host with those that run port_exporter.\n";

/**
 * Renders YAML: a `scrape_configs` section with the targets in it, or a target
 * file with the section that reads it as a comment.
 */
export function renderScrapeConfig(options: ScrapeConfigOptions): string {
  const { targets, format } = options;
  const note = targets.length === 0 ? EDIT_HERE : "";
  const hosts = (targets.length === 0 ? [`localhost:${DEFAULT_PORT}`] : targets)
    .map((target) => `    - ${quote(target)}\n`);
  const group = ["- targets:\n", ...hosts];
  switch (format) {
    case "static":
      return note +
        renderJob(options, ["static_configs:\n", ...indent(2, group)]);
    case "file_sd": {
      const section = renderJob(options, [
        "file_sd_configs:\n",
        "  - files:\n",
        `      - ${quote(TARGET_FILE)}\n`,
      ]);
      return [
        `# Save as ${TARGET_FILE} beside prometheus.yml, which reads it with:\n`,
        "#\n",
        ...section.trimEnd().split("\n").map((line) => `#   ${line}\n`),
        "#\n",
        "# Prometheus notices changes of this file by itself.\n",
        note,
        ...group,
      ].join("");
    }
    default:
      return format satisfies never;
  }
}

function renderJob(
  { job, access = {} }: ScrapeConfigOptions,
  discovery: readonly string[],
): string {
  const { scheme, caFile, basicAuth } = access;
  const { otherUsers = 0 } = basicAuth ?? {};
  return [
    "scrape_configs:\n",
    `  - job_name: ${quote(job)}\n`,
    ...(scheme === undefined ? [] : [`    scheme: ${quote(scheme)}\n`]),
    ...(caFile === undefined ? [] : [
      "    tls_config:\n",
      "      # A copy of the exporter's certificate, which signs itself.\n",
      `      ca_file: ${quote(caFile)}\n`,
    ]),
    ...(basicAuth === undefined ? [] : [
      "    basic_auth:\n",
      ...(otherUsers === 0
        ? []
        : [`      # The first of ${otherUsers + 1} users.\n`]),
      `      username: ${quote(basicAuth.username)}\n`,
      `      password_file: ${quote(basicAuth.passwordFile)}\n`,
    ]),
    ...indent(4, discovery),
  ].join("");
}

function indent(columns: number, lines: readonly string[]): readonly string[] {
  return lines.map((line) => " ".repeat(columns) + line);
}

/**
 * A text in double quotes, so that no reader of YAML takes it for a number, a
 * time or a boolean. JSON's escapes are YAML's; what YAML does not allow in a
 * file is escaped too.
 */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Parses hosts with or without a port and gives each one.
 *
 * @returns `host:port`, with an IPv6 address in brackets
 * @throws {SyntaxError} with a line for each mistake
 */
export function parseScrapeTargets(
  texts: readonly string[],
): readonly string[] {
  const targets = new Set<string>();
  const mistakes: string[] = [];
  for (const text of texts) {
    const target = parseScrapeTarget(text);
    if (target === undefined) {
      mistakes.push(
        `Cannot use --targets: ${JSON.stringify(text)}, ` +
          `want host, host:port or [::1]:${DEFAULT_PORT}`,
      );
    } else if (targets.has(target)) {
      mistakes.push(
        `Cannot use --targets: ${JSON.stringify(text)} is there twice, ` +
          "want each host once",
      );
    } else targets.add(target);
  }
  if (mistakes.length > 0) throw new SyntaxError(mistakes.join("\n"));
  return [...targets];
}

function parseScrapeTarget(text: string): string | undefined {
  // An address with colons is not a host with a port.
  if (isIPv6(text)) return `[${text}]:${DEFAULT_PORT}`;
  const parts =
    /^(?:\[(?<v6>[^\]]*)\]|(?<host>[^:[\]]+))(?::(?<port>[0-9]{1,5}))?$/
      .exec(text)?.groups;
  if (parts === undefined) return undefined;
  const { v6, host, port = String(DEFAULT_PORT) } = parts;
  const number = Number(port);
  if (number < 1 || number > 65535) return undefined;
  if (v6 !== undefined) {
    return isIPv6(v6) ? `[${v6}]:${number}` : undefined;
  }
  return host !== undefined && isHost(host) ? `${host}:${number}` : undefined;
}

/** Without a zone, which means nothing on another host. */
function isIPv6(text: string): boolean {
  return ipaddr.IPv6.isValid(text) && !text.includes("%");
}

/** A host name (RFC 1123, and `_`, which many use), or an IPv4 address. */
function isHost(text: string): boolean {
  if (/^[0-9.]+$/.test(text)) return ipaddr.IPv4.isValidFourPartDecimal(text);
  return text.length <= 253 &&
    /^[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?(?:\.[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?)*\.?$/u
      .test(text);
}
