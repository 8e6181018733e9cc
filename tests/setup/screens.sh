#!/usr/bin/env bash
# Walks through every screen of the real window under a virtual display and says where the pictures are.
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo test --workspace --lib --bins --tests --quiet -- --test-threads=1 tour_of_the_screens
echo "==> the pictures:"
find "$PWD/tests/e2e/screenshots" -name '*.png' | sort
