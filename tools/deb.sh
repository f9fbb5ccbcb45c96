#!/bin/sh
# Makes the Debian package: tools/deb.sh x86_64|aarch64 DIRECTORY
#
# dpkg-deb alone: a binary, a unit and a configuration file need no debhelper.
# The package is called port-exporter, because a Debian name has no "_".
set -eu

cd "$(dirname "$0")/.."
. tools/describe_build.sh

stage=.build/deb-$machine
doc=$stage/usr/share/doc/port-exporter
maintainer='port_exporter maintainers <port_exporter@example.org>'
rm -rf "$stage"
mkdir -p "$stage/DEBIAN"

put() { # put MODE PATH: writes stdin to a file of the package
  mkdir -p "$(dirname "$stage/$2")"
  cat >"$stage/$2"
  chmod "$1" "$stage/$2"
}

tools/build.sh "$stage/usr/bin/port_exporter" "$1"
put 644 usr/lib/systemd/system/port_exporter.service <packaging/port_exporter.service
put 644 etc/port_exporter/ports.yml <packaging/ports.yml
put 644 etc/default/port_exporter <packaging/port_exporter.default
put 644 usr/share/bash-completion/completions/port_exporter <packaging/completion/port_exporter.bash
put 644 usr/share/zsh/vendor-completions/_port_exporter <packaging/completion/_port_exporter
put 644 usr/share/fish/vendor_completions.d/port_exporter.fish <packaging/completion/port_exporter.fish
print_man_page | gzip -n -9 | put 644 usr/share/man/man1/port_exporter.1.gz
put 644 usr/share/doc/port-exporter/README.md <README.md
put 644 usr/share/doc/port-exporter/copyright <packaging/debian/copyright
put 644 usr/share/lintian/overrides/port-exporter <packaging/debian/lintian-overrides
gzip -n -9 <CHANGELOG.md | put 644 usr/share/doc/port-exporter/changelog.gz
gzip -n -9 <<END | put 644 usr/share/doc/port-exporter/changelog.Debian.gz
port-exporter ($version-1) unstable; urgency=medium

  * Release of port_exporter $version; changelog.gz says what changed.

 -- $maintainer  $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")
END
mkdir -p "$doc/examples"
cp -R rules "$doc/examples/rules"
cp -R docs "$doc/docs"

put 644 DEBIAN/conffiles <<END
/etc/default/port_exporter
/etc/port_exporter/ports.yml
END
for script in postinst prerm postrm; do
  put 755 "DEBIAN/$script" <"packaging/debian/$script"
done
# The newest version of a symbol that the binary asks for.
libc=$(readelf --version-info --wide "$stage/usr/bin/port_exporter" |
  grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1)
put 644 DEBIAN/control <<END
Package: port-exporter
Version: $version-1
Architecture: $machine
Maintainer: $maintainer
Installed-Size: $(du -k -s --apparent-size --exclude=DEBIAN "$stage" | cut -f1)
Depends: libc6 (>= ${libc#GLIBC_}), libgcc-s1 (>= 4.2)
Section: net
Priority: optional
Description: Prometheus exporter that tells whether ports are bound
 port_exporter reads the socket tables of the kernel and tells Prometheus for
 each configured UDP or TCP port whether a socket is bound to it, who owns the
 socket, and what it drops. It sends no probe, runs no command and writes no
 file.
 .
 From the same configuration it makes the alerting rules, their unit tests and
 a Grafana dashboard.
 .
 Installing the package starts nothing: the configuration is an example.
END
(cd "$stage" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' |
  LC_ALL=C sort -z | xargs -0 md5sum) | put 644 DEBIAN/md5sums

# Modes and times of this host are kept out.
chmod -R u=rwX,go=rX "$stage"
find "$stage" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
package=$output/port-exporter_$version-1_$machine.deb
# One thread, because the bytes depend on their number; level 1, because 6 takes
# thrice the time for a tenth of the size.
export DPKG_DEB_COMPRESSOR_TYPE="${DPKG_DEB_COMPRESSOR_TYPE:-xz}" DPKG_DEB_COMPRESSOR_LEVEL=1
dpkg-deb --root-owner-group --threads-max=1 --build "$stage" "$package" >/dev/null
rm -rf "$stage"
echo "$package"
