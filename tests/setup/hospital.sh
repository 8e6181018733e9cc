#!/usr/bin/env bash
# The demo hospital alone, in the foreground, until Ctrl+C.
set -euo pipefail
cd "$(dirname "$0")/../.."
echo "==> building the demo hospital and the tool"
cargo build --quiet -p requisition -p hospital --bins
tests/setup/catalogues.sh
mkdir -p .run/hospital
exec target/debug/hospital --catalogues .run/catalogues --data .run/hospital --auto-events "$@"
