#!/bin/bash
# ./quickstart goes through with a program that is built already: both kinds of key are proved before and after a renewal,
# no server is left running, and nothing is left but its own folder.
#
#   tests/scenario/quickstart_test.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/../.."
command -v pebble >/dev/null || {
  echo "pebble is not installed"
  exit 77
}

# In a folder of its own: that of a person who tries things out stays as it is.
work=$(mktemp -d)
trap 'rm -rf "$work" "$work.log"' EXIT
chmod 755 "$work"
mkdir "$work/tools"
cp quickstart "$work/"
cp tools/packages.sh "$work/tools/"

fail() {
  echo "quickstart_test: $*" >&2
  cat "$work.log" >&2
  for log in "$work"/.quickstart/*.log; do
    echo "-- $log" >&2
    tail -n 40 "$log" >&2
  done
  exit 1
}

QUICKSTART_BIN=$program timeout 280 "$work/quickstart" --exit >"$work.log" 2>&1 || fail "it ended with $?"
grep -q '^New serials on both keys: proved\.$' "$work.log" || fail "nothing was proved"
for key in 'ecdsa *p256' 'rsa *rsa2048'; do
  [ "$(grep -Ec "^$key " "$work.log")" -eq 2 ] || fail "'$key' was not proved twice"
done
if grep -q 'Packages and build' "$work.log"; then fail "it built something"; fi

left=$(cd "$work" && find . -mindepth 1 -maxdepth 2 ! -path './.quickstart*' | sort | paste -sd ' ')
[ "$left" = "./quickstart ./tools ./tools/packages.sh" ] || fail "it left things outside of its folder: $left"
for process in /proc/[0-9]*; do
  place=$(readlink "$process/cwd" 2>/dev/null) || continue
  case "$place" in
    "$work" | "$work"/*) fail "still running: $(tr '\0' ' ' <"$process/cmdline")" ;;
  esac
done
echo "quickstart proved both kinds of key, and left nothing running"
