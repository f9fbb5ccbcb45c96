import { assert, assertEquals } from "@std/assert";
import { renderMetricsReference } from "../../src/generate/metrics_reference.ts";
import { catalog } from "../../src/metrics/catalog.ts";

Deno.test("renderMetricsReference() tells all that the catalog says of a metric", () => {
  const page = renderMetricsReference({
    port_state: {
      type: "gauge",
      help: "State of the target.",
      perTarget: true,
      labels: ["state", "since"],
      unit: "1 or 0",
      absent: "while it is unknown",
      example: 'port_state{state!="up"} == 1',
    },
  });
  assertEquals(
    page.slice(page.indexOf("## ")),
    `## port_state

State of the target.

- Type: gauge
- Unit: 1 or 0
- Labels: target labels, \`state\`, \`since\`
- Absent: while it is unknown

\`\`\`promql
port_state{state!="up"} == 1
\`\`\`
`,
  );
});

Deno.test("renderMetricsReference() says so when a metric has no labels", () => {
  const page = renderMetricsReference({
    port_exporter_things: {
      type: "counter",
      help: "Things.",
      perTarget: false,
      labels: [],
      unit: "things",
      absent: "never",
      example: "port_exporter_things",
    },
  });
  assert(page.includes("\n- Labels: none\n"));
});

Deno.test("renderMetricsReference() warns of editing and explains target labels once", () => {
  const page = renderMetricsReference(catalog);
  assert(page.startsWith("<!-- Made by `make generate` from "));
  assertEquals(page.split("Target labels are ").length, 2);
});

Deno.test("renderMetricsReference() has a section for each metric, in the catalog's order", () => {
  assertEquals(
    [...renderMetricsReference(catalog).matchAll(/^## (.*)$/gm)]
      .map(([, name]) => name),
    Object.keys(catalog),
  );
});

Deno.test("renderMetricsReference() shows every help text and example", () => {
  const page = renderMetricsReference(catalog);
  for (const { help, example } of Object.values(catalog)) {
    assert(page.includes(`\n\n${help}\n\n`), help);
    assert(page.includes(`\n\`\`\`promql\n${example}\n\`\`\`\n`), example);
  }
});

Deno.test("renderMetricsReference() renders the same page every time", () => {
  assertEquals(
    renderMetricsReference(catalog),
    renderMetricsReference(catalog),
  );
});
