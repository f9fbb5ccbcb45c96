# Prints what bash offers at the end of a line, a candidate a line.
# Usage: bash --noprofile --norc complete.bash SCRIPT LINE
#
# Words are split as readline does it: at blanks, and around each "=" while
# COMP_WORDBREAKS has one.

# shellcheck source=/dev/null
source "$1"
line=$2
[[ $COMP_WORDBREAKS == *=* ]] && line=${line//=/ = }
read -r -a COMP_WORDS <<<"$line"
# After a blank a new, empty word begins.
[[ $2 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
"$(complete -p port_exporter | sed 's/.*-F \([^ ]*\).*/\1/')"
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
