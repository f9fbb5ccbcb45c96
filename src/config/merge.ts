/**
 * Merges several configurations into one: the files of a host's folder, or
 * those of a fleet, for what is made for all of its hosts. Pure.
 *
 * @module
 */

import { type Config, listenersModeConfig, type Target } from "./config.ts";

/** A configuration and the file that it comes from. */
export interface ConfigFile {
  /** Path of the file, for messages. */
  readonly file: string;
  /** What stands in it. */
  readonly config: Config;
}

/** One configuration, or all contradictions between the files. */
export type MergeResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly errors: readonly string[] };

/**
 * Merges configurations.
 *
 * The same target in several files is one target, and its place names the
 * first of them. A section `alerts` or
 * `dashboard` that sets nothing leaves the word to the other files.
 */
export function mergeConfigs(files: readonly ConfigFile[]): MergeResult {
  const errors: string[] = [];
  const targets = mergeTargets(files, errors);
  const alerts = mergeSection(files, "alerts", errors);
  const dashboard = mergeSection(files, "dashboard", errors);
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    config: {
      targets,
      listeners: {
        enabled: files.some(({ config }) => config.listeners.enabled),
        ignore: files.flatMap(({ config }) => config.listeners.ignore),
      },
      alerts,
      dashboard,
    },
  };
}

function mergeTargets(
  files: readonly ConfigFile[],
  errors: string[],
): readonly Target[] {
  const firstByIdentity = new Map<
    string,
    { readonly file: string; readonly target: Target }
  >();
  // A range that differs is one mistake, however many ports it has.
  const conflictsByPlaces = new Map<string, Conflict>();
  for (const { file, config } of files) {
    for (const target of config.targets) {
      const { protocol, port, name, place } = target;
      const identity = `${protocol} ${port} ${name}`;
      const first = firstByIdentity.get(identity);
      if (first === undefined) {
        firstByIdentity.set(identity, { file, target });
        continue;
      }
      const keys = findDifferences(describe(first.target), describe(target));
      if (keys.length === 0) continue;
      const places = `${first.file} ${first.target.place} and ${file} ${place}`;
      const known = conflictsByPlaces.get(`${places} ${keys}`);
      conflictsByPlaces.set(
        `${places} ${keys}`,
        known === undefined
          ? { target, places, keys, more: 0 }
          : { ...known, more: known.more + 1 },
      );
    }
  }
  for (const { target, places, keys, more } of conflictsByPlaces.values()) {
    errors.push(
      `Cannot merge ${target.protocol} port ${target.port} with name ` +
        `${JSON.stringify(target.name)}${
          more > 0 ? ` and ${more} more` : ""
        }: ` +
        `${places} differ in ${keys.join(", ")}, ` +
        "want the same or another name",
    );
  }
  return Array.from(
    firstByIdentity.values(),
    ({ file, target }) =>
      files.length > 1
        ? { ...target, place: `${file} ${target.place}` }
        : target,
  );
}

interface Conflict {
  readonly target: Target;
  readonly places: string;
  readonly keys: readonly string[];
  /** Further ports of the same two places. */
  readonly more: number;
}

/** A target as a port entry says it; the order of a list means nothing. */
function describe(target: Target): Readonly<Record<string, unknown>> {
  const sorted = (list?: readonly string[]) => list?.toSorted();
  return {
    address: target.address,
    process: sorted(target.processes),
    unit: sorted(target.units),
    user: sorted(target.users),
    sockets: target.sockets,
    severity: target.severity,
    for: target.for.seconds,
    labels: target.labels,
  };
}

function mergeSection<Section extends "alerts" | "dashboard">(
  files: readonly ConfigFile[],
  section: Section,
  errors: string[],
): Config[Section] {
  const nothing = listenersModeConfig[section];
  const saying = files.filter(({ config }) =>
    findDifferences(config[section], nothing).length > 0
  );
  const [first, ...rest] = saying;
  if (first === undefined) return nothing;
  for (const { file, config } of rest) {
    const keys = findDifferences(first.config[section], config[section]);
    if (keys.length > 0) {
      errors.push(
        `Cannot merge ${section}: ${first.file} and ${file} differ in ` +
          `${keys.join(", ")}, want the same`,
      );
    }
  }
  return first.config[section];
}

/** Keys whose values differ. */
function findDifferences(a: object, b: object): readonly string[] {
  const left: Readonly<Record<string, unknown>> = { ...a };
  const right: Readonly<Record<string, unknown>> = { ...b };
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((key) => toKey(left[key]) !== toKey(right[key]))
    .map((key) => KEYS_IN_FILE[key] ?? key);
}

/** Keys that have another name in the file. */
const KEYS_IN_FILE: Readonly<Record<string, string>> = {
  runbookUrl: "runbook_url",
};

/** A text that is equal for equal values; the order of keys means nothing. */
function toKey(value: unknown): string | undefined {
  return JSON.stringify(
    value,
    (_, inner) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(
          Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1),
        )
        : inner,
  );
}
