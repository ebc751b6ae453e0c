#!/bin/bash
# The Debian packages install, run, upgrade and purge in a bare Debian 12, and lintian has nothing to say.
#
# Needs root, debootstrap and a package mirror. Environment:
#   CERTSTEAD_PACKAGES   directory with the packages; else tools/package.sh builds them
#   CERTSTEAD_BASE       tarball of a bare Debian 12 with the libraries; made there if absent
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ "$(id -u)" -ne 0 ]; then
  echo "this test needs root: it makes a Debian in a folder"
  exit 77
fi
for program in debootstrap lintian unshare; do
  command -v "$program" >/dev/null || {
    echo "$program is not installed"
    exit 77
  }
done
if [ -z "${CERTSTEAD_IN_NAMESPACE:-}" ]; then
  # Whatever is mounted here goes with the last process.
  CERTSTEAD_IN_NAMESPACE=yes exec unshare --mount --pid --fork --kill-child "$0" "$@"
fi

say() { printf '== %s\n' "$*"; }
fail() {
  echo "packages_test: $*" >&2
  exit 1
}

packages=${CERTSTEAD_PACKAGES:-build/release/packages}
if [ -z "${CERTSTEAD_PACKAGES:-}" ]; then tools/package.sh >/dev/null; fi
work=$(mktemp -d)
root=$work/root
trap 'umount -q "$root/proc" || true; rm -rf --one-file-system "$work"' EXIT
mkdir "$root"

say "lintian"
lintian --fail-on error,warning --allow-root "$packages"/*.deb

# Libraries are named by the packages themselves; what is not a library of Debian is ours.
dependencies() {
  local package
  for package in "$packages"/*.deb; do dpkg-deb -f "$package" Depends | tr ',' '\n'; done |
    sed -E 's/^ *//; s/[ :(|].*//' | grep -Ev '^(certstead|libtlscache)' | sort -u
}

say "a bare Debian 12"
wanted=$(dependencies | sed 's/^systemd$/systemd-standalone-sysusers,systemd-standalone-tmpfiles/' | paste -sd,)
# Packages that have come to depend on more want another one.
base=${CERTSTEAD_BASE:-build/bookworm-base-$(sha256sum <<<"$wanted" | cut -c1-12).tar}
if [ ! -f "$base" ]; then
  debootstrap --variant=minbase --include="$wanted" bookworm "$root" >"$work/debootstrap.log" 2>&1 || {
    tail -n 20 "$work/debootstrap.log"
    fail "debootstrap failed"
  }
  rm -rf "$root"/var/cache/apt/archives/*.deb
  tar -C "$root" -cf "$base.new" . && mv "$base.new" "$base"
else
  tar -C "$root" -xf "$base"
fi
mount -t proc proc "$root/proc"
mkdir "$root/packages"
cp "$packages"/*.deb "$root/packages/"
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"; }
shell() { inside /bin/sh -ec "$1"; }
present() { [ -e "$root$1" ] || fail "$1 is not there"; }
absent() { [ ! -e "$root$1" ] || fail "$1 is still there"; }

say "install"
shell 'dpkg -i /packages/*.deb' >"$work/install.log" 2>&1 || {
  cat "$work/install.log"
  fail "the packages do not install"
}
shell 'id certstead && id certstead-gateway' >/dev/null || fail "the users are not there"
[ "$(inside stat -c '%a %U' /var/lib/certstead)" = "700 certstead" ] || fail "/var/lib/certstead is not private"
[ "$(inside stat -c '%a %U' /etc/certstead/identity)" = "700 certstead" ] || fail "the identity's place is not private"
for file in /usr/share/man/man1/certstead.1.gz /usr/share/man/man5/certstead.toml.5.gz /etc/certstead/certstead.toml \
  /usr/share/bash-completion/completions/certstead /lib/systemd/system/certstead-manager.service \
  /lib/systemd/system/certstead-gateway.service /lib/systemd/system/certstead-deploy.service \
  /usr/lib/certstead/libtlscache-preload.so; do
  present "$file"
done
shell 'ldconfig -p | grep -q libtlscache.so.1' || fail "the dynamic linker does not find libtlscache.so.1"
absent /etc/certstead/identity/fleet-ca.pem
absent /etc/systemd/system/multi-user.target.wants/certstead-manager.service
# Those of other tests have another root.
for pid in $(pgrep -x certstead || true); do
  [ "$(readlink "/proc/$pid/root" || true)" != "$root" ] || fail "something was started by the installation"
done

say "run"
inside certstead version | grep -q "^certstead " || fail "certstead version says nothing"
status=0
inside certstead status >"$work/status" 2>&1 || status=$?
[ "$status" = 3 ] || fail "certstead status ended with $status without a manager: $(cat "$work/status")"
inside certstead setup --email a@example.test --agree-tos >"$work/setup" || fail "setup: $(cat "$work/setup")"
[ "$(inside stat -c '%a %U' /etc/certstead/identity/fleet-ca.key)" = "600 certstead" ] || fail "the fleet CA's key is open"
inside certstead setup --email a@example.test --agree-tos | grep -q 'identity.*kept' || fail "setup is not idempotent"

start_manager() {
  # No function here: $! is to be the manager itself.
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
    setpriv --reuid=certstead --regid=certstead --init-groups certstead manager >>"$work/manager.log" 2>&1 &
  manager=$!
  for _ in $(seq 300); do
    if inside certstead list >/dev/null 2>&1; then return; fi
    kill -0 "$manager" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/manager.log"
  fail "the manager does not run"
}
stop_manager() {
  kill "$manager"
  wait "$manager" || fail "the manager ended badly: $(tail -n 3 "$work/manager.log")"
}
start_manager
inside certstead status >/dev/null || fail "status with a manager"
present /var/lib/certstead-views/gateway
# Who is in the group operates without root; who is not, does not.
shell 'useradd alice && usermod -aG certstead alice && useradd mallory'
inside setpriv --reuid=alice --regid=alice --init-groups certstead status >/dev/null || fail "an operator is refused"
if inside setpriv --reuid=mallory --regid=mallory --init-groups certstead status >/dev/null 2>&1; then
  fail "a stranger may operate"
fi
stop_manager

say "upgrade"
echo '# mine' >>"$root/etc/certstead/certstead.toml"
mkdir "$work/next"
for package in "$packages"/*.deb; do
  rm -rf "$work/tree"
  dpkg-deb -R "$package" "$work/tree"
  version=$(dpkg-deb -f "$package" Version)
  sed -i "s/^Version: .*/Version: $version+1/; s/(= $version)/(= $version+1)/" "$work/tree/DEBIAN/control"
  dpkg-deb --root-owner-group -b "$work/tree" "$work/next/$(basename "$package")" >/dev/null
done
cp "$work"/next/*.deb "$root/packages/"
shell 'dpkg -i /packages/*.deb </dev/null' >"$work/upgrade.log" 2>&1 || {
  cat "$work/upgrade.log"
  fail "the upgrade failed"
}
grep -q '^# mine' "$root/etc/certstead/certstead.toml" || fail "the upgrade took a changed configuration away"
start_manager
inside certstead status >/dev/null || fail "status after the upgrade"
stop_manager

say "remove, purge"
mkdir -p "$root/etc/certstead/deploy.d" "$root/var/lib/certstead-deploy"
touch "$root/etc/certstead/deploy.d/web.toml" "$root/var/lib/certstead-deploy/web.json"
shell 'dpkg -r libtlscache-dev libtlscache1 libtlscache-preload certstead-agent certstead-gateway certstead-manager certstead' >"$work/remove.log" 2>&1 || {
  cat "$work/remove.log"
  fail "the packages can't be removed"
}
present /var/lib/certstead/certstead.db
present /etc/certstead/identity/fleet-ca.key
present /etc/certstead/deploy.d/web.toml
absent /usr/bin/certstead
shell 'dpkg -P libtlscache-dev libtlscache1 libtlscache-preload certstead-agent certstead-gateway certstead-manager certstead' >"$work/purge.log" 2>&1 || {
  cat "$work/purge.log"
  fail "the packages can't be purged"
}
grep -q 'removing the store' "$work/purge.log" || fail "the purge does not say what it takes away"
for path in /var/lib/certstead /var/lib/certstead-views /var/lib/certstead-deploy /etc/certstead /lib/systemd/system/certstead-manager.service; do
  absent "$path"
done
echo "the packages install, run, upgrade and purge"
