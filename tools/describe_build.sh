# Sourced by the scripts that package: what this build is called, and when it
# was made. The time is that of the commit, so that equal sources give equal
# bytes.
# shellcheck shell=sh

# shellcheck disable=SC2034  # used by who sources it
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' deno.json)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
date=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%d)

# The name that Go, Debian and the Prometheus family have for a machine.
name_machine() {
  case "$1" in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *)
      echo "Cannot package for \"$1\": want x86_64 or aarch64" >&2
      return 1
      ;;
  esac
}

# The manual page with the date of this build.
print_man_page() {
  sed "/^\.TH /s/\"\"/\"$date\"/" packaging/port_exporter.1
}
