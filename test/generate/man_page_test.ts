import { assert, assertEquals } from "@std/assert";
import { commandLine } from "../../src/cli/command_line.ts";
import { renderManPage } from "../../src/generate/man_page.ts";

/** Lines of the page from a heading to the next one. */
function renderSection(
  heading: string,
  page = renderManPage(commandLine, "1.2.3"),
): readonly string[] {
  const lines = page.split("\n");
  const start = lines.indexOf(heading);
  assert(start >= 0, heading);
  const length = lines.slice(start + 1).findIndex((line) =>
    /^\.S[HS] /.test(line)
  );
  return lines.slice(start + 1, start + 1 + length);
}

Deno.test("renderManPage() names the version", () => {
  assertEquals(
    renderManPage(commandLine, "1.2.3").split("\n")[1],
    '.TH PORT_EXPORTER 1 "" "port_exporter 1.2.3" "User Commands"',
  );
});

Deno.test("renderManPage() has every command with its options, in their order", () => {
  for (const [name, { operand }] of Object.entries(commandLine.commands)) {
    const heading = operand === undefined ? name : `${name} ${operand.usage}`;
    assertEquals(
      renderSection(`.SS ${heading.replaceAll("-", "\\-")}`)
        .flatMap((line) => /^\\fB(.*?)\\fR/.exec(line)?.[1] ?? [])
        .map((option) => option.replaceAll("\\-", "-")),
      commandLine.optionsOf(name).map(([option]) => `--${option}`),
      name,
    );
  }
});

Deno.test("renderManPage() hides from roff what would be a request", () => {
  const page = renderManPage({
    ...commandLine,
    commands: {
      scan: {
        summary: ".TH-like text",
        details: "'quoted' C:\\new",
      },
    },
    optionsOf: () => [],
  }, "1.2.3");
  assertEquals(renderSection(".SS scan", page), [
    "\\&.TH\\-like text. 'quoted' C:\\enew",
  ]);
});
