/**
 * Renders the completion script for bash. Pure.
 *
 * Words and variables are those of "Programmable Completion" in the manual of
 * bash. The script needs bash alone, not the package bash-completion.
 *
 * @module
 */

import type {
  CommandLine,
  OperandReference,
  OptionReference,
} from "./command_line.ts";

/** Renders the script; it ends with a newline. */
export function renderBashCompletion(commandLine: CommandLine): string {
  const { commands, defaultCommand, optionsOf } = commandLine;
  const branches = Object.entries(commands).map(([name, { operand }]) =>
    renderBranch(name, { operand, options: optionsOf(name) })
  );
  return `# Completes port_exporter in bash; made by \`port_exporter completion bash\`.

_port_exporter() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  local command=${defaultCommand} option='' prefix='' assigned='' options='' words='' files=''
  local IFS=$' \\t\\n'
  COMPREPLY=()

  # --name=VALUE is three words here, or one when COMP_WORDBREAKS has no "=".
  if [[ $word == = ]]; then
    option=$before word='' assigned=yes
  elif [[ $before == = ]]; then
    option=\${COMP_WORDS[COMP_CWORD - 2]} assigned=yes
  elif [[ $word == --*=* ]]; then
    option=\${word%%=*} prefix=\${word%%=*}= word=\${word#*=} assigned=yes
  else
    option=$before
  fi

  if ((COMP_CWORD > 1)) && [[ \${COMP_WORDS[1]} != -* ]]; then
    command=\${COMP_WORDS[1]}
  fi
  case $command in
${branches.join("\n")}
    *) return ;;
  esac

  if [[ $files$words == '' ]]; then
    [[ $assigned ]] && return
    if ((COMP_CWORD == 1)) && [[ $word != -* ]]; then
      words='${Object.keys(commands).join(" ")}'
    else
      words=$options
    fi
  fi
  if [[ $files ]]; then
    mapfile -t COMPREPLY < <(compgen -f -P "$prefix" -- "$word")
    compopt -o filenames 2>/dev/null
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -P "$prefix" -- "$word")
    if [[ \${COMPREPLY[0]-} == *= ]]; then compopt -o nospace 2>/dev/null; fi
  fi
}

complete -F _port_exporter port_exporter
`;
}

/** The branch of a command: what may stand here. */
function renderBranch(
  command: string,
  { operand, options }: {
    readonly operand: OperandReference | undefined;
    readonly options: readonly (readonly [string, OptionReference])[];
  },
): string {
  const words = options.map(([name, { placeholder }]) =>
    placeholder === undefined ? `--${name}` : `--${name}=`
  );
  const valueBranches = options.flatMap(([name, definition]) => {
    const action = renderValueAction(definition);
    return action === undefined ? [] : [`        --${name}) ${action} ;;`];
  });
  return [
    `    ${command})`,
    `      options='${words.join(" ")}'`,
    `      case $option in`,
    ...valueBranches,
    ...(operand === undefined ? [] : [
      `        *) [[ $assigned || $word == -* ]] || ${
        operand.choices === undefined
          ? "files=yes"
          : `words='${operand.choices.join(" ")}'`
      } ;;`,
    ]),
    "      esac",
    "      ;;",
  ].join("\n");
}

function renderValueAction(
  { placeholder, choices }: OptionReference,
): string | undefined {
  if (choices !== undefined) return `words='${choices.join(" ")}'`;
  if (placeholder === "PATH") return "files=yes";
  return placeholder === undefined ? undefined : "return";
}
