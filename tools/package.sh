#!/bin/bash
# Builds the Debian packages out of a release build.
#
#   tools/package.sh [DIRECTORY]     where the packages go; default: build/release/packages
#
# CHECK_JOBS: compilers at a time (2).
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tools/packages.sh
source tools/packages.sh
install_packages build package
launcher=()
if command -v ccache >/dev/null; then
  launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_C_COMPILER_LAUNCHER=ccache)
fi
mkdir -p build
cmake --preset release -DCERTSTEAD_PACKAGES=ON -DCMAKE_INSTALL_PREFIX=/usr "${launcher[@]}" >build/package.configure.log 2>&1 || {
  cat build/package.configure.log >&2
  exit 1
}
cmake --build build/release -j "${CHECK_JOBS:-2}" --target certstead tlscache_library tlscache_preload packaging_files
rm -rf build/release/packages
# umask: what is packed has the modes of a fresh installation.
(umask 022 && cd build/release && cpack -G DEB >../package.log 2>&1) || {
  tail -n 30 build/package.log >&2
  exit 1
}
if [ -n "${1:-}" ]; then
  mkdir -p "$1"
  cp build/release/packages/*.deb "$1/"
fi
ls -1 "${1:-build/release/packages}"/*.deb
