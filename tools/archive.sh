#!/bin/sh
# Makes the archive of a release: tools/archive.sh x86_64|aarch64 DIRECTORY
set -eu

cd "$(dirname "$0")/.."
. tools/describe_build.sh

name=port_exporter-$version.linux-$machine
stage=.build/archive-$machine
rm -rf "$stage"
mkdir -p "$stage/$name"

tools/build.sh "$stage/$name/port_exporter" "$1"
cp -R LICENSE README.md CHANGELOG.md docs rules packaging/completion \
  packaging/ports.yml packaging/port_exporter.default packaging/port_exporter.service "$stage/$name"
# The licences of what the binary holds ask for it.
cp packaging/debian/copyright "$stage/$name"
print_man_page >"$stage/$name/port_exporter.1"

# Owner, order, times and modes of this host are kept out.
tar --format=gnu --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
  --mtime="@$SOURCE_DATE_EPOCH" -C "$stage" -cf - "$name" |
  gzip -n >"$output/$name.tar.gz"
rm -rf "$stage"
echo "$output/$name.tar.gz"
