/** `completion`: what real shells offer with the scripts that it prints. */

import { assertEquals } from "@std/assert";
import { commandNames } from "../../src/cli/options.ts";
import { type Finished, runCommand, runProgram } from "../support/program.ts";

/** How a shell is asked what it offers at the end of a line. */
const shells: Readonly<
  Record<string, {
    readonly packaged: string;
    readonly ask: (script: string, line: string) => readonly string[];
  }>
> = {
  bash: {
    packaged: "packaging/completion/port_exporter.bash",
    ask: (script, line) => [
      ...["bash", "--noprofile", "--norc"],
      `${Deno.cwd()}/test/support/complete.bash`,
      ...[script, line],
    ],
  },
  zsh: {
    packaged: "packaging/completion/_port_exporter",
    ask: (script, line) => [
      ...["zsh", "-f", `${Deno.cwd()}/test/support/complete.zsh`],
      ...[script, line],
    ],
  },
  fish: {
    packaged: "packaging/completion/port_exporter.fish",
    ask: (script, line) => [
      ...["fish", "--no-config", "--command"],
      "source $argv[1]; complete --do-complete $argv[2]",
      ...[script, line],
    ],
  },
};

/** What is offered, as one shell or another writes it. */
const cases: readonly (readonly [line: string, offered: string])[] = [
  ["", commandNames.join(" ")],
  ["v", "validate version"],
  ["discover --f", "--format --filebeat"],
  ["schema -", "--help"],
  ["schema --config", ""],
  // Without a command it is serve.
  ["--web.e", "--web.exporter-metrics"],
  ["--log.level=info --sc", "--scan.interval"],
  ["--log.level info --sc", "--scan.interval"],
  // The choices are those of the command.
  ["check --format=", "table json"],
  ["check --format ", "table json"],
  ["rules --format=", "prometheus operator mimir"],
  ["rules --format=m", "mimir"],
  ["rules --tests --format m", "mimir"],
  ["scrape-config --targets=", ""],
  ["serve --log.format=", "logfmt json"],
  // Paths only where a path is wanted.
  ["validate --config.file=po", "ports.yml"],
  ["validate --config.file po", "ports.yml"],
  ["--config.file=po", "ports.yml"],
  ["rules --config.file=ports.yml --rule-file=ru", "rules.yml"],
  ["discover --filebeat=ports.yml ru", "rules.yml"],
  ["check po", ""],
  ["check --format=po", ""],
  // What stands beside the options.
  ["help val", "validate"],
  ["completion ", "bash zsh fish"],
  ["completion z", "zsh"],
];

/** Candidates alone: fish adds descriptions and what stands before "=". */
function normalize(output: string): readonly string[] {
  return output.split("\n").filter((line) => line !== "").map((line) =>
    line.replace(/\t.*/, "").replace(/=$/, "").replace(/^--[^=]+=/, "")
  ).sort();
}

for (const [shell, { packaged, ask }] of Object.entries(shells)) {
  Deno.test(`${shell} offers what the command line takes`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "port_exporter-" });
    try {
      const script = `${directory}/script`;
      const { stdout } = await runProgram("completion", shell);
      await Deno.writeTextFile(script, stdout);
      await Deno.writeTextFile(`${directory}/ports.yml`, "");
      await Deno.writeTextFile(`${directory}/rules.yml`, "");
      await Promise.all(cases.map(async ([line, offered]) => {
        const { stdout, stderr } = await runCommand([
          ...["env", `--chdir=${directory}`],
          ...ask(script, `port_exporter ${line}`),
        ]);
        assertEquals(
          { offered: normalize(stdout), stderr },
          { offered: offered.split(" ").filter(Boolean).sort(), stderr: "" },
          line,
        );
      }));
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });

  Deno.test(`completion ${shell} prints the script that is packaged`, async () => {
    assertEquals(
      await runProgram("completion", shell),
      {
        code: 0,
        stdout: await Deno.readTextFile(packaged),
        stderr: "",
      } satisfies Finished,
    );
  });
}

Deno.test("bash completes --option=VALUE that it does not break in words", async () => {
  const ask = (line: string) =>
    runCommand([
      ...["bash", "--noprofile", "--norc", "-c"],
      "COMP_WORDBREAKS=${COMP_WORDBREAKS//=}; source test/support/complete.bash",
      ...["bash", "packaging/completion/port_exporter.bash", line],
    ]);
  assertEquals(
    (await ask("port_exporter check --format=j")).stdout,
    "--format=json\n",
  );
  assertEquals(
    (await ask("port_exporter check --config.file=LIC")).stdout,
    "--config.file=LICENSE\n",
  );
});
