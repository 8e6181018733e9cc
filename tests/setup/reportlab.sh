#!/usr/bin/env bash
# Makes a Python of the project's own with ReportLab in it, in target/reportlab, for `make labels`. Nothing when it is there.
set -euo pipefail
cd "$(dirname "$0")/../.."

home=target/reportlab
wanted=tests/bench/labels-comparison/requirements.txt
cmp -s "$wanted" "$home/requirements.txt" && exit 0

python3 -c 'import ensurepip' 2>/dev/null || tests/setup/packages.sh python
echo "==> installing $(cat "$wanted") into $home"
python3 -m venv --clear "$home"
"$home/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted"
# Last, so that an installation that was broken off is made again.
cp "$wanted" "$home/requirements.txt"
