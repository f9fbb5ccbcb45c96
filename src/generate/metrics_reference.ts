/**
 * Renders the reference page of the metrics from their catalog. Pure.
 *
 * @module
 */

import type { MetricDefinition } from "../metrics/catalog.ts";

/**
 * Renders one section a metric, in the order of the catalog.
 *
 * @param definitionsByName The catalog
 * @returns Markdown that ends with a newline
 */
export function renderMetricsReference(
  definitionsByName: Readonly<Record<string, MetricDefinition>>,
): string {
  return `${
    [HEAD, ...Object.entries(definitionsByName).map(renderMetric)].join("\n\n")
  }\n`;
}

const HEAD =
  `<!-- Made by \`make generate\` from src/metrics/catalog.ts. Do not edit. -->

# Metrics

Target labels are \`protocol\`, \`port\`, \`name\` and the labels that the
configuration gives the target. A value that cannot be known is absent: it is
never shown as 0.`;

function renderMetric(
  [name, definition]: readonly [string, MetricDefinition],
): string {
  const { type, help, unit, absent, example } = definition;
  return `## ${name}

${help}

- Type: ${type}
- Unit: ${unit}
- Labels: ${describeLabels(definition)}
- Absent: ${absent}

\`\`\`promql
${example}
\`\`\``;
}

function describeLabels({ perTarget, labels }: MetricDefinition): string {
  return [
    ...(perTarget ? ["target labels"] : []),
    ...labels.map((label) => `\`${label}\``),
  ].join(", ") || "none";
}
