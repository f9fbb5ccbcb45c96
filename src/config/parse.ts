/**
 * Turns the text of a configuration file into a {@linkcode Config} or into the
 * list of all its mistakes. Pure.
 *
 * @module
 */

import * as v from "valibot";
import type {
  AlertOverride,
  Config,
  Duration,
  IgnoreRule,
  PortRange,
  Target,
} from "./config.ts";
import { describeIssues } from "./describe_issue.ts";
import { type Diagnostic, parseDocument } from "./document.ts";
import { configSchema, type ParsedConfig } from "./schema.ts";
import { checkWhole, findDuplicates, MAX_TARGETS } from "./whole.ts";

/** A configuration, or everything that is wrong with it. */
export type ParseResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

/** Parses the text of a file that is a whole configuration. */
export function parseConfig(text: string): ParseResult {
  const result = parseConfigPart(text);
  if (!result.ok) return result;
  const errors = checkWhole(result.config);
  return errors.length > 0 ? { ok: false, errors } : result;
}

/** Parses the text of a file that others add to: it may have no port. */
export function parseConfigPart(text: string): ParseResult {
  const document = parseDocument(text);
  if (!document.ok) return document;
  const parsed = v.safeParse(configSchema, document.value);
  if (!parsed.success) {
    return { ok: false, errors: describeIssues(parsed.issues, configSchema) };
  }
  return buildConfig(parsed.output, document.value);
}

const defaultDuration: Duration = { text: "1m", seconds: 60 };

type ParsedEntry = NonNullable<ParsedConfig["ports"]>[number];

function buildConfig(parsed: ParsedConfig, raw: unknown): ParseResult {
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
  const duplicates = findDuplicates(targets);
  if (duplicates.length > 0) return { ok: false, errors: duplicates };
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
