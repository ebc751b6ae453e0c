#!/bin/bash
# Fails if a C++ file is not as clang-format 14 would write it.   tools/check_format.sh [--fix]
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/source_files.sh

program=$(command -v clang-format-14 || command -v clang-format || true)
if [ -z "$program" ] || ! "$program" --version | grep -q 'version 14\.'; then
  echo "check_format: clang-format 14 is missing (other versions format differently): apt-get install clang-format-14" >&2
  exit 1
fi

if [ "${1:-}" = "--fix" ]; then
  source_files | xargs -r "$program" -i
elif ! source_files | xargs -r "$program" --dry-run -Werror; then
  echo "check_format: run tools/check_format.sh --fix" >&2
  exit 1
fi
