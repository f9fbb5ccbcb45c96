import { assert, assertEquals } from "@std/assert";
import { renderHelp } from "../../src/cli/help.ts";
import {
  type CommandName,
  commandNames,
  commands,
  optionsOf,
} from "../../src/cli/options.ts";

for (const topic of [undefined, ...commandNames]) {
  const title = topic ?? "the program";

  Deno.test(`renderHelp() of ${title} fits a terminal of 80 columns`, () => {
    const lines = renderHelp(topic).split("\n");
    assertEquals(lines.filter((line) => line.length > 80), []);
    assertEquals(lines.filter((line) => line !== line.trimEnd()), []);
    assertEquals(lines.at(-1), "");
  });
}

Deno.test("renderHelp() lists every command with its summary", () => {
  const lines = renderHelp().split("\n");
  for (const name of commandNames) {
    const line = lines.find((line) => line.startsWith(`  ${name} `));
    assert(line?.endsWith(commands[name].summary), name);
  }
});

for (const name of commandNames) {
  Deno.test(`renderHelp() of ${name} lists every option`, () => {
    const text = renderHelp(name);
    assert(text.startsWith(`Usage: port_exporter ${name} [OPTION...]`));
    for (const [option, { placeholder }] of optionsOf(name)) {
      const shown = placeholder === undefined
        ? `--${option}`
        : `--${option}=${placeholder}`;
      assert(
        text.split("\n").some((line) => line.startsWith(`  ${shown} `)),
        shown,
      );
    }
  });
}

Deno.test("renderHelp() shows what stands beside the options", () => {
  const usageOf = (name: CommandName) => renderHelp(name).split("\n")[0];
  assertEquals(
    usageOf("completion"),
    "Usage: port_exporter completion [OPTION...] SHELL",
  );
  assertEquals(usageOf("check"), "Usage: port_exporter check [OPTION...]");
});
