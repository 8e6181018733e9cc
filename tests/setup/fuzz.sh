#!/usr/bin/env bash
# Fuzzes the readers of catalogues, each for SECONDS_EACH seconds (60 where nothing is said). What is found stays in
# tests/fuzz/artifacts; everything made lies under tests/fuzz and is ignored by git.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"
seconds=${SECONDS_EACH:-60}
command -v cargo-fuzz >/dev/null || { echo "==> installing cargo-fuzz"; cargo install --locked --quiet cargo-fuzz; }
# Coverage and the sanitiser are switches that a stable compiler keeps to itself.
export RUSTC_BOOTSTRAP=1
echo "==> making the seeds"
cargo run --quiet --bin seeds -- corpus
for target in package delta conditions; do
    echo "==> fuzzing $target for $seconds s"
    cargo fuzz run --fuzz-dir . "$target" -- -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=16384 \
        -dict="corpus/$target.dict" -print_final_stats=1
done
