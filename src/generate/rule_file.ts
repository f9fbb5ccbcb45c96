/**
 * Renders alerting rules as Prometheus, the Prometheus Operator or mimirtool
 * read them. Pure.
 *
 * Only fields that Prometheus 2.42 knows: it refuses a whole file for one that
 * it does not.
 *
 * @module
 */

import { labelOf, plainText, renderTemplate } from "./annotation.ts";
import { type AlertingRule, mapValues } from "./rules.ts";
import { renderComments, renderYaml, type YamlValue } from "./rule_yaml.ts";

/** Forms of the output. */
export type RuleFormat = "prometheus" | "operator" | "mimir";

/** Who made a file of what. */
export interface RuleSource {
  /** Version of the program. */
  readonly version: string;
  /** Names of the configuration files, without their folders. */
  readonly configNames: readonly string[];
}

/** What a rule file is rendered from. */
export interface RuleFileInput {
  /** The rules. */
  readonly rules: readonly AlertingRule[];
  /** The `job` label that they select; names their group. */
  readonly job: string;
  /** Who made the file of what. */
  readonly source: RuleSource;
}

/**
 * Renders a rule file.
 *
 * @throws {SyntaxError} when there is no rule
 */
export function renderRules(
  { rules, job, source }: RuleFileInput,
  format: RuleFormat,
): string {
  if (rules.length === 0) {
    throw new SyntaxError(
      "Cannot make rules: the configuration gives none, want at least one",
    );
  }
  const groups = [{ name: job, rules: rules.map(toYaml) }];
  return renderHeader(source, "rules") +
    renderYaml(wrapGroups(groups, { job, format }));
}

/** The comment at the head of a file. */
export function renderHeader(
  { version, configNames }: RuleSource,
  command: string,
): string {
  return renderComments([
    `Made by port_exporter ${version} (port_exporter ${command}) from ${
      configNames.join(", ")
    }.`,
    "Do not edit: change the configuration and make it again.",
  ]);
}

function wrapGroups(
  groups: readonly YamlValue[],
  { job, format }: { readonly job: string; readonly format: RuleFormat },
): { readonly [key: string]: YamlValue } {
  switch (format) {
    case "prometheus":
      return { groups };
    case "operator":
      return {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: { name: toResourceName(job) },
        spec: { groups },
      };
    case "mimir":
      return { namespace: job, groups };
    default:
      return format satisfies never;
  }
}

/** A name as Kubernetes wants it: RFC 1123, lower case letters, digits, `-`. */
function toResourceName(text: string): string {
  const name = text.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 63)
    .replace(/^-+|-+$/g, "");
  return name === "" ? "port-exporter" : name;
}

function toYaml(rule: AlertingRule): YamlValue {
  return {
    alert: rule.alert,
    expr: rule.expression,
    ...(rule.for.seconds > 0 && { for: rule.for.text }),
    labels: {
      ...mapValues(rule.labels, (text) => renderTemplate(plainText(text))),
      ...Object.fromEntries(
        rule.repeatedLabels.map((label) => [label, labelOf(label)]),
      ),
    },
    annotations: mapValues(rule.annotations, renderTemplate),
  };
}
