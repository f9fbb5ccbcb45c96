#!/bin/sh
# Makes the root of a small Debian with systemd: test/e2e/make_root.sh SUITE OUTPUT.tar
#
# What the checks need and no more, so that they show what the package needs.
# MIRROR is where the packages come from.
set -eu

suite=$1
output=$2
mirror=${MIRROR:-http://deb.debian.org/debian}

mkdir -p "$(dirname "$output")"
work=$(mktemp -d "$(dirname "$output")/debootstrap.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
# A shell that is ended by a signal runs no EXIT trap.
trap 'exit 130' INT
trap 'exit 143' TERM

echo "making a root of Debian $suite from $mirror" >&2
# What it mounts ends with it.
unshare --mount debootstrap --variant=minbase \
  --include=systemd,systemd-sysv,dbus,libnss-systemd,rsyslog,curl \
  "$suite" "$work/root" "$mirror" >"$work/log" 2>&1 || {
  tail -n 20 "$work/log" >&2
  echo "Cannot make a root of Debian $suite from $mirror: debootstrap failed" >&2
  exit 1
}
# The container has its own /dev, installs nothing from the mirror, and is
# another machine every time.
rm -rf "$work/root/var/cache/apt/archives" "$work/root/var/lib/apt/lists"
: >"$work/root/etc/machine-id"
tar -C "$work/root" --exclude='./dev/*' --numeric-owner -cf "$work/root.tar" .
mv "$work/root.tar" "$output"
