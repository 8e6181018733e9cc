#!/usr/bin/env bash
# Walks through every screen of the real window under a virtual display and says where the pictures are.
set -euo pipefail
cd "$(dirname "$0")/../.."
# The scenarios take the pictures on their way.
cargo test --workspace --test e2e --quiet
echo "==> the pictures:"
find "$PWD/tests/e2e/screenshots" -name '*.png' | sort
