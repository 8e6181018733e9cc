#!/usr/bin/env bash
# Starts the demo hospital, opens the application beside it, and stops the hospital when the window is closed.
set -euo pipefail
cd "$(dirname "$0")/../.."

hospital=
stop() {
  [[ -z $hospital ]] || { kill "$hospital" 2>/dev/null && wait "$hospital" 2>/dev/null; } || true
}
trap stop EXIT

mkdir -p .run/hospital
: >.run/hospital.out
target/debug/hospital --port 0 --catalogues .run/catalogues --data .run/hospital --auto-events >.run/hospital.out 2>.run/hospital.log &
hospital=$!
# It says its address when it is ready.
for _ in {1..100}; do
  [[ -s .run/hospital.out ]] && break
  kill -0 "$hospital" 2>/dev/null || { tail .run/hospital.log >&2; exit 1; }
  sleep 0.1
done
url=$(head -n 1 .run/hospital.out)
[[ -n $url ]] || { echo "the demo hospital does not start: see .run/hospital.log" >&2; exit 1; }

echo "==> the demo hospital: $url (its page shows what it has received; log in .run/hospital.log)"
echo "==> opening the window; its data are in .run/office, apart from real work"
target/debug/rekvirent --data-dir .run/office --demo "$url"
