# Completes port_exporter in bash; made by `port_exporter completion bash`.

_port_exporter() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local command=serve option='' prefix='' assigned='' options='' words='' files=''
  local IFS=$' \t\n'
  COMPREPLY=()

  # --name=VALUE is three words here, or one when COMP_WORDBREAKS has no "=".
  if [[ $word == = ]]; then
    option=$before word='' assigned=yes
  elif [[ $before == = ]]; then
    option=${COMP_WORDS[COMP_CWORD - 2]} assigned=yes
  elif [[ $word == --*=* ]]; then
    option=${word%%=*} prefix=${word%%=*}= word=${word#*=} assigned=yes
  else
    option=$before
  fi

  if ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} != -* ]]; then
    command=${COMP_WORDS[1]}
  fi
  case $command in
    serve)
      options='--config.file= --web.listen-address= --web.config.file= --web.exporter-metrics --path.procfs= --scan.interval= --log.level= --log.format= --version --help'
      case $option in
        --config.file) files=yes ;;
        --web.listen-address) return ;;
        --web.config.file) files=yes ;;
        --path.procfs) files=yes ;;
        --scan.interval) return ;;
        --log.level) words='debug info warn error' ;;
        --log.format) words='logfmt json' ;;
      esac
      ;;
    check)
      options='--config.file= --path.procfs= --format= --log.level= --log.format= --help'
      case $option in
        --config.file) files=yes ;;
        --path.procfs) files=yes ;;
        --format) words='table json' ;;
        --log.level) words='debug info warn error' ;;
        --log.format) words='logfmt json' ;;
      esac
      ;;
    metrics)
      options='--config.file= --path.procfs= --log.level= --log.format= --help'
      case $option in
        --config.file) files=yes ;;
        --path.procfs) files=yes ;;
        --log.level) words='debug info warn error' ;;
        --log.format) words='logfmt json' ;;
      esac
      ;;
    discover)
      options='--path.procfs= --format= --filebeat= --log.level= --log.format= --help'
      case $option in
        --path.procfs) files=yes ;;
        --format) words='table json yaml' ;;
        --filebeat) files=yes ;;
        --log.level) words='debug info warn error' ;;
        --log.format) words='logfmt json' ;;
        *) [[ $assigned || $word == -* ]] || files=yes ;;
      esac
      ;;
    rules)
      options='--config.file= --format= --tests --rule-file= --help'
      case $option in
        --config.file) files=yes ;;
        --format) words='prometheus operator mimir' ;;
        --rule-file) files=yes ;;
      esac
      ;;
    dashboard)
      options='--config.file= --help'
      case $option in
        --config.file) files=yes ;;
      esac
      ;;
    scrape-config)
      options='--config.file= --web.config.file= --format= --targets= --help'
      case $option in
        --config.file) files=yes ;;
        --web.config.file) files=yes ;;
        --format) words='static file_sd' ;;
        --targets) return ;;
      esac
      ;;
    validate)
      options='--config.file= --web.config.file= --path.procfs= --help'
      case $option in
        --config.file) files=yes ;;
        --web.config.file) files=yes ;;
        --path.procfs) files=yes ;;
      esac
      ;;
    schema)
      options='--help'
      case $option in
      esac
      ;;
    version)
      options='--help'
      case $option in
      esac
      ;;
    completion)
      options='--help'
      case $option in
        *) [[ $assigned || $word == -* ]] || words='bash zsh fish' ;;
      esac
      ;;
    help)
      options='--help'
      case $option in
        *) [[ $assigned || $word == -* ]] || words='serve check metrics discover rules dashboard scrape-config validate schema version completion help' ;;
      esac
      ;;
    *) return ;;
  esac

  if [[ $files$words == '' ]]; then
    [[ $assigned ]] && return
    if ((COMP_CWORD == 1)) && [[ $word != -* ]]; then
      words='serve check metrics discover rules dashboard scrape-config validate schema version completion help'
    else
      words=$options
    fi
  fi
  if [[ $files ]]; then
    mapfile -t COMPREPLY < <(compgen -f -P "$prefix" -- "$word")
    compopt -o filenames 2>/dev/null
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -P "$prefix" -- "$word")
    if [[ ${COMPREPLY[0]-} == *= ]]; then compopt -o nospace 2>/dev/null; fi
  fi
}

complete -F _port_exporter port_exporter
