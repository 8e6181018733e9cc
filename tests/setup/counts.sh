#!/usr/bin/env bash
# Repeats the closing lines of the test runners from a log, and adds them up.
set -euo pipefail
awk '
  /^ +Running .*\(target/ { split($0, at, /[()]/); split(at[2], path, "/"); what = path[length(path)]; sub(/-[0-9a-f]+$/, "", what) }
  /^test result: / {
    for (i = 1; i < NF; i++) {
      if ($(i + 1) == "passed;") passed += $i
      if ($(i + 1) == "failed;") failed += $i
      if ($(i + 1) == "ignored;") skipped += $i
    }
    # A program without tests of its own has nothing to tell.
    if ($0 !~ / 0 passed; 0 failed; 0 ignored/) lines[++n] = sprintf("%-12s %s", what, $0)
  }
  /^ +Tests  / {
    gsub(/\033\[[0-9;]*m/, "")
    for (i = 1; i < NF; i++) {
      if ($(i + 1) == "passed") passed += $i
      if ($(i + 1) == "failed") failed += $i
      if ($(i + 1) == "skipped") skipped += $i
    }
    lines[++n] = sprintf("%-12s%s", "screens", $0)
  }
  END {
    print "==> what the runners counted"
    for (i = 1; i <= n; i++) print lines[i]
    if (skipped) printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    else printf "%d passed, %d failed\n", passed, failed
  }
' "$1"
