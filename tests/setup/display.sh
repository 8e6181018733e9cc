#!/usr/bin/env bash
# A window needs a display: says so before minutes are spent on building.
set -euo pipefail
if [[ -z "${DISPLAY:-}" && -z "${WAYLAND_DISPLAY:-}" ]]; then
  cat >&2 <<'TEXT'
There is no display here, so no window can open.
  make screens   shows every screen as a picture, under a virtual display
  make test      drives the real window there
TEXT
  exit 1
fi
