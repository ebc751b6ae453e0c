#!/bin/bash
# clang-tidy 19 with the checks of .clang-tidy.   tools/lint.sh [all|changed]   (changed: what differs from the last commit)
# Looks at product code; tests are left to the compiler and the sanitizers. Needs a configured build/dev (cmake --preset
# dev), or another folder in LINT_BUILD; takes up to half a minute a file.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/source_files.sh

build=${LINT_BUILD:-build/dev}
if ! command -v clang-tidy-19 >/dev/null; then
  echo "lint: clang-tidy 19 is missing: apt-get install clang-tidy-19" >&2
  exit 1
fi
if [ ! -f "$build/compile_commands.json" ]; then
  echo "lint: $build is not configured: cmake --preset dev" >&2
  exit 1
fi

case "${1:-all}" in
  all) files=$(source_files) ;;
  changed) files=$( (git diff --name-only --diff-filter=d HEAD && git ls-files -o --exclude-standard) | sort -u) ;;
  *)
    echo "lint: say all or changed, not '$1'" >&2
    exit 2
    ;;
esac
# Headers are seen through the files that include them. Fuzzers and benchmarks are not part of the build dev.
files=$(grep '\.cc$' <<<"$files" | while read -r file; do
  if grep -qF "/$file\"" "$build/compile_commands.json" && [[ $file != *_test.cc ]]; then echo "$file"; fi
done || true)
if [ -z "$files" ]; then
  echo "lint: nothing to look at"
  exit 0
fi
# The dev build has warnings of g++ switched off that clang does not know, and headers precompiled by g++ for itself.
xargs -r -n 1 -P "${LINT_JOBS:-2}" clang-tidy-19 --quiet \
  --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-ignored-gch -p "$build" <<<"$files"
