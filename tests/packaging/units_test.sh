#!/bin/bash
# The units are sound and hardened, as far as systemd can tell without running them.
#
#   tests/packaging/units_test.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$1
command -v systemd-analyze >/dev/null || {
  echo "skipped: systemd-analyze is not installed (package systemd), so nothing is said of the units"
  exit 77
}
units=$(mktemp -d)
trap 'rm -rf "$units"' EXIT

for unit in packaging/systemd/*.service; do
  # The program is not installed where tests run; what it is started with is judged all the same.
  sed "s#^ExecStart=/usr/bin/certstead#ExecStart=$program#" "$unit" >"$units/$(basename "$unit")"
done
said=$(systemd-analyze verify --man=no --recursive-errors=no "$units"/*.service 2>&1) || {
  echo "$said"
  exit 1
}
if [ -n "$said" ]; then
  echo "systemd-analyze verify says: $said"
  exit 1
fi

# certstead-deploy is root by its nature; the others must be as closed as this (tenths, of 100).
for unit in certstead-manager certstead-gateway; do
  systemd-analyze security --no-pager --offline=true --threshold=20 "$units/$unit.service" >"$units/report" 2>&1 || {
    tail -n 90 "$units/report"
    echo "$unit is less closed than it should be"
    exit 1
  }
  tail -n 1 "$units/report"
done
