#!/bin/bash
# The Debian 12 packages that Certstead needs, written down once, and the way to install them.
#
#   tools/packages.sh list GROUP...       their names
#   tools/packages.sh missing GROUP...    those that are not installed
#   tools/packages.sh install GROUP...    installs those, as root or through sudo
#
# Groups: build (compile the programs), run (run them), lab (show them: ./quickstart), test (what ./check needs on top of
# build), package (make Debian packages), fuzz, bench, lint.
# Other scripts source this file and call the functions.

packages_of_group() {
  case "$1" in
    build) echo g++ cmake ninja-build libssl-dev libboost1.81-dev libboost-json1.81-dev libcurl4-openssl-dev \
      libcli11-dev libexpected-dev libgoogle-perftools-dev libidn2-dev liblmdb-dev libpsl-dev libpugixml-dev \
      libsqlite3-dev libtomlplusplus-dev node-llhttp ;;
    run) echo ca-certificates libboost-json1.81.0 libcurl4 libidn2-0 liblmdb0 libpsl5 libpugixml1v5 libsqlite3-0 libssl3 \
      libtcmalloc-minimal4 publicsuffix ;;
    lab) echo ca-certificates curl openssl pebble procps ;;
    # Servers and clients in the second line are the peers that the tests run, on loopback.
    test) echo ca-certificates clang-format-14 curl faketime git jq libgmock-dev libgtest-dev openssl procps python3 \
      shellcheck strace apache2 bind9 bind9-dnsutils caddy certbot debootstrap dovecot-imapd dovecot-pop3d haproxy knot knot-dnsutils lego \
      ldap-utils lintian nginx pkgconf nsd pdns-backend-sqlite3 pdns-server pebble postfix postgresql proftpd-core proftpd-mod-crypto slapd sslscan testssl.sh uacme ;;
    package) echo dpkg-dev file python3 ;;
    fuzz) echo clang-19 libclang-rt-19-dev ;;
    bench) echo libbenchmark-dev ;;
    lint) echo clang-tidy-19 ;;
    *)
      echo "packages.sh: there is no group '$1'; the groups are build, run, lab, test, package, fuzz, bench and lint" >&2
      return 2
      ;;
  esac
}

list_packages() {
  local group names
  for group in "$@"; do
    names=$(packages_of_group "$group") || return
    tr -s ' ' '\n' <<<"$names"
  done | sort -u
}

# Names on standard input, those that are fully installed on standard output.
installed_packages() {
  dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^ii *//p' | sort -u
}

missing_packages() {
  local wanted
  wanted=$(list_packages "$@") || return
  comm -23 <(echo "$wanted") <(installed_packages)
}

# install_packages GROUP...: afterwards the groups are there, or the caller gets a sentence and a failure. Nothing is
# touched, and nobody needs to be root, if they are there already.
install_packages() {
  local missing
  missing=$(missing_packages "$@") || return
  [ -n "$missing" ] || return 0
  missing=$(tr '\n' ' ' <<<"$missing")
  if [ "$(id -u)" -eq 0 ]; then
    # shellcheck disable=SC2086 # a list of names
    install_as_root $missing
  elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    sudo bash "${BASH_SOURCE[0]}" install "$@"
  else
    echo "Packages are missing that only root can install; run this as root first: apt-get install $missing" >&2
    return 1
  fi
}

# A subshell of its own, so that its traps put things back on every way out.
install_as_root() (
  set -euo pipefail
  log=$(mktemp)
  before=$(mktemp)
  exec 9>/run/certstead-packages.lock
  flock 9
  trap 'allow_services; rm -f "$log" "$before"' EXIT
  trap 'exit 130' INT TERM HUP
  hold_services
  installed_packages >"$before"
  echo "Installing packages: $*"
  export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
  options=(-y -q --no-install-recommends -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
  if ! { apt-get -q update && apt-get "${options[@]}" install "$@"; } </dev/null >"$log" 2>&1 9>&-; then
    tail -n 20 "$log" >&2
    echo "apt-get could not install the packages; its last lines stand above" >&2
    exit 1
  fi
  disable_new_services "$before"
)

policy=/usr/sbin/policy-rc.d
saved_policy=/usr/sbin/policy-rc.d.before-certstead
policy_mark="# Put here by Certstead's tools/packages.sh for the time of one installation."

# No service that a package brings may start, and none that runs may be touched.
hold_services() {
  allow_services # what an earlier run left when it was killed
  if [ -e "$policy" ] || [ -L "$policy" ]; then mv "$policy" "$saved_policy"; fi
  printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" >"$policy"
  chmod 755 "$policy"
}

allow_services() {
  if [ -f "$policy" ] && grep -qF "$policy_mark" "$policy"; then rm -f "$policy"; fi
  if [ -e "$saved_policy" ] || [ -L "$saved_policy" ]; then mv "$saved_policy" "$policy"; fi
}

# Debian enables services at installation: what was held back now would start with the next boot. $1: the packages
# that were there before.
disable_new_services() {
  command -v systemctl >/dev/null || return 0
  local package unit
  for package in $(comm -13 "$1" <(installed_packages)); do
    for unit in $(dpkg -L "$package" 2>/dev/null |
      sed -nE 's#^(/usr)?/lib/systemd/system/([^/@]+\.(service|timer|socket|path))$#\2#p'); do
      if [ "$(systemctl is-enabled "$unit" 2>/dev/null)" = enabled ]; then
        systemctl --quiet disable "$unit" >/dev/null 2>&1 || true
      fi
    done
  done
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  case "${1:-}" in
    list | missing | install)
      action=$1
      shift
      "${action}_packages" "$@"
      ;;
    *)
      sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2
      exit 2
      ;;
  esac
fi
