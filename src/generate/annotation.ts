/**
 * The texts of an alert, which Prometheus expands as templates
 * (https://prometheus.io/docs/prometheus/latest/configuration/template_reference/).
 *
 * A text may use a label and the value, as `{{ $labels.port }}` and
 * `{{ $value }}`. Everything else is text, `{{` included: a broken template
 * would make Prometheus refuse the file, and any other function of templates
 * could fail when the alert fires.
 *
 * @module
 */

import type { LabelName } from "./promql.ts";

/** A piece of an annotation. */
export type AnnotationPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "label"; readonly label: string }
  | { readonly kind: "value"; readonly format: "plain" | "rounded" };

/** A parsed annotation. */
export type Annotation = readonly AnnotationPart[];

/** What an annotation is expanded with. */
export interface Expansion {
  /** Labels of the series that the expression gives. */
  readonly labels: Readonly<Record<string, string>>;
  /** Value of the expression, a whole number. */
  readonly value: number;
}

/** The template of a label that an expression gives. */
export function labelOf(label: LabelName): string {
  return `{{ $labels.${label} }}`;
}

/** The template of the value, rounded to a whole number. */
export const roundedValue = '{{ $value | printf "%.0f" }}';

const PART =
  /\{\{ *\$labels\.(?<label>[A-Za-z_]\w*) *\}\}|\{\{ *\$value *(?<rounded>\| *printf "%\.0f" *)?\}\}/g;

/** Takes an annotation apart. */
export function parseAnnotation(text: string): Annotation {
  const parts: AnnotationPart[] = [];
  let end = 0;
  const addText = (text: string) => {
    if (text !== "") parts.push({ kind: "text", text });
  };
  for (const match of text.matchAll(PART)) {
    addText(text.slice(end, match.index));
    end = match.index + match[0].length;
    const { label, rounded } = match.groups ?? {};
    parts.push(
      label !== undefined ? { kind: "label", label } : {
        kind: "value",
        format: rounded === undefined ? "plain" : "rounded",
      },
    );
  }
  addText(text.slice(end));
  return parts;
}

/** An annotation that is nothing but this text. */
export function plainText(text: string): Annotation {
  return [{ kind: "text", text }];
}

/** Renders the template that Prometheus expands to the annotation. */
export function renderTemplate(annotation: Annotation): string {
  return annotation.map((part) => {
    switch (part.kind) {
      case "text":
        // A brace at the end would go together with those of the next part.
        return part.text.replace(/\{\{|\{$/g, (braces) => `{{"${braces}"}}`);
      case "label":
        return `{{ $labels.${part.label} }}`;
      case "value":
        return part.format === "plain" ? "{{ $value }}" : roundedValue;
      default:
        return part satisfies never;
    }
  }).join("");
}

/** Expands an annotation as Prometheus does. */
export function expandAnnotation(
  annotation: Annotation,
  { labels, value }: Expansion,
): string {
  return annotation.map((part) => {
    switch (part.kind) {
      case "text":
        return part.text;
      case "label":
        return labels[part.label] ?? "";
      case "value":
        return String(value);
      default:
        return part satisfies never;
    }
  }).join("");
}
