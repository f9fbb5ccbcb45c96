# Thin: every target gets what it needs by itself. `make` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system

export DENO_TLS_CA_STORE ?= system,mozilla
export FUZZ_SECONDS FUZZ_SEED FUZZ_TARGET
DENO = deno=$$(tools/toolchain.sh deno) && "$$deno"
SOURCES := $(shell find src -name '*.ts') deno.json deno.lock tools/build.sh tools/toolchain.sh
ARGS ?=
# Puts the folders of this installation into a file of packaging/.
RELOCATE = sed 's|/usr/bin/|$(PREFIX)/bin/|g; s|/etc/|$(SYSCONFDIR)/|g'
SUITE ?= bookworm

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## build and serve the metrics of this host; ARGS='--config.file=…'
	dist/port_exporter serve $(ARGS)

.PHONY: build
build: dist/port_exporter ## build dist/port_exporter

dist/port_exporter: $(SOURCES)
	tools/build.sh $@

.PHONY: test
test: build ## run every test, the built binary and real servers included
	tools/toolchain.sh debian apache2-utils chromium curl fish iproute2 libfaketime man-db mandoc openssl procps \
		prometheus prometheus-alertmanager shellcheck socat strace systemd zsh
	$(DENO) run --quiet --allow-all tools/run_tests.ts

.PHONY: test-packages
test-packages: build ## test archives, Debian package and the arm64 binary, as root
	tools/toolchain.sh debian binutils libc6-arm64-cross libgcc-s1-arm64-cross lintian qemu-user-static
	$(DENO) run --quiet --allow-all tools/run_tests.ts packages

.PHONY: check
check: ## check format, lint rules, types and public docstrings
	$(DENO) task --quiet lint
	$(DENO) task --quiet check

.PHONY: generate
generate: ## write the derived files again: docs and golden outputs
	$(DENO) task --quiet generate

.PHONY: fresh
fresh: generate ## fail when a derived file is not what the sources give
	git diff --exit-code -- docs fixtures packaging rules README.md

.PHONY: audit
audit: ## ask the registry for known vulnerabilities of the dependencies
	$(DENO) audit --ignore-registry-errors

.PHONY: ci
ci: audit test-packages ## all that must be green before a merge: .ci/run, audit and test-packages
	.ci/run

.PHONY: bench
bench: build ## measure the cost of a scrape beside plain reads and other programs; ARGS=write
	tools/toolchain.sh debian iproute2 net-tools prometheus-node-exporter prometheus-process-exporter
	$(DENO) run --quiet --allow-all test/bench/bench.ts $(ARGS)

.PHONY: bench-growth
bench-growth: build ## measure how the cost of a scrape grows with the host; ARGS=write
	tools/toolchain.sh debian iproute2
	$(DENO) run --quiet --allow-all test/bench/growth.ts $(ARGS)

.PHONY: soak
soak: build ## everything at once for SOAK_SECONDS (120): leaks, lost scrapes, wrong verdicts; ARGS=write
	tools/toolchain.sh debian iproute2
	$(DENO) run --quiet --allow-all test/soak/soak.ts $(ARGS)

.PHONY: e2e-systemd
e2e-systemd: .build/e2e-$(SUITE).tar ## install the package in a booted container and check the service, as root; SUITE=trixie
	tools/toolchain.sh debian binutils systemd-container
	package=$$(tools/deb.sh "$$(uname -m)" dist) && \
		$(DENO) run --quiet --allow-all test/e2e/systemd.ts $< "$$package"

.build/e2e-%.tar: test/e2e/make_root.sh
	tools/toolchain.sh debian debootstrap
	test/e2e/make_root.sh $* $@

.PHONY: fuzz
fuzz: ## mutate good inputs of every parser for a minute; FUZZ_SECONDS=, FUZZ_SEED=, FUZZ_TARGET=
	@$(DENO) run --quiet --allow-all test/fuzz/fuzz.ts

.PHONY: install
install: build ## install binary, unit, example config and options, manual page, completions; DESTDIR and PREFIX are honoured
	install -D -m 755 dist/port_exporter '$(DESTDIR)$(PREFIX)/bin/port_exporter'
	install -d '$(DESTDIR)$(UNITDIR)' '$(DESTDIR)$(SYSCONFDIR)/port_exporter' '$(DESTDIR)$(SYSCONFDIR)/default'
	$(RELOCATE) packaging/port_exporter.service | install -m 644 /dev/stdin '$(DESTDIR)$(UNITDIR)/port_exporter.service'
	test -e '$(DESTDIR)$(SYSCONFDIR)/default/port_exporter' || $(RELOCATE) packaging/port_exporter.default | \
		install -m 644 /dev/stdin '$(DESTDIR)$(SYSCONFDIR)/default/port_exporter'
	test -e '$(DESTDIR)$(SYSCONFDIR)/port_exporter/ports.yml' || \
		install -m 644 packaging/ports.yml '$(DESTDIR)$(SYSCONFDIR)/port_exporter/ports.yml'
	install -D -m 644 packaging/port_exporter.1 '$(DESTDIR)$(PREFIX)/share/man/man1/port_exporter.1'
	install -D -m 644 packaging/completion/port_exporter.bash \
		'$(DESTDIR)$(PREFIX)/share/bash-completion/completions/port_exporter'
	install -D -m 644 packaging/completion/_port_exporter \
		'$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_port_exporter'
	install -D -m 644 packaging/completion/port_exporter.fish \
		'$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/port_exporter.fish'

.PHONY: deb
deb: ## build the Debian package of this machine's architecture in dist/
	tools/toolchain.sh debian binutils
	tools/deb.sh "$$(uname -m)" dist

.PHONY: release
release: ## build archives and Debian packages for x86_64 and arm64, with checksums, in dist/release/
	tools/toolchain.sh debian binutils
	tools/release.sh dist/release

.PHONY: clean
clean: ## remove what was built and fetched
	rm -rf dist .build .toolchain coverage
