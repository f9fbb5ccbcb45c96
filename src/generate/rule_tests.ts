/**
 * Makes unit tests for alerting rules, as `promtool test rules` reads them
 * (https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/).
 *
 * Every rule is seen to fire with its exact labels and annotations, and not
 * yet just before; every alert is seen to stay quiet. Pure.
 *
 * @module
 */

import type { AlertName } from "../config/alert_names.ts";
import type { Config } from "../config/config.ts";
import {
  buildWatchedTargets,
  type WatchedTarget,
} from "../model/watched_target.ts";
import {
  type InputSeries,
  otherJob,
  type Scenario,
  scenarios,
  type Subject,
} from "./alert_scenarios.ts";
import { expandAnnotation } from "./annotation.ts";
import { renderYaml, type YamlValue } from "./rule_yaml.ts";
import { renderHeader, type RuleSource } from "./rule_file.ts";
import type { AlertingRule } from "./rules.ts";

/** What tests are made of. */
export interface RuleTestsInput {
  /** The rules to test. */
  readonly rules: readonly AlertingRule[];
  /** The configuration that they were made of. */
  readonly config: Config;
  /** Who made the file of what. */
  readonly source: RuleSource;
  /** Path of the rule file, as seen from the tests. */
  readonly ruleFile: string;
}

/** Renders the unit tests of rules. */
export function renderRuleTests(
  { rules, config, source, ruleFile }: RuleTestsInput,
): string {
  const clock = chooseClock(rules);
  const targets = buildWatchedTargets(config);
  const watchedByTarget = new Map(
    targets.map((watched) => [watched.target, watched]),
  );
  const cases = rules.map((rule): RuleCase => {
    const [target = config.targets[0]] = rule.targets;
    const watched = target && watchedByTarget.get(target);
    return {
      rule,
      scenario: scenarios[rule.alert],
      moments: findMoments(rule, clock),
      job: config.alerts.job,
      watched: watched ?? NO_TARGET,
      targets,
    };
  });
  const tests = [...Map.groupBy(cases, ({ rule }) => rule.alert)].flatMap(
    ([alert, cases]) => {
      const endSeconds = Math.max(
        ...cases.map(({ moments }) => moments.fireSeconds),
      );
      return [
        ...cases.map((ruleCase) =>
          buildFiringTest(ruleCase, { clock, endSeconds })
        ),
        buildQuietTest(alert, cases, { clock, endSeconds }),
      ];
    },
  );
  return renderHeader(source, "rules --tests") + renderYaml({
    rule_files: [ruleFile],
    evaluation_interval: toDuration(clock.evaluationSeconds),
    tests,
  });
}

/** A rule and what its tests need. */
interface RuleCase extends Omit<Subject, "timeline"> {
  readonly rule: AlertingRule;
  readonly scenario: Scenario;
  readonly moments: Moments;
}

/** Stands for the target in scenarios that are about none. */
const NO_TARGET: WatchedTarget = {
  target: {
    protocol: "udp",
    port: 1,
    name: "",
    labels: {},
    address: { kind: "any" },
    severity: "info",
    for: { text: "0", seconds: 0 },
    place: "",
  },
  key: "",
  labels: {},
  matchesAddress: () => true,
};

/** How time passes in the tests. */
interface Clock {
  /** Seconds between two samples, well below five minutes: so far goes a look. */
  readonly intervalSeconds: number;
  /** Seconds between two evaluations of the rules. */
  readonly evaluationSeconds: number;
}

/** Most evaluations until an alert fires, unless each took over an hour. */
const MAX_EVALUATIONS = 240;

/** Long waits take long steps, or promtool would be at it for minutes. */
function chooseClock(rules: readonly AlertingRule[]): Clock {
  const longest = Math.max(0, ...rules.map((rule) => rule.for.seconds));
  const evaluationSeconds =
    [15, 60, 300, 900].find((seconds) =>
      longest <= MAX_EVALUATIONS * seconds
    ) ?? 3600;
  return {
    intervalSeconds: Math.min(60, evaluationSeconds),
    evaluationSeconds,
  };
}

/** Samples before things go wrong. */
const GOOD_COUNT = 8;

/** When what happens, in seconds from the start of a test. */
interface Moments {
  /** The first bad sample. */
  readonly changeSeconds: number;
  /** The last evaluation at which the alert does not fire; below 0: none. */
  readonly lastQuietSeconds: number;
  /** The first evaluation at which it fires. */
  readonly fireSeconds: number;
}

function findMoments(
  { alert, for: wait }: AlertingRule,
  clock: Clock,
): Moments {
  const { startsWell, delaySeconds } = scenarios[alert];
  const { intervalSeconds, evaluationSeconds } = clock;
  const evaluationAfter = (seconds: number) =>
    Math.ceil(seconds / evaluationSeconds) * evaluationSeconds;
  const changeSeconds = startsWell ? GOOD_COUNT * intervalSeconds : 0;
  const fireSeconds = evaluationAfter(changeSeconds + delaySeconds) +
    evaluationAfter(wait.seconds);
  return {
    changeSeconds,
    lastQuietSeconds: fireSeconds - evaluationSeconds,
    fireSeconds,
  };
}

/** When a test ends. */
interface TestFrame {
  readonly clock: Clock;
  readonly endSeconds: number;
}

function buildSubject(
  { job, watched, targets, scenario, moments }: RuleCase,
  { clock: { intervalSeconds }, endSeconds }: TestFrame,
): Subject {
  return {
    job,
    watched,
    targets,
    timeline: {
      intervalSeconds,
      goodCount: scenario.startsWell ? GOOD_COUNT : 0,
      badCount: (endSeconds - moments.changeSeconds) / intervalSeconds + 1,
    },
  };
}

/**
 * One rule fires. The last look is when every rule of the alert would: it shows
 * that the others leave this target alone.
 */
function buildFiringTest(ruleCase: RuleCase, frame: TestFrame): YamlValue {
  const { rule, scenario, moments } = ruleCase;
  const { changeSeconds, lastQuietSeconds, fireSeconds } = moments;
  const subject = buildSubject(ruleCase, frame);
  const labels = scenario.labels(subject);
  const expectAlert = (seconds: number): YamlValue => {
    const intervals = (seconds - changeSeconds) / frame.clock.intervalSeconds;
    const value = scenario.value(subject, intervals);
    const allLabels = { ...labels, ...rule.labels };
    return {
      exp_labels: allLabels,
      exp_annotations: Object.fromEntries(
        Object.entries(rule.annotations).map(([name, annotation]) => [
          name,
          expandAnnotation(annotation, { labels, value }),
        ]),
      ),
    };
  };
  const fires = [...new Set([fireSeconds, frame.endSeconds])];
  const { protocol, port, name } = subject.watched.target;
  return buildTest({
    name: `${rule.alert} fires${
      rule.targets.length === 0 ? "" : ` for ${protocol}/${port}/${name}`
    }`,
    alert: rule.alert,
    series: scenario.firing(subject),
    clock: frame.clock,
    expectations: [
      ...(lastQuietSeconds < 0
        ? []
        : [{ seconds: lastQuietSeconds, alerts: [] }]),
      ...fires.map((seconds) => ({ seconds, alerts: [expectAlert(seconds)] })),
    ],
  });
}

/** No rule of an alert fires, not even for another job. */
function buildQuietTest(
  alert: AlertName,
  cases: readonly RuleCase[],
  frame: TestFrame,
): YamlValue {
  const series = cases.flatMap((ruleCase) => {
    const { scenario, job } = ruleCase;
    const subject = buildSubject(ruleCase, frame);
    return [
      ...scenario.quiet(subject),
      ...scenario.firing({ ...subject, job: otherJob(job) }),
    ];
  });
  const moments = new Set(cases.map(({ moments }) => moments.fireSeconds));
  return buildTest({
    name: `${alert} stays quiet`,
    alert,
    // Rules of one alert share what is the host's.
    series: [
      ...new Map(series.map((input) => [input.series, input])).values(),
    ],
    clock: frame.clock,
    expectations: [...moments].sort((a, b) => a - b)
      .map((seconds) => ({ seconds, alerts: [] })),
  });
}

function buildTest(
  { name, alert, series, clock, expectations }: {
    readonly name: string;
    readonly alert: AlertName;
    readonly series: readonly InputSeries[];
    readonly clock: Clock;
    readonly expectations: readonly {
      readonly seconds: number;
      readonly alerts: readonly YamlValue[];
    }[];
  },
): YamlValue {
  return {
    name,
    interval: toDuration(clock.intervalSeconds),
    input_series: series.map(({ series, values }) => ({ series, values })),
    alert_rule_test: expectations.map(({ seconds, alerts }) => ({
      eval_time: toDuration(seconds),
      alertname: alert,
      exp_alerts: alerts,
    })),
  };
}

/** Minutes where they are whole, else seconds. */
function toDuration(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
