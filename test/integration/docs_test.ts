/** What the pages say of other files, of metrics and of PromQL holds. */

import { assert, assertEquals } from "@std/assert";
import { catalog } from "../../src/metrics/catalog.ts";
import { parseSelectors } from "../support/promql_tree.ts";

/** Pages by path. */
const pages = new Map(
  [
    ...listMarkdown("."),
    ...listMarkdown("docs"),
    ...listMarkdown("rules"),
  ].map((path) => [path, Deno.readTextFileSync(path)]),
);

function listMarkdown(directory: string): readonly string[] {
  return [...Deno.readDirSync(directory)]
    .filter(({ name }) => name.endsWith(".md"))
    .map(({ name }) => `${directory}/${name}`);
}

/** Whether it is a metric, or a series of a histogram or a summary. */
function isMetric(name: string): boolean {
  return name in catalog ||
    name.replace(/_(?:bucket|sum|count)$/, "") in catalog;
}

Deno.test("every link to a file of the project leads somewhere", () => {
  let links = 0;
  for (const [path, text] of pages) {
    const directory = path.replace(/[^/]*$/, "");
    for (const [, target = ""] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^https?:/.test(target)) continue;
      links++;
      assert(exists(`${directory}${target}`), `${path} links to ${target}`);
    }
  }
  assert(links > 10, `only ${links} links`);
});

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

Deno.test("every metric that a page names is one", () => {
  let found = 0;
  for (const [path, text] of pages) {
    for (
      const [name] of text.matchAll(/\bport_[a-z][a-z_]*[a-z]\b(?![.\w/-])/g)
    ) {
      if (name === "port_exporter" || path.endsWith("CHANGELOG.md")) continue;
      assert(isMetric(name), `${path} names ${name}`);
      found++;
    }
  }
  assert(found > 50, `only ${found} names`);
});

Deno.test("every PromQL expression of a page is one", () => {
  let expressions = 0;
  for (const [path, text] of pages) {
    for (const [, code = ""] of text.matchAll(/```promql\n([\s\S]*?)```/g)) {
      const selectors = parseSelectors(code.trim());
      assertEquals(
        selectors.map(({ name }) => name).filter((name) => !isMetric(name)),
        [],
        path,
      );
      expressions++;
    }
  }
  assert(expressions > 5, `only ${expressions} expressions`);
});
