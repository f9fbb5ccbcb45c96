/**
 * Renders the completion script for zsh. Pure.
 *
 * The specifications are those of `_arguments` and `_describe` in zshcompsys(1).
 *
 * @module
 */

import type {
  CommandLine,
  OperandReference,
  OptionReference,
} from "./command_line.ts";

/**
 * Renders the script; it ends with a newline. It can stand in a file named
 * `_port_exporter` on `fpath`, or be sourced.
 */
export function renderZshCompletion(commandLine: CommandLine): string {
  const { commands, defaultCommand, optionsOf } = commandLine;
  const descriptions = Object.entries(commands).map(([name, { summary }]) =>
    `    ${quote(`${name}:${escapeColons(summary)}`)}`
  );
  const branches = Object.entries(commands).map(([name, { operand }]) =>
    renderBranch(name, [
      ...optionsOf(name).map(renderOption),
      ...(operand === undefined ? [] : [renderOperand(operand)]),
    ])
  );
  return `#compdef port_exporter
# Completes port_exporter in zsh; made by \`port_exporter completion zsh\`.

_port_exporter() {
  local command=${defaultCommand}
  local -a commands=(
${descriptions.join("\n")}
  )

  if [[ $words[2] != -* ]]; then
    if (( CURRENT == 2 )); then
      _describe command commands
      return
    fi
    command=$words[2]
    shift words
    (( CURRENT-- ))
  fi
  case $command in
${branches.join("\n")}
  esac
}

if [[ $funcstack[1] == _port_exporter ]]; then
  _port_exporter "$@"
else
  compdef _port_exporter port_exporter
fi
`;
}

function renderBranch(
  command: string,
  specifications: readonly string[],
): string {
  return [
    `    ${command})`,
    ["      _arguments :", ...specifications.map(quote)].join(" \\\n        "),
    "      ;;",
  ].join("\n");
}

function renderOption(
  [name, definition]: readonly [string, OptionReference],
): string {
  const { placeholder, choices, repeatable, help } = definition;
  const star = repeatable === undefined ? "" : "*";
  const explained = `[${help.replace(/[\\[\]]/g, "\\$&")}]`;
  if (placeholder === undefined) return `${star}--${name}${explained}`;
  return `${star}--${name}=${explained}:${placeholder}:${
    choices === undefined
      ? placeholder === "PATH" ? "_files" : " "
      : `(${choices.join(" ")})`
  }`;
}

function renderOperand({ usage, choices }: OperandReference): string {
  const message = usage.replace(/[^A-Z]/g, "");
  return choices === undefined
    ? `*:${message}:_files`
    : `1:${message}:(${choices.join(" ")})`;
}

function escapeColons(text: string): string {
  return text.replace(/[\\:]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
