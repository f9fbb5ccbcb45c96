/**
 * Renders the completion script for fish. Pure.
 *
 * The switches are those of `complete` in the manual of fish.
 *
 * @module
 */

import type {
  CommandLine,
  OperandReference,
  OptionReference,
} from "./command_line.ts";

/** Renders the script; it ends with a newline. */
export function renderFishCompletion(commandLine: CommandLine): string {
  const { commands, defaultCommand, optionsOf } = commandLine;
  const names = Object.entries(commands).map(([name, { summary }]) =>
    `complete -c port_exporter -n __port_exporter_is_first -a ${name} -d ${
      quote(summary)
    }`
  );
  const blocks = Object.entries(commands).map(([name, { operand }]) => {
    const condition = quote(`test (__port_exporter_command) = ${name}`);
    return [
      ...optionsOf(name).map(renderOption),
      ...(operand === undefined ? [] : [renderOperand(operand)]),
    ].map((offer) => `complete -c port_exporter -n ${condition} ${offer}`)
      .join("\n");
  });
  return `# Completes port_exporter in fish; made by \`port_exporter completion fish\`.

# The command that stands on the line so far.
function __port_exporter_command
    set -l words (commandline -opc)
    if not set -q words[2]; or string match -q -- '-*' $words[2]
        echo ${defaultCommand}
    else
        echo $words[2]
    end
end

# Whether the word at the cursor is the first one.
function __port_exporter_is_first
    test (count (commandline -opc)) -eq 1
end

complete -c port_exporter -f
${names.join("\n")}

${blocks.join("\n\n")}
`;
}

function renderOption(
  [name, { placeholder, choices, help }]: readonly [string, OptionReference],
): string {
  const value = placeholder === undefined
    ? ""
    : choices !== undefined
    ? ` -x -a ${quote(choices.join(" "))}`
    : placeholder === "PATH"
    ? " -r -F"
    : " -x";
  return `-l ${name}${value} -d ${quote(help)}`;
}

function renderOperand({ choices }: OperandReference): string {
  return choices === undefined ? "-F" : `-a ${quote(choices.join(" "))}`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
