# Completes port_exporter in fish; made by `port_exporter completion fish`.

# The command that stands on the line so far.
function __port_exporter_command
    set -l words (commandline -opc)
    if not set -q words[2]; or string match -q -- '-*' $words[2]
        echo serve
    else
        echo $words[2]
    end
end

# Whether the word at the cursor is the first one.
function __port_exporter_is_first
    test (count (commandline -opc)) -eq 1
end

complete -c port_exporter -f
complete -c port_exporter -n __port_exporter_is_first -a serve -d 'Serve the metrics over HTTP (the default)'
complete -c port_exporter -n __port_exporter_is_first -a check -d 'Scan once and print the state of every target'
complete -c port_exporter -n __port_exporter_is_first -a metrics -d 'Scan once and print the metrics'
complete -c port_exporter -n __port_exporter_is_first -a discover -d 'Print what listens here, or a configuration made from it'
complete -c port_exporter -n __port_exporter_is_first -a rules -d 'Print Prometheus alerting rules for the configuration'
complete -c port_exporter -n __port_exporter_is_first -a dashboard -d 'Print a Grafana dashboard for the configuration'
complete -c port_exporter -n __port_exporter_is_first -a scrape-config -d 'Print the entry of scrape_configs for Prometheus'
complete -c port_exporter -n __port_exporter_is_first -a validate -d 'Check the configuration and report every mistake'
complete -c port_exporter -n __port_exporter_is_first -a schema -d 'Print the JSON Schema of the configuration, for editors'
complete -c port_exporter -n __port_exporter_is_first -a version -d 'Print the version'
complete -c port_exporter -n __port_exporter_is_first -a completion -d 'Print a completion script for bash, zsh or fish'
complete -c port_exporter -n __port_exporter_is_first -a help -d 'Explain a command'

complete -c port_exporter -n 'test (__port_exporter_command) = serve' -l config.file -r -F -d 'Configuration file, or a folder whose *.yml and *.yaml files make one'
complete -c port_exporter -n 'test (__port_exporter_command) = serve' -l web.listen-address -x -d 'Where to listen: ":9117", "host:9117" or "[::1]:9117"'
complete -c port_exporter -n 'test (__port_exporter_command) = serve' -l web.config.file -r -F -d 'Web configuration of the Prometheus exporters: TLS, passwords and headers, see docs/web-config.md'
complete -c port_exporter -n 'test (__port_exporter_command) = serve' -l web.exporter-metrics -d 'Also expose process_* metrics of the exporter itself'
complete -c port_exporter -n 'test (__port_exporter_command) = serve' -l path.procfs -r -F -d 'Where procfs is mounted; with another path than /proc the sockets of its process 1 are read'
complete -c port_exporter -n 'test (__port_exporter_command) = serve' -l scan.interval -x -d 'How often to look at the ports between scrapes; 0 for never. It stretches by itself to stay below 1 % of one core'
complete -c port_exporter -n 'test (__port_exporter_command) = serve' -l log.level -x -a 'debug info warn error' -d 'Lowest level to log'
complete -c port_exporter -n 'test (__port_exporter_command) = serve' -l log.format -x -a 'logfmt json' -d 'Format of the log'
complete -c port_exporter -n 'test (__port_exporter_command) = serve' -l version -d 'Print the version'
complete -c port_exporter -n 'test (__port_exporter_command) = serve' -l help -d 'Explain the command'

complete -c port_exporter -n 'test (__port_exporter_command) = check' -l config.file -r -F -d 'Configuration file, or a folder whose *.yml and *.yaml files make one'
complete -c port_exporter -n 'test (__port_exporter_command) = check' -l path.procfs -r -F -d 'Where procfs is mounted; with another path than /proc the sockets of its process 1 are read'
complete -c port_exporter -n 'test (__port_exporter_command) = check' -l format -x -a 'table json' -d 'Form of the output'
complete -c port_exporter -n 'test (__port_exporter_command) = check' -l log.level -x -a 'debug info warn error' -d 'Lowest level to log'
complete -c port_exporter -n 'test (__port_exporter_command) = check' -l log.format -x -a 'logfmt json' -d 'Format of the log'
complete -c port_exporter -n 'test (__port_exporter_command) = check' -l help -d 'Explain the command'

complete -c port_exporter -n 'test (__port_exporter_command) = metrics' -l config.file -r -F -d 'Configuration file, or a folder whose *.yml and *.yaml files make one'
complete -c port_exporter -n 'test (__port_exporter_command) = metrics' -l path.procfs -r -F -d 'Where procfs is mounted; with another path than /proc the sockets of its process 1 are read'
complete -c port_exporter -n 'test (__port_exporter_command) = metrics' -l log.level -x -a 'debug info warn error' -d 'Lowest level to log'
complete -c port_exporter -n 'test (__port_exporter_command) = metrics' -l log.format -x -a 'logfmt json' -d 'Format of the log'
complete -c port_exporter -n 'test (__port_exporter_command) = metrics' -l help -d 'Explain the command'

complete -c port_exporter -n 'test (__port_exporter_command) = discover' -l path.procfs -r -F -d 'Where procfs is mounted; with another path than /proc the sockets of its process 1 are read'
complete -c port_exporter -n 'test (__port_exporter_command) = discover' -l format -x -a 'table json yaml' -d 'Form of the output'
complete -c port_exporter -n 'test (__port_exporter_command) = discover' -l filebeat -r -F -d 'File or folder of Filebeat to read the ports from'
complete -c port_exporter -n 'test (__port_exporter_command) = discover' -l log.level -x -a 'debug info warn error' -d 'Lowest level to log'
complete -c port_exporter -n 'test (__port_exporter_command) = discover' -l log.format -x -a 'logfmt json' -d 'Format of the log'
complete -c port_exporter -n 'test (__port_exporter_command) = discover' -l help -d 'Explain the command'
complete -c port_exporter -n 'test (__port_exporter_command) = discover' -F

complete -c port_exporter -n 'test (__port_exporter_command) = rules' -l config.file -r -F -d 'Configuration file, or a folder whose *.yml and *.yaml files make one'
complete -c port_exporter -n 'test (__port_exporter_command) = rules' -l format -x -a 'prometheus operator mimir' -d 'Form of the output'
complete -c port_exporter -n 'test (__port_exporter_command) = rules' -l tests -d 'Print the unit tests of the rules instead'
complete -c port_exporter -n 'test (__port_exporter_command) = rules' -l rule-file -r -F -d 'With --tests: the rule file that the tests name'
complete -c port_exporter -n 'test (__port_exporter_command) = rules' -l help -d 'Explain the command'

complete -c port_exporter -n 'test (__port_exporter_command) = dashboard' -l config.file -r -F -d 'Configuration file, or a folder whose *.yml and *.yaml files make one'
complete -c port_exporter -n 'test (__port_exporter_command) = dashboard' -l help -d 'Explain the command'

complete -c port_exporter -n 'test (__port_exporter_command) = scrape-config' -l config.file -r -F -d 'Configuration file, or a folder whose *.yml and *.yaml files make one'
complete -c port_exporter -n 'test (__port_exporter_command) = scrape-config' -l web.config.file -r -F -d 'Web configuration of the Prometheus exporters: TLS, passwords and headers, see docs/web-config.md'
complete -c port_exporter -n 'test (__port_exporter_command) = scrape-config' -l format -x -a 'static file_sd' -d 'Form of the output'
complete -c port_exporter -n 'test (__port_exporter_command) = scrape-config' -l targets -x -d 'Host and port to scrape, or several separated by commas; 9117 when there is no port'
complete -c port_exporter -n 'test (__port_exporter_command) = scrape-config' -l help -d 'Explain the command'

complete -c port_exporter -n 'test (__port_exporter_command) = validate' -l config.file -r -F -d 'Configuration file, or a folder whose *.yml and *.yaml files make one'
complete -c port_exporter -n 'test (__port_exporter_command) = validate' -l web.config.file -r -F -d 'Web configuration of the Prometheus exporters: TLS, passwords and headers, see docs/web-config.md'
complete -c port_exporter -n 'test (__port_exporter_command) = validate' -l path.procfs -r -F -d 'Where procfs is mounted; with another path than /proc the sockets of its process 1 are read'
complete -c port_exporter -n 'test (__port_exporter_command) = validate' -l help -d 'Explain the command'

complete -c port_exporter -n 'test (__port_exporter_command) = schema' -l help -d 'Explain the command'

complete -c port_exporter -n 'test (__port_exporter_command) = version' -l help -d 'Explain the command'

complete -c port_exporter -n 'test (__port_exporter_command) = completion' -l help -d 'Explain the command'
complete -c port_exporter -n 'test (__port_exporter_command) = completion' -a 'bash zsh fish'

complete -c port_exporter -n 'test (__port_exporter_command) = help' -l help -d 'Explain the command'
complete -c port_exporter -n 'test (__port_exporter_command) = help' -a 'serve check metrics discover rules dashboard scrape-config validate schema version completion help'
