#!/usr/bin/env bash
# Builds and signs the demo hospitals' catalogues into .run/catalogues, as a hospital would publish them. The key lies in
# the open beside the simulator and is worth nothing elsewhere; the application pins its public half for the demo.
set -euo pipefail
cd "$(dirname "$0")/../.."
tool=target/debug/rekvirent-tool
key=tests/hospital/keys/demo.key
out=.run/catalogues
mkdir -p "$out"

shopt -s nullglob
for provider in catalog-data/*/; do
  package=$out/$(basename "$provider").rkvcat
  # Nothing to do while no source is newer than the package.
  if [[ -f $package && -z "$(find "$provider" "$tool" "$key" -newer "$package" -print -quit)" ]]; then
    continue
  fi
  echo "==> building the catalogue of $(basename "$provider")"
  # Warnings are for whoever edits it; mistakes are for everybody.
  "$tool" catalogue build "$provider" --secret-key "$key" -o "$package" >/dev/null 2>.run/catalogue.log || { cat .run/catalogue.log >&2; exit 1; }
done
