#!/bin/bash
# `certstead setup`, two instances on one host, and the group that operates without root.
#
#   tests/scenario/setup_test.sh PROGRAM
set -euo pipefail
program=$1
work=$(mktemp -d)
managers=()
# shellcheck disable=SC2317 # called by the trap
clean_up() {
  local one
  for one in "${managers[@]}"; do kill "$one" 2>/dev/null || true; done
  for one in "${managers[@]}"; do wait "$one" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean_up EXIT
fail() {
  echo "setup_test: $*" >&2
  exit 1
}

# Servers refuse root: as root everything belongs to an ordinary user, a uid that nobody else has.
service=()
if [ "$(id -u)" -eq 0 ]; then
  service=(setpriv --reuid=64713 --regid=64713 --clear-groups)
  chown 64713:64713 "$work"
fi
chmod 755 "$work"
as_service() { "${service[@]}" "$@"; }

# setup INSTANCE WORDS...
setup() {
  local name=$1
  shift
  as_service "$program" --config "$work/$name.toml" --socket "$work/$name/run/api.sock" setup --email a@example.test \
    --agree-tos --issuer letsencrypt-staging --data "$work/$name/data" --identity "$work/$name/identity" "$@"
}

start() {
  local name=$1
  # No function here: $! is to be the manager itself.
  "${service[@]}" "$program" manager --config "$work/$name.toml" >"$work/$name.log" 2>&1 &
  managers+=($!)
  for _ in $(seq 600); do
    if as_service "$program" --config "$work/$name.toml" list >/dev/null 2>&1; then return; fi
    kill -0 $! 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/$name.log"
  fail "the manager $name did not start"
}

store_id() {
  as_service "$program" --config "$work/$1.toml" version -o json | sed -n 's/.*"store_id": "\(.*\)".*/\1/p'
}

for name in one two; do
  setup "$name" >"$work/$name.out" || fail "setup $name: $(cat "$work/$name.out")"
  grep -q "Keep a copy of $work/$name/identity" "$work/$name.out" || fail "setup does not say what to keep"
  grep -q "certstead --config $work/$name.toml account add letsencrypt-staging" "$work/$name.out" ||
    fail "setup does not say what comes next"
  [ "$(stat -c %a "$work/$name/identity/fleet-ca.key")" = 600 ] || fail "the fleet CA's key is open"
  [ "$(stat -c %a "$work/$name/data")" = 700 ] || fail "the store is open"
done

# Again: nothing changes, also while the manager runs (the account can't be made: nobody is asked outside).
before=$(sha256sum "$work/one/identity/fleet-ca.key" "$work/one.toml")
setup one | grep -q 'identity.*kept as it is' || fail "setup made a second identity"
[ "$before" = "$(sha256sum "$work/one/identity/fleet-ca.key" "$work/one.toml")" ] || fail "setup changed what was there"

# A file that says something else is not overruled.
status=0
as_service "$program" --config "$work/one.toml" setup --email a@example.test --agree-tos --data "$work/three" \
  --identity "$work/one/identity" >"$work/out" 2>&1 || status=$?
[ "$status" = 1 ] || fail "setup took another data directory"
grep -q 'manager.data is' "$work/out" || fail "setup does not name the setting: $(cat "$work/out")"
[ ! -e "$work/three" ] || fail "setup made a directory that it then refused"

# A misspelt setting names its line.
printf 'socket = "%s"\n[manager]\ndate = "x"\n' "$work/x" >"$work/wrong.toml"
chmod 644 "$work/wrong.toml"
status=0
as_service "$program" --config "$work/wrong.toml" manager >"$work/out" 2>&1 || status=$?
[ "$status" = 2 ] || fail "a misspelt setting ended with $status"
grep -q "line 3: there is no setting 'manager.date'" "$work/out" || fail "the line is not named: $(cat "$work/out")"

start one
start two
[ -n "$(store_id one)" ] || fail "the first manager does not say its store"
[ "$(store_id one)" != "$(store_id two)" ] || fail "both instances have one store"
as_service "$program" --config "$work/one.toml" issuer default zerossl >/dev/null
as_service "$program" --config "$work/two.toml" issuer list -o json | grep -q zerossl || fail "the second has no issuers"

# The socket is for its owner and its group.
if [ "$(id -u)" -eq 0 ]; then
  setpriv --reuid=64714 --regid=64714 --groups=64713 "$program" --config "$work/one.toml" list >/dev/null ||
    fail "an operator of the group is refused"
  status=0
  setpriv --reuid=64714 --regid=64714 --clear-groups "$program" --config "$work/one.toml" list >"$work/out" 2>&1 || status=$?
  [ "$status" = 3 ] || fail "a stranger may operate: $status $(cat "$work/out")"
  grep -q 'join the group' "$work/out" || fail "a stranger is not told the way out: $(cat "$work/out")"
  # An operator may make backups, and may not name who opens them.
  status=0
  echo 'a long pass phrase' >"$work/password"
  chmod 644 "$work/password"
  mkdir -m 777 "$work/operator"
  setpriv --reuid=64714 --regid=64714 --groups=64713 "$program" --config "$work/one.toml" backup recipient create mine \
    --out "$work/operator/mine.key" --password-file "$work/password" >"$work/out" 2>&1 || status=$?
  [ "$status" = 1 ] || fail "an operator named a recipient: $(cat "$work/out")"
  [ ! -e "$work/operator/mine.key" ] || fail "a key that nothing is sealed to was left"
fi
echo "setup, two instances, and their operators: as they should be"
