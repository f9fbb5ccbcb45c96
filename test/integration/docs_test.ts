/** What the pages say of other files, of metrics and of PromQL holds. */

import { assert, assertEquals } from "@std/assert";
import { catalog } from "../../src/metrics/catalog.ts";
import { runCommand } from "../support/program.ts";
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

Deno.test("the pages ask for the Deno that the build takes", () => {
  const [, version] = /^DENO_VERSION=(\S+)$/m
    .exec(Deno.readTextFileSync("tools/toolchain.sh")) ?? [];
  for (const page of ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"]) {
    const [, wanted] =
      /`npm` \S+ Deno ([\d.]*\d)/.exec(pages.get(`./${page}`) ?? "") ?? [];
    assertEquals(wanted, version, page);
  }
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

Deno.test("the README lists every alert as the rules have it", () => {
  const readme = pages.get("./README.md") ?? "";
  const listed = [
    ...readme.matchAll(/^\| `(Port\w+)` +\| (\w+) +\| (.+?) +\|$/gm),
  ]
    .map(([, ...cells]) => cells);
  const text = Deno.readTextFileSync("rules/rules.yml");
  // The first one of a name is that of most ports.
  const found = new Map(
    [...text.matchAll(
      /- alert: "?(\w+)"?[\s\S]*?severity: "?(\w+)"?[\s\S]*?summary: "(.*)"/g,
    )].map(([, ...cells]) => [cells[0], cells] as const).reverse(),
  );
  assert(found.size > 5, `only ${found.size} alerts`);
  for (const alert of found.values()) {
    assertEquals(listed.filter(([name]) => name === alert[0]), [alert]);
  }
});

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** Rows of a table of docs/dependencies.md. */
function readPackages(heading: string): readonly Package[] {
  const text = pages.get("docs/dependencies.md") ?? "";
  const [, section = ""] = text.split(`## ${heading}\n`);
  return [
    ...section.replace(/\n## [\s\S]*/, "").matchAll(
      /^\| `([^`]+)` +\| (\S+) +\| (\S+) +\|/gm,
    ),
  ].map(([, name = "", version = "", license = ""]) => ({
    name,
    version,
    license,
  }));
}

/** What `deno info` says of modules. */
async function readInfo(...args: readonly string[]) {
  const { stdout } = await runCommand([
    Deno.execPath(),
    "info",
    "--json",
    ...args,
  ]);
  return JSON.parse(stdout);
}

/** `valibot` of `npm:valibot@1.5.0`, or of `npm:/valibot@1.5.0/x.js`. */
function parsePackageName(specifier: string): string | undefined {
  return /^npm:\/?((?:@[^/]+\/)?[^@/]+)/.exec(specifier)?.[1];
}

/** Packages whose code is reached from a module; types are not code. */
async function findBundled(entry: string): Promise<readonly string[]> {
  const { roots, modules } = await readInfo(entry);
  const bySpecifier = new Map<string, {
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier: string };
    }[];
  }>(
    modules.map((module: { specifier: string }) => [module.specifier, module]),
  );
  const seen = new Set<string>(roots);
  for (const specifier of seen) {
    for (const { code } of bySpecifier.get(specifier)?.dependencies ?? []) {
      if (code !== undefined) seen.add(code.specifier);
    }
  }
  return [...seen].flatMap((specifier) => parsePackageName(specifier) ?? []);
}

Deno.test("the page of dependencies lists what is in the binary, and what is not", async () => {
  const bundled = new Set([
    ...await findBundled("src/main.ts"),
    ...await findBundled("src/web/password_worker.ts"),
  ]);
  const names = (heading: string) =>
    readPackages(heading).map(({ name }) => name).sort();
  assertEquals(names("In the binary"), [...bundled].sort());
  const { imports } = JSON.parse(Deno.readTextFileSync("deno.json"));
  const wanted = new Set(
    Object.values<string>(imports).flatMap((specifier) =>
      parsePackageName(specifier) ?? []
    ),
  );
  assertEquals(
    names("For tests and tools"),
    [...wanted].filter((name) => !bundled.has(name)).sort(),
  );
});

Deno.test("the page of dependencies states the versions and licences of the packages", async () => {
  const { npmCache } = await readInfo();
  const packages = [
    ...readPackages("In the binary"),
    ...readPackages("For tests and tools"),
  ];
  assert(packages.length > 10, `only ${packages.length} packages`);
  const [registry] = Deno.readDirSync(npmCache);
  for (const { name, version, license } of packages) {
    const path =
      `${npmCache}/${registry?.name}/${name}/${version}/package.json`;
    const stated = JSON.parse(Deno.readTextFileSync(path));
    assertEquals({ name, license }, { name, license: stated.license });
  }
});

Deno.test("the copyright file names the packages in the binary, and has the text of their licences", () => {
  const text = Deno.readTextFileSync("packaging/debian/copyright");
  const [, files = ""] = /^Files: usr\/bin\/.*\n([\s\S]*?)\n\n/m.exec(text) ??
    [];
  const [copyright = "", licenses = ""] = files.split("License: ");
  const named = [...copyright.matchAll(/\(([^)]+)\)$/gm)]
    .flatMap(([, names = ""]) => names.split(", "));
  const packages = readPackages("In the binary");
  assert(packages.length > 5, `only ${packages.length} packages`);
  for (const { name, license } of packages) {
    assert(named.includes(name), `${name} is not named`);
    // Debian calls it after where it was first used.
    const called = license === "MIT" ? "Expat" : license;
    assert(licenses.split(" and ").includes(called), `${called} of ${name}`);
    assert(text.includes(`\n\nLicense: ${called}\n `), `text of ${called}`);
  }
});
