#!/usr/bin/env bash
# Builds src/Native against another Debian's libtorch and runs tests there, with this machine's .NET SDK bound in.
#   eng/torch-on-debian.sh trixie [arguments of dotnet test, such as --filter ...]
#   TESTS="Torch Sampling" eng/torch-on-debian.sh sid     other projects of tests/ than Torch, Distributed, Models and Objectives
#   CUDA=1 eng/torch-on-debian.sh trixie                  with Debian's libtorch for CUDA (eng/cuda-on-debian.sh), on a machine without a GPU
# Needs root, debootstrap, some 3 GB under artifacts/debian, and the built tests and trainer (./test.sh or dotnet build).
# The last line is the plain count over all of them: N passed, N failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

suite=${1:?usage: eng/torch-on-debian.sh SUITE [arguments of dotnet test]}
shift
read -ra tests <<<"${TESTS:-Torch Distributed Models Objectives}"
repository=$PWD
root=$repository/artifacts/debian/$suite
binaries=$repository/artifacts/debian/$suite-bin
results=$repository/artifacts/debian/$suite-results
# OpenBLAS by OpenMP, as libtorch: with threads of its own (libopenblas0-pthread) both kinds spin, waiting for each other's processors.
packages=(libtorch-dev libgloo-dev libopenblas0-openmp cmake g++ ninja-build libssl-dev)

die() {
  printf 'torch-on-debian: %s\n' "$*" >&2
  exit 1
}

[ "$(id -u)" -eq 0 ] || die "needs root, for debootstrap, chroot and bind mounts."
command -v debootstrap >/dev/null || die "debootstrap is missing: apt-get install debootstrap."
for project in "${tests[@]}"; do
  [ -f "artifacts/bin/$project.Tests/release/$project.Tests.dll" ] || die "tests/$project is not built: dotnet build -c Release tests/$project."
done

if [ ! -f "$root/.complete" ]; then
  # The mirror that this machine's own apt uses.
  mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE)' | grep -v security | head -1)}
  rm -rf "$root"
  mkdir -p "$root"
  debootstrap --variant=minbase "$suite" "$root" "$mirror"
  touch "$root/.complete"
fi
if [ "$(cat "$root/.complete")" != "${packages[*]}" ]; then
  chroot "$root" apt-get -o Acquire::Check-Valid-Until=false update -qq # a mirror may lag behind
  DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y -qq --no-install-recommends "${packages[@]}"
  echo "${packages[*]}" >"$root/.complete"
fi

prefix='' build=/build
if [ -n "${CUDA:-}" ]; then
  eng/cuda-on-debian.sh "$root" "$suite"
  prefix=/cuda build=/build-cuda
fi

# The tests as they are, but for the native library, which is the other Debian's. Files there are hard links: replace, never write.
rm -rf "$binaries" "$results"
mkdir -p "$binaries/Trainer/release"
cp artifacts/bin/Trainer/release/*.dll "$binaries/Trainer/release/"
for project in "${tests[@]}"; do
  mkdir -p "$binaries/$project.Tests"
  cp -r "artifacts/bin/$project.Tests/release" "$binaries/$project.Tests/release"
  rm -f "$binaries/$project.Tests/release/liblhts.so"
done

status=0
export repository root binaries results sdk prefix build projects="${tests[*]}"
sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")
# Mounts live and end with this one process.
unshare --mount bash -euo pipefail -c '
  for folder in "$repository" "$sdk" /proc /dev; do
    mkdir -p "$root$folder"
    mount --rbind "$folder" "$root$folder"
  done
  inside() { chroot "$root" /usr/bin/env -i PATH=/usr/bin:/bin:"$sdk" HOME=/root DOTNET_ROOT="$sdk" DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_NOLOGO=1 LD_LIBRARY_PATH="${prefix:+$prefix/lib}" "$@"; }
  inside cmake -S "$repository/src/Native" -B "$build" -G Ninja -DCMAKE_LIBRARY_OUTPUT_DIRECTORY="$build" -DLIBTORCH="$prefix" | grep -E "libtorch|CUDA"
  inside cmake --build "$build"
  failed=0
  for project in $projects; do
    cp "$root$build/liblhts.so" "$binaries/$project.Tests/release/"
    inside dotnet test "$binaries/$project.Tests/release/$project.Tests.dll" --nologo --logger "trx;LogFileName=$project.trx" --results-directory "$results" "$@" || failed=1
  done
  exit $failed
' bash "$@" || status=$?

count() { { grep -ho "<Counters [^>]*" "$results"/*.trx 2>/dev/null || true; } | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'; }
passed=$(count passed)
[ "$passed" -gt 0 ] || status=1
echo "$passed passed, $(count failed) failed"
exit "$status"
