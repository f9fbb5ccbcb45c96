/**
 * Turns the text of a configuration file into a {@linkcode Config} or into the
 * list of all its mistakes. Pure.
 *
 * @module
 */

// @ts-types="../declarations/std_yaml.d.ts"
import { parse as parseYaml } from "@std/yaml";
import * as v from "valibot";
import type {
  AlertOverride,
  Config,
  Duration,
  IgnoreRule,
  PortRange,
  Target,
} from "./config.ts";
import { configSchema, type ParsedConfig } from "./schema.ts";
import { suggest } from "./suggest.ts";

/** One mistake or one risk in a configuration. */
export interface Diagnostic {
  /** What is wrong where, as one sentence without the file's name. */
  readonly message: string;
  /** Line and column, 1-based, when the mistake is one of YAML. */
  readonly position?: string;
}

/** A configuration, or everything that is wrong with it. */
export type ParseResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

/** Longest accepted configuration; 10,000 single ports take 400 KB. */
export const MAX_CONFIG_BYTES = 1024 * 1024;

/** Most targets of one configuration. */
export const MAX_TARGETS = 10_000;

/** Most mappings, lists and scalars once aliases are followed. */
const MAX_YAML_NODES = 200_000;

/** Parses the text of a configuration file. */
export function parseConfig(text: string): ParseResult {
  const document = parseDocument(text);
  if (!document.ok) return document;
  const parsed = v.safeParse(configSchema, document.value);
  if (!parsed.success) {
    return { ok: false, errors: parsed.issues.flatMap(describeIssue) };
  }
  return buildConfig(parsed.output, document.value);
}

type DocumentResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

function parseDocument(text: string): DocumentResult {
  const fail = (message: string, position?: string): DocumentResult => ({
    ok: false,
    errors: [{ message, ...(position !== undefined && { position }) }],
  });
  if (text.length > MAX_CONFIG_BYTES) {
    return fail(
      `Cannot use the file: ${text.length} bytes, want at most ${MAX_CONFIG_BYTES}`,
    );
  }
  try {
    // Failsafe: every scalar stays the text that stands in the file.
    const value = parseYaml(text, { schema: "failsafe" }) ?? {};
    if (countNodes(value, MAX_YAML_NODES) > MAX_YAML_NODES) {
      return fail(
        `Cannot use the file: more than ${MAX_YAML_NODES} values, ` +
          "want fewer or no nested aliases",
      );
    }
    return { ok: true, value };
  } catch (error) {
    if (error instanceof RangeError) {
      return fail("Cannot parse YAML: nested too deep, want a flat file");
    }
    if (!(error instanceof SyntaxError)) throw error;
    return describeYamlError(error, fail);
  }
}

/** The parser's message is `Cannot …: what at line 3, column 5:` and a quote. */
function describeYamlError(
  error: SyntaxError,
  fail: (message: string, position?: string) => DocumentResult,
): DocumentResult {
  const match =
    /^(?:Cannot [^:]*: )?(?<what>[\s\S]*) at line (?<line>\d+), column (?<column>-?\d+):\n(?<quote>[^\n]*)/
      .exec(error.message)?.groups;
  if (match === undefined) {
    return fail(`Cannot parse YAML: ${error.message}`);
  }
  const quote = match["quote"]?.trim();
  return fail(
    `Cannot parse YAML: ${match["what"]}${
      quote ? ` in ${JSON.stringify(quote)}` : ""
    }`,
    // The parser miscounts the column of a key whose value spans lines.
    Number(match["column"]) > 0
      ? `${match["line"]}:${match["column"]}`
      : match["line"],
  );
}

/** Counts values as a reader that follows aliases sees them; stops at `limit`. */
function countNodes(value: unknown, limit: number): number {
  let count = 1;
  if (typeof value === "object" && value !== null) {
    for (const child of Object.values(value)) {
      count += countNodes(child, limit - count);
      if (count > limit) break;
    }
  }
  return count;
}

type Issue = v.InferIssue<typeof configSchema>;

function describeIssue(issue: Issue): readonly Diagnostic[] {
  const path = issue.path ?? [];
  const place = formatPlace(path.map((item) => item.key));
  const parent = path.at(-1)?.input;
  if (issue.type === "strict_object" && issue.expected === "never") {
    const allowed = allowedKeys(path.slice(0, -1).map((item) => item.key));
    // Valibot stops at the first unknown key of a mapping.
    const keys = Object.keys(parent as object)
      .filter((key) => !allowed.includes(key));
    return keys.map((key) => ({
      message: `Cannot use ${
        formatPlace([...path.slice(0, -1).map((item) => item.key), key])
      }: unknown key, want one of ${allowed.join(", ")}${
        suggest(key, allowed)
      }`,
    }));
  }
  if (
    issue.type === "strict_object" && path.at(-1)?.origin === "key" &&
    isMapping(parent)
  ) {
    return [{
      message: `Cannot use ${place}: missing, want 1-65535 or a range ` +
        "like 7878-7880",
    }];
  }
  const raw = quoteRaw(issue.input);
  const tail = issue.message.startsWith(" ")
    ? issue.message
    : `, want ${issue.message}`;
  const typo = typeof issue.input === "string"
    ? suggest(issue.input, listChoices(tail))
    : "";
  return [{
    message: place === ""
      ? `Cannot use the file: ${raw}${tail}`
      : `Cannot use ${place}: ${raw}${tail}${typo}`,
  }];
}

/** The words that may stand there, of `, want udp or tcp`; no descriptions. */
function listChoices(tail: string): readonly string[] {
  return /^, want (?!a |at )/.test(tail)
    ? tail.slice(", want ".length).split(/, | or /)
      .filter((choice) => /^[A-Za-z]+$/.test(choice))
    : [];
}

function isMapping(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `ports[2].port[1]`; keys that are not words are quoted. */
function formatPlace(keys: readonly unknown[]): string {
  let place = "";
  for (const key of keys) {
    if (typeof key === "number") place += `[${key}]`;
    else if (/^\w+$/.test(String(key))) place += `${place && "."}${key}`;
    else place += `[${JSON.stringify(key)}]`;
  }
  return place;
}

/** The keys that the schema allows at a place. */
function allowedKeys(keys: readonly unknown[]): readonly string[] {
  // deno-lint-ignore no-explicit-any -- walks a schema of any shape
  let schema: any = configSchema;
  const unwrap = () => {
    // What a pipe, an optional key or a mapping's own check is wrapped around.
    for (let inner = schema; inner !== undefined;) {
      schema = inner;
      inner = schema.entries === undefined
        ? schema.wrapped ?? schema.pipe?.find(hasShape)
        : undefined;
    }
  };
  for (const key of keys) {
    unwrap();
    schema = typeof key === "number"
      ? schema.item
      : schema.entries[String(key)];
  }
  unwrap();
  return Object.keys(schema.entries);
}

// deno-lint-ignore no-explicit-any -- a schema of any shape
function hasShape(schema: any): boolean {
  return schema.entries !== undefined || schema.item !== undefined ||
    schema.pipe?.some(hasShape) === true;
}

/** Raw input for a message: numbers bare, all else quoted, cut when long. */
function quoteRaw(input: unknown): string {
  if (input === null) return "empty";
  if (typeof input === "string" && /^-?\d{1,20}$/.test(input)) return input;
  const text = JSON.stringify(input) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

const defaultDuration: Duration = { text: "1m", seconds: 60 };

type ParsedEntry = NonNullable<ParsedConfig["ports"]>[number];

function buildConfig(parsed: ParsedConfig, raw: unknown): ParseResult {
  const errors: Diagnostic[] = [];
  const count = (parsed.ports ?? []).reduce(
    (sum, entry) =>
      sum +
      (entry.protocol ?? parsed.defaults?.protocol ?? ["udp"]).length *
        entry.port.reduce(
          (ports, { first, last }) => ports + last - first + 1,
          0,
        ),
    0,
  );
  if (count > MAX_TARGETS) {
    const message =
      `Cannot use ports: ${count} targets, want at most ${MAX_TARGETS}`;
    return { ok: false, errors: [{ message }] };
  }
  const targets: Target[] = [];
  for (const [index, entry] of (parsed.ports ?? []).entries()) {
    const merged = {
      ...parsed.defaults,
      ...entry,
      labels: { ...parsed.defaults?.labels, ...entry.labels },
    };
    const isList = isPortList(raw, index);
    for (const [portIndex, range] of entry.port.entries()) {
      const place = `ports[${index}].port${isList ? `[${portIndex}]` : ""}`;
      targets.push(...buildTargets({ merged, range, place }));
    }
  }
  const listenersEnabled = parsed.listeners !== undefined &&
    (parsed.listeners.enabled ?? true);
  if (targets.length === 0 && !listenersEnabled) {
    errors.push({
      message: "Cannot use the file: no ports, want at least one port entry " +
        "or listeners.enabled: true",
    });
  }
  errors.push(...findDuplicates(targets));
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    config: {
      targets,
      listeners: {
        enabled: listenersEnabled,
        ignore: (parsed.listeners?.ignore ?? []).map(buildIgnoreRule),
      },
      alerts: {
        job: parsed.alerts?.job ?? "port_exporter",
        labels: parsed.alerts?.labels ?? {},
        disable: parsed.alerts?.disable ?? [],
        override: buildOverrides(parsed.alerts?.override ?? {}),
        ...(parsed.alerts?.runbook_url !== undefined &&
          { runbookUrl: parsed.alerts.runbook_url }),
      },
      dashboard: {
        tags: parsed.dashboard?.tags ?? [],
        ...(parsed.dashboard?.title !== undefined &&
          { title: parsed.dashboard.title }),
        ...(parsed.dashboard?.uid !== undefined &&
          { uid: parsed.dashboard.uid }),
      },
    },
  };
}

/** The schema makes a list of a single port; the file tells them apart. */
function isPortList(raw: unknown, index: number): boolean {
  const { ports } = raw as { ports?: readonly { port?: unknown }[] };
  return Array.isArray(ports?.[index]?.port);
}

function* buildTargets(
  { merged, range, place }: {
    readonly merged: ParsedEntry;
    readonly range: PortRange;
    readonly place: string;
  },
): Generator<Target> {
  for (let port = range.first; port <= range.last; port++) {
    for (const protocol of merged.protocol ?? ["udp"] as const) {
      yield {
        protocol,
        port,
        name: merged.name ?? `${protocol}-${port}`,
        labels: merged.labels ?? {},
        address: merged.address ?? { kind: "any" },
        ...(merged.process !== undefined && { processes: merged.process }),
        ...(merged.unit !== undefined && { units: merged.unit }),
        ...(merged.user !== undefined && { users: merged.user }),
        ...(merged.sockets !== undefined && { sockets: merged.sockets }),
        severity: merged.severity ?? "critical",
        for: merged.for ?? defaultDuration,
        place,
      };
    }
  }
}

/**
 * One port may be watched on several addresses, under several names. The same
 * address twice asks one question twice, the same name twice would make two
 * equal series.
 */
function findDuplicates(targets: readonly Target[]): readonly Diagnostic[] {
  const placesByIdentity = new Map<string, string>();
  // Two ranges that overlap are one mistake, however many ports they share.
  const duplicatesByPlaces = new Map<string, Duplicate>();
  for (const { protocol, port, name, address, place } of targets) {
    const addressText = "text" in address ? address.text : address.kind;
    const details = [
      `address ${addressText}`,
      `name ${JSON.stringify(name)}`,
    ];
    for (const detail of details) {
      const identity = `${protocol} ${port} ${detail}`;
      const earlier = placesByIdentity.get(identity);
      if (earlier === undefined) {
        placesByIdentity.set(identity, place);
        continue;
      }
      const places = `${place} ${earlier} ${protocol}`;
      const known = duplicatesByPlaces.get(places);
      duplicatesByPlaces.set(
        places,
        known === undefined
          ? { place, earlier, protocol, port, detail, more: 0 }
          : { ...known, more: known.more + 1 },
      );
      break;
    }
  }
  return [...duplicatesByPlaces.values()].map(
    ({ place, earlier, protocol, port, detail, more }) => ({
      message: `Cannot use ${place}: ${protocol} port ${port} with ${detail}` +
        `${more > 0 ? ` and ${more} more` : ""} stands already at ${earlier}` +
        ", want each target once",
    }),
  );
}

interface Duplicate {
  readonly place: string;
  readonly earlier: string;
  readonly protocol: string;
  readonly port: number;
  readonly detail: string;
  /** Further ports of the same two places. */
  readonly more: number;
}

type ParsedIgnoreRule = NonNullable<
  NonNullable<ParsedConfig["listeners"]>["ignore"]
>[number];

function buildIgnoreRule(rule: ParsedIgnoreRule): IgnoreRule {
  return {
    ...(rule.protocol !== undefined && { protocol: rule.protocol }),
    ...(rule.port !== undefined && { ports: rule.port }),
    ...(rule.address !== undefined && { address: rule.address }),
    ...(rule.process !== undefined && { processes: rule.process }),
    ...(rule.user !== undefined && { users: rule.user }),
  };
}

type ParsedOverrides = NonNullable<
  NonNullable<ParsedConfig["alerts"]>["override"]
>;

function buildOverrides(
  overrides: ParsedOverrides,
): Readonly<Record<string, AlertOverride>> {
  return Object.fromEntries(
    Object.entries(overrides).flatMap(([name, override]) =>
      override === undefined ? [] : [[name, {
        labels: override.labels ?? {},
        annotations: override.annotations ?? {},
        ...(override.for !== undefined && { for: override.for }),
        ...(override.severity !== undefined && { severity: override.severity }),
      }]]
    ),
  );
}
