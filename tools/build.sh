#!/bin/sh
# Builds one binary: tools/build.sh OUTPUT [x86_64|aarch64]
#
# Bundles first, then compiles the one file: compiling the modules embeds whole
# npm packages, and overflows the compiler's stack on one of them. --jitless
# keeps 10 MB of memory and lets the unit forbid writable executable memory.
# --heap-growing-percent has V8 collect garbage when the heap has grown by half,
# 8 MB at least; otherwise it lets it grow with the memory of the machine.
# All permissions, because Deno reads nothing below /proc with less; the unit
# is the sandbox.
#
# Equal sources give equal bytes: of what the compiler puts in, the path of
# Deno's cache and the time of the bundle differ between builds. Both are
# replaced, the time by SOURCE_DATE_EPOCH or that of the commit.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
output=$1
arch=${2:-$(uname -m)}
cd "$root"

export DENO_TLS_CA_STORE="${DENO_TLS_CA_STORE:-system,mozilla}"
deno=$(tools/toolchain.sh deno)
denort=$(tools/toolchain.sh denort "$arch")
if [ "$denort" != download ]; then
  export DENORT_BIN="$denort"
fi

revision=$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
if [ "$revision" != unknown ] && [ -n "$(git status --porcelain 2>/dev/null)" ]; then
  revision=$revision-dirty
fi

epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}

# A folder without package.json or node_modules: what lies beside the bundle
# would be embedded.
work=.build/compile-$arch
rm -rf "$work"
mkdir -p "$work" "$(dirname "$output")"
paths='s#^(// |  ")[^"]*/npm/[^/"]+/#\1npm/#'
"$deno" bundle --quiet --frozen --platform=deno --output "$work/bundle.js" src/main.ts
sed -E -e "s/@REVISION@/$revision/" -e "$paths" "$work/bundle.js" >"$work/port_exporter.js"
rm "$work/bundle.js"
# The worker that checks passwords; the name is the one that the code uses.
"$deno" bundle --quiet --frozen --platform=deno --output "$work/worker.js" src/web/password_worker.ts
sed -E "$paths" "$work/worker.js" >"$work/password_worker.ts"
rm "$work/worker.js"
"$deno" run --quiet --no-config --allow-read="$work" --allow-write="$work" tools/write_ascii.ts \
  "$work/port_exporter.js"
touch -d "@$epoch" "$work/port_exporter.js" "$work/password_worker.ts"
"$deno" compile --quiet --no-check --no-config --no-lock --no-code-cache --allow-all --no-prompt \
  --unstable-net --include "$work/password_worker.ts" \
  --v8-flags=--jitless,--max-semi-space-size=1,--heap-growing-percent=50,--expose-gc \
  --target "$arch-unknown-linux-gnu" \
  --output "$work/port_exporter" "$work/port_exporter.js"
mv "$work/port_exporter" "$output"
