#!/usr/bin/env bash
# Installs the Debian packages that are missing, for the purposes named: build, run, test, python. Says what it does, and does
# nothing when nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/../.."

declare -A purposes=(
  [build]="build-essential pkg-config libwebkit2gtk-4.1-dev libssl-dev"
  [run]="dbus gnome-keyring libayatana-appindicator3-1"
  [test]="webkit2gtk-driver xvfb imagemagick poppler-utils zbar-tools dmtx-utils cups cups-client libxml2-utils xdotool faketime"
  [python]="python3-venv"
)

if ! command -v cargo >/dev/null; then
  echo "Rust is not installed: this needs cargo $(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml) or newer (https://rustup.rs)." >&2
  exit 1
fi

wanted=()
for purpose in "$@"; do
  read -ra names <<<"${purposes[$purpose]:?no such purpose: $purpose}"
  wanted+=("${names[@]}")
done

if ! command -v dpkg-query >/dev/null; then
  echo "==> not a Debian system: make sure that you have what Debian calls ${wanted[*]}"
  exit 0
fi

missing=()
for name in "${wanted[@]}"; do
  [[ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" == installed ]] || missing+=("$name")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

as_root=()
if [[ $EUID -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "Missing packages, and neither root nor sudo to install them. As root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "==> installing Debian packages: ${missing[*]}"
# An archive cache of our own: another apt-get on the machine then breaks neither itself nor us.
archives=$(mktemp -d)
trap '"${as_root[@]}" rm -rf "$archives"' EXIT
mkdir "$archives/partial"
chmod -R a+rX "$archives"

# The package lists have a lock of their own, which apt-get does not wait for.
for try in {1..30}; do
  "${as_root[@]}" apt-get update -qq && break
  [[ $try -lt 30 ]] || { echo "apt-get update keeps failing" >&2; exit 1; }
  echo "    apt-get update failed; another apt-get may be at work: again in 10 s"
  sleep 10
done
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  -o DPkg::Lock::Timeout=600 -o "Dir::Cache::archives=$archives" "${missing[@]}" >"$archives/log" 2>&1 ||
  { tail -n 30 "$archives/log" >&2; exit 1; }
