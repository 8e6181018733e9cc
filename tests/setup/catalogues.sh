#!/usr/bin/env bash
# Builds and signs the demo hospitals' catalogues into .run/catalogues, as a hospital would publish them. The key pair is
# made here, on first use, and is worth nothing elsewhere.
set -euo pipefail
cd "$(dirname "$0")/../.."
tool=target/debug/rekvirent-tool
key=.run/keys/catalogue.key
out=.run/catalogues
mkdir -p "$out"
[[ -f $key ]] || "$tool" catalogue keygen -o .run/keys >/dev/null

shopt -s nullglob
for provider in catalog-data/*/; do
  package=$out/$(basename "$provider").rkvcat
  # Nothing to do while no source is newer than the package.
  if [[ -f $package && -z "$(find "$provider" "$tool" "$key" -newer "$package" -print -quit)" ]]; then
    continue
  fi
  echo "==> building the catalogue of $(basename "$provider")"
  "$tool" catalogue build "$provider" --secret-key "$key" -o "$package" >/dev/null
done
