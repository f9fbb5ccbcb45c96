# Sourced by the scripts that package, which take x86_64 or aarch64 and a
# directory: what the build is called, when it was made, where it goes. The time
# is that of the commit, so that equal sources give equal bytes.
# shellcheck shell=sh disable=SC2034  # variables are used by who sources it

version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' deno.json)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
date=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%d)

# The name that Go, Debian and the Prometheus family have for a machine.
case "$1" in
  x86_64) machine=amd64 ;;
  aarch64) machine=arm64 ;;
  *)
    echo "Cannot package for \"$1\": want x86_64 or aarch64" >&2
    exit 1
    ;;
esac
output=$2
mkdir -p "$output"

# The manual page with the date of this build.
print_man_page() {
  sed "/^\.TH /s/\"\"/\"$date\"/" packaging/port_exporter.1
}
