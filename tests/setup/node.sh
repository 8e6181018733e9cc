#!/usr/bin/env bash
# The screens are built with Node: says so when it is missing or too old.
set -euo pipefail
if ! command -v npm >/dev/null; then
  echo "Node is not installed: the screens need Node 20 or newer with npm (https://nodejs.org)." >&2
  exit 1
fi
version=$(node -p 'process.versions.node.split(".")[0]')
if ((version < 20)); then
  echo "Node $version is too old: the screens need Node 20 or newer." >&2
  exit 1
fi
