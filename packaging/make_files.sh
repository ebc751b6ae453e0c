#!/bin/bash
# Man pages, completion and the changelog of the packages, made of what the program says of itself.
#
#   packaging/make_files.sh PROGRAM DIRECTORY VERSION
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$1 out=$2 version=$3
rm -rf "$out"
mkdir -p "$out"
python3 "$here/../tools/man_pages.py" "$program" "$out" "$version"
for shell in bash zsh fish; do "$program" completion "$shell" >"$out/completion.$shell"; done
cp "$here/debian/changelog" "$out/changelog"
gzip -9n "$out/certstead.1" "$out/certstead.toml.5" "$out/changelog"
chmod 644 "$out"/*
touch "$out/done"
