# The few commands a newcomer needs. `make run` and `make test` install what is missing and say what they do; everything
# they make stays in target/, ui/dist, ui/node_modules and .run/.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

UI_SOURCES := $(shell find ui -type f -not -path 'ui/dist/*' -not -path 'ui/node_modules/*' 2>/dev/null)
# One selection of targets, whatever is built: another one would compile the dependencies a second time with other features.
EVERYTHING := --workspace --lib --bins --tests

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-10s %s\n", $$1, $$2 }'

.PHONY: run
run: ## Open the application beside a demo hospital
	@tests/setup/display.sh
	@tests/setup/packages.sh build run
	@$(MAKE) --no-print-directory build
	@tests/setup/run.sh

.PHONY: test
test: ## Everything: formatting, lints, core, hospital, shell, screens, and the real window end to end
	@tests/setup/packages.sh build run test
	@$(MAKE) --no-print-directory ui/dist/index.html
	@tests/setup/test.sh

.PHONY: screens
screens: ## Show every screen as a picture, under a virtual display
	@tests/setup/packages.sh build run test
	@$(MAKE) --no-print-directory build
	@tests/setup/screens.sh

.PHONY: core
core: ## The day-to-day loop: the core and the simulated hospital, no window
	@tests/setup/packages.sh build
	cargo core

.PHONY: hospital
hospital: ## The demo hospital alone
	@tests/setup/packages.sh build
	@tests/setup/hospital.sh

.PHONY: bench
bench: ui/dist/index.html ## Measure: the core with criterion, and the released application: its start, and from key to painted list
	@tests/setup/packages.sh build run test
	cargo bench -p bench
	npm --prefix tests/bench/comparison/minisearch ci --no-audit --no-fund
	cargo run --release --manifest-path tests/bench/comparison/Cargo.toml --target-dir target/comparison
	@$(MAKE) --no-print-directory build
	cargo build --release --workspace --bins
	target/release/startup
	target/release/keystrokes

.PHONY: labels
labels: ## Labels: every variant read back by independent decoders, and beside krilla and ReportLab
	@tests/setup/packages.sh build test
	@tests/setup/reportlab.sh
	cargo run --release --manifest-path tests/bench/labels-comparison/Cargo.toml --target-dir target/labels --bin proof
	REPORTLAB_PYTHON=target/reportlab/bin/python cargo run --release --manifest-path tests/bench/labels-comparison/Cargo.toml --target-dir target/labels

.PHONY: campaign
campaign: ## Break everything around delivery: 2 000 kills, power cuts, 10 000 messages through a failing line
	@tests/setup/packages.sh build
	cargo build --release -p requisition -p hospital -p campaign --bins
	target/release/campaign all

.PHONY: fuzz
fuzz: ## What hostile bytes do to the readers of catalogues; SECONDS_EACH=3600 for an hour each
	@tests/setup/packages.sh build
	@tests/setup/fuzz.sh

.PHONY: bindings
bindings: ui/dist/index.html ## Write the window's types from the shell's list of commands
	REKVIRENT_WRITE_BINDINGS=1 cargo test --workspace --lib the_window_knows_the_commands_that_there_are

.PHONY: ui
ui: ui/dist/index.html ## The screens alone

.PHONY: build
build: ui/dist/index.html
	@echo "==> building the application, the tool and the demo hospital (minutes the first time)"
	cargo build --quiet $(EVERYTHING)
	@tests/setup/catalogues.sh

.PHONY: clean
clean: ## Remove everything that was built or made by a demonstration
	rm -rf target gen ui/dist ui/node_modules tests/e2e/screenshots tests/bench/results .run

ui/node_modules/.package-lock.json: ui/package-lock.json ui/package.json
	@tests/setup/node.sh
	@echo "==> installing the screens' npm packages"
	npm --prefix ui ci --no-audit --no-fund
	@touch $@

ui/dist/index.html: ui/node_modules/.package-lock.json $(UI_SOURCES)
	@echo "==> building the screens"
	npm --prefix ui run build
	@touch $@
