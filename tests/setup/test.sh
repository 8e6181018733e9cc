#!/usr/bin/env bash
# Runs everything and ends with the runners' own counts. The first thing that fails ends it.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p .run
# A failed test says what it waited for; where in the test runner that was helps nobody.
export RUST_LIB_BACKTRACE=0
log=.run/test.log
: >"$log"
# The same selection as in the Makefile: see there.
everything=(--workspace --lib --bins --tests)

step() {
  local title=$1 began=$SECONDS
  shift
  echo "==> $title"
  "$@" 2>&1 | tee -a "$log"
  echo "    ($((SECONDS - began)) s)"
}

finish() {
  local code=$?
  tests/setup/counts.sh "$log"
  exit $code
}
trap finish EXIT

step "formatting" cargo fmt --all --check
step "screens: types and imports" npm --prefix ui run check
step "screens: tests" env NO_COLOR=1 npm --prefix ui test
step "lints" cargo clippy --quiet "${everything[@]}" -- -D warnings
step "building the program and its tests" cargo build --quiet "${everything[@]}"
step "demo catalogues" tests/setup/catalogues.sh
step "core, hospital, shell, and the real window" cargo test "${everything[@]}" --no-fail-fast
