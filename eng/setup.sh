#!/usr/bin/env bash
# Installs and builds what is missing, says what it does, and is done in well under a second when nothing is.
#   eng/setup.sh            for ./lhts: Debian packages, DuckDB, the native library, the trainer
#   eng/setup.sh --tests    the same and the tests
# LIBTORCH=/prefix builds against another libtorch than Debian's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tests=false
[ "${1:-}" = "--tests" ] && tests=true

say() { printf 'setup: %s\n' "$*" >&2; }

die() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

need_tools() {
  command -v dotnet >/dev/null || die "the .NET 10 SDK is missing: install it so that 'dotnet' is on the PATH."
  command -v npm >/dev/null || die "npm is missing: apt-get install npm (or nodejs from its own packages)."
}

# --- Debian packages -------------------------------------------------------------------------------------------
install_packages() {
  local lists=(eng/apt-packages.txt) wanted missing=()
  $tests && lists+=(eng/apt-packages-tests.txt)
  wanted=$(grep -hv '^#' "${lists[@]}")
  local installed
  # shellcheck disable=SC2086 # package names are words
  installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^ii *//p' || true)
  for package in $wanted; do
    # A libtorch of one's own stands in for Debian's.
    [ -n "${LIBTORCH:-}" ] && [[ $package == libtorch-dev || $package == libgloo-dev ]] && continue
    grep -qx -- "$package" <<<"$installed" || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local install="apt-get install -y --no-install-recommends ${missing[*]}" as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      as_root=(sudo)
    else
      die "Debian packages are missing and this is not root. Run this line, then start again:
    sudo sh -c 'apt-get update && $install'"
    fi
  fi
  say "installing Debian packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" $install >&2
}

# --- DuckDB from npm -------------------------------------------------------------------------------------------
install_duckdb() {
  local stamp=eng/node_modules/.package-lock.json
  # What only tests need (devDependencies) stays away from those who run none.
  local omit=(--omit=dev)
  $tests && omit=()
  [ -f "$stamp" ] && [ ! eng/package-lock.json -nt "$stamp" ] && { ! $tests || [ -d eng/node_modules/tokenizers ]; } && return
  say "installing DuckDB's library from npm"
  (cd eng && npm ci "${omit[@]}" --no-audit --no-fund --loglevel=error) >&2
  touch "$stamp"
}

# --- The native library ----------------------------------------------------------------------------------------
build_native() {
  local library=artifacts/native/liblhts.so stamp=artifacts/native/libtorch.txt
  if [ -f "$library" ] && [ "$(cat "$stamp" 2>/dev/null)" = "${LIBTORCH:-system}" ] &&
    [ -z "$(find src/Native -type f -newer "$library" -print -quit)" ]; then
    return
  fi
  say "building src/Native against ${LIBTORCH:-the libtorch of libtorch-dev}"
  # Another libtorch is another build: nothing found for the old one may stay in the cache.
  [ "$(cat "$stamp" 2>/dev/null)" = "${LIBTORCH:-system}" ] || rm -rf artifacts/native/build
  mkdir -p artifacts/native/build
  cmake -S src/Native -B artifacts/native/build -G Ninja -DCMAKE_LIBRARY_OUTPUT_DIRECTORY="$PWD/artifacts/native" \
    -DLIBTORCH="${LIBTORCH:-}" >artifacts/native/configure.log 2>&1 ||
    { tail -20 artifacts/native/configure.log >&2; die "configuring src/Native failed (artifacts/native/configure.log)."; }
  cmake --build artifacts/native/build >&2
  touch "$library"
  printf '%s' "${LIBTORCH:-system}" >"$stamp"
}

# --- The .NET projects -----------------------------------------------------------------------------------------
build_dotnet() {
  local target=$1 stamp=$2 folders=(src)
  $tests && folders+=(tests)
  if [ -f "$stamp" ] && [ -z "$(find "${folders[@]}" Directory.Build.props Directory.Packages.props global.json \
    artifacts/native/liblhts.so eng/node_modules/.package-lock.json -type f -newer "$stamp" -print -quit)" ]; then
    return
  fi
  say "building $target"
  local started
  started=$(mktemp)
  dotnet build "$target" -c Release -v quiet --nologo -clp:NoSummary >&2
  mkdir -p artifacts
  # The stamp is as old as the start of the build, so that a file changed meanwhile is built next time.
  touch -r "$started" "$stamp"
  rm -f "$started"
}

need_tools
install_packages
install_duckdb
build_native
if $tests; then
  build_dotnet Trainer.sln artifacts/.built-tests
  touch -r artifacts/.built-tests artifacts/.built
else
  build_dotnet src/Trainer/Trainer.csproj artifacts/.built
fi
