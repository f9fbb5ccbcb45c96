/**
 * Makes alerting rules of a configuration: only those that it can make fire.
 * Pure.
 *
 * @module
 */

import {
  type AlertName,
  alertNames,
  mandatoryAlertNames,
} from "../config/alert_names.ts";
import type {
  AlertsConfig,
  Config,
  Duration,
  Severity,
  Target,
} from "../config/config.ts";
import { parseDuration } from "../config/duration.ts";
import { type AlertDefinition, alerts, TARGETS_FOR } from "./alerts.ts";
import { type Annotation, parseAnnotation, plainText } from "./annotation.ts";
import { type Expression, type LabelName, oneOf } from "./promql.ts";
import {
  applySelection,
  everything,
  selectAllBut,
  type Selection,
  selectOnly,
} from "./target_selection.ts";

/** One alerting rule. */
export interface AlertingRule {
  /** Name of the alert. */
  readonly alert: AlertName;
  /** When it is active. */
  readonly expression: Expression;
  /** How long it must be active before it fires; 0: not at all. */
  readonly for: Duration;
  /** Labels of the alert, as texts. */
  readonly labels: Readonly<Record<string, string>>;
  /** Labels of the series that the rule names again, to no effect. */
  readonly repeatedLabels: readonly LabelName[];
  /** Annotations by name. */
  readonly annotations: Readonly<Record<string, Annotation>>;
  /** The targets that it is about; none when it is about none in particular. */
  readonly targets: readonly Target[];
}

/** Makes the rules of a configuration, in the order of the alerts. */
export function buildRules(config: Config): readonly AlertingRule[] {
  return alertNames.flatMap((alert) =>
    config.alerts.disable.includes(alert) &&
      !mandatoryAlertNames.includes(alert)
      ? []
      : buildRulesOf(alert, config)
  );
}

function buildRulesOf(
  alert: AlertName,
  config: Config,
): readonly AlertingRule[] {
  const definition = alerts[alert];
  const { scope } = definition;
  const override = config.alerts.override[alert];
  if (scope.kind === "config") {
    if (!scope.wanted(config)) return [];
    return [buildRule(alert, config, {
      selection: everything,
      severity: override?.severity ?? definition.severity,
      for: override?.for ?? parseDuration(definition.for ?? "0"),
      targets: [],
      repeatedLabels: [],
    })];
  }
  const targets = config.targets.filter(scope.concerns);
  const groups = [
    ...Map.groupBy(targets, (target) => {
      const { severity, for: wait } = judge(definition, target, override);
      return `${severity} ${wait.seconds}`;
    }).values(),
  ];
  // What most targets have is the rule for all, and for targets to come.
  const main = groups.reduce<readonly Target[]>(
    (largest, group) => group.length > largest.length ? group : largest,
    [],
  );
  const ordered = [main, ...groups.filter((group) => group !== main)];
  const seenBySeverity = new Map<Severity, number>();
  return ordered.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const own = new Set(group);
    const others = targets.filter((target) => !own.has(target));
    const judgement = judge(definition, first, override);
    const seen = seenBySeverity.get(judgement.severity) ?? 0;
    seenBySeverity.set(judgement.severity, seen + 1);
    return [buildRule(alert, config, {
      selection: group === main
        ? selectAllBut(others, group)
        : selectOnly(group, others),
      ...judgement,
      targets: group,
      repeatedLabels: REPEATED_LABELS[seen] ?? [],
    })];
  });
}

/**
 * Labels that do not change an alert when a rule sets them to what they are.
 * Rules that differ in nothing but their expression and `for` need one:
 * `promtool check rules` calls them duplicates.
 */
const REPEATED_LABELS: readonly (readonly LabelName[])[] = [
  [],
  ["name"],
  ["port"],
  ["protocol"],
  ["name", "port"],
  ["name", "protocol"],
  ["port", "protocol"],
  ["name", "port", "protocol"],
];

const SEVERITIES: readonly Severity[] = ["info", "warning", "critical"];

/**
 * How bad an alert of a target is, and how long it waits. A drop on a port that
 * is worth an info is no warning; an override has the last word.
 */
function judge(
  definition: AlertDefinition,
  target: Target,
  override: AlertsConfig["override"][string] | undefined,
): { readonly severity: Severity; readonly for: Duration } {
  const lower = Math.min(
    SEVERITIES.indexOf(definition.severity),
    SEVERITIES.indexOf(target.severity),
  );
  return {
    severity: override?.severity ?? SEVERITIES[lower] ?? definition.severity,
    for: override?.for ??
      (definition.for === TARGETS_FOR
        ? target.for
        : parseDuration(definition.for ?? "0")),
  };
}

function buildRule(
  alert: AlertName,
  config: Config,
  { selection, severity, ...rest }: {
    readonly selection: Selection;
    readonly severity: Severity;
    readonly for: Duration;
    readonly targets: readonly Target[];
    readonly repeatedLabels: readonly LabelName[];
  },
): AlertingRule {
  const { job, labels, runbookUrl, override } = config.alerts;
  const { summary, description, buildExpression } = alerts[alert];
  return {
    alert,
    expression: buildExpression({
      scraped: [oneOf("job", [job])],
      targetCount: config.targets.length,
      select: (build) => applySelection(selection, build),
    }),
    labels: { severity, ...labels, ...override[alert]?.labels },
    annotations: {
      summary: parseAnnotation(summary),
      description: parseAnnotation(description),
      ...(runbookUrl !== undefined &&
        { runbook_url: plainText(runbookUrl.replaceAll("{alert}", alert)) }),
      ...mapValues(override[alert]?.annotations ?? {}, parseAnnotation),
    },
    ...rest,
  };
}

/** Changes the values of a record. */
export function mapValues<Value, Result>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Readonly<Record<string, Result>> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, change(value)]),
  );
}
