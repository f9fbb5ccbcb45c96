# Prints what zsh offers at the end of a line, a candidate a line.
# Usage: zsh -f complete.zsh SCRIPT LINE
#
# An interactive zsh runs in a pseudo-terminal. Its compadd, the builtin that
# every completion ends in, writes down what it is given; with -A, -D or -O it
# only fills arrays for its caller.

zmodload zsh/zpty
results=$(mktemp)

zpty shell zsh -f -i
zpty -w shell "
  PS1=
  autoload -Uz compinit
  compinit -u -D
  source ${(q)1}
  compadd() {
    if [[ \${@[1,(i)(-|--)]} != *-[ADO]\\ * ]]; then
      local -a offered
      builtin compadd -O offered \"\$@\"
      (( \$#offered )) && print -rl -- \$offered >>${(q)results}
    fi
    builtin compadd \"\$@\"
  }
  offer() {
    _main_complete
    print end >>${(q)results}
  }
  zle -C offer complete-word offer
  bindkey '^I' offer
  print RE''ADY"
# The quotes keep the echo of these lines from matching.
zpty -r shell _ '*READY*'
zpty -w -n shell $2$'\t'
until [[ $(tail -n 1 $results) == end ]]; do sleep 0.02; done
zpty -d shell
sed '$d' $results
rm $results
