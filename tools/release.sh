#!/bin/sh
# Makes all files of a release and their checksums: tools/release.sh DIRECTORY
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

output=$1
rm -rf "$output"
for arch in x86_64 aarch64; do
  tools/archive.sh "$arch" "$output"
  tools/deb.sh "$arch" "$output"
done
cd "$output"
LC_ALL=C sha256sum -- * >SHA256SUMS
echo "$output/SHA256SUMS"
