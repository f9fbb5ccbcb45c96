/**
 * Runs every test and ends with `N passed, N failed`.
 *
 * Unit tests may read fixtures and nothing else, which proves that the parsers
 * do no other I/O. A test file that the runner did not see fails the run.
 * With the argument `packages` it runs the tests of the packages, which take
 * minutes, and with none all others.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a tool talks to people

interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly files: ReadonlySet<string>;
}

const JUNIT = ".build/junit.xml";

async function runSuite(args: readonly string[]): Promise<Report> {
  await Deno.mkdir(".build", { recursive: true });
  await Deno.remove(JUNIT).catch(() => {});
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", "--quiet", `--junit-path=${JUNIT}`, ...args],
    stdin: "null",
  });
  const { success } = await command.spawn().status;
  const xml = await Deno.readTextFile(JUNIT).catch(() => "");
  const count = (name: string) =>
    Number(new RegExp(`<testsuites[^>]* ${name}="(\\d+)"`).exec(xml)?.[1] ?? 0);
  const failed = count("failures") + count("errors");
  const files = [...xml.matchAll(/<testsuite name="([^"]*)"/g)]
    .map(([, name]) => name?.replace(/^.*?(?=\btest\/)/, "") ?? "");
  return {
    passed: count("tests") - failed - count("disabled"),
    // A suite that broke before its first test counts as one failure.
    failed: success ? failed : Math.max(failed, 1),
    files: new Set(files),
  };
}

function* findTestFiles(directory: string): Generator<string> {
  for (const entry of Deno.readDirSync(directory)) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory) yield* findTestFiles(path);
    else if (entry.name.endsWith("_test.ts")) yield path;
  }
}

const suite = Deno.args.join(" ");
if (suite !== "" && suite !== "packages") {
  console.error(
    `Cannot run tests ${JSON.stringify(suite)}: want "packages" or nothing`,
  );
  Deno.exit(2);
}
const ofPackages = suite === "packages";
const reports = ofPackages
  ? [await runSuite(["--allow-all", "test/packages"])]
  : [
    await runSuite([
      "--allow-read=fixtures",
      "--ignore=test/integration,test/packages",
      "test",
    ]),
    await runSuite(["--allow-all", "test/integration"]),
  ];
let passed = 0;
let failed = 0;
const seen = new Set<string>();
for (const report of reports) {
  passed += report.passed;
  failed += report.failed;
  for (const file of report.files) seen.add(file);
}
for (const file of findTestFiles("test")) {
  if (seen.has(file)) continue;
  if (file.startsWith("test/packages/") !== ofPackages) continue;
  console.error(`Cannot find tests of ${file}: the runner did not report it`);
  failed++;
}
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
