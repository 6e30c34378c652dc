#!/usr/bin/env bash
# Builds src/Native against another Debian's libtorch and runs the Torch tests there, with this machine's .NET SDK bound in.
#   eng/torch-on-debian.sh trixie [arguments of dotnet test, such as --filter ...]
#   eng/torch-on-debian.sh sid
# Needs root, debootstrap, some 3 GB under artifacts/debian, and a built tests/Torch (./test.sh or dotnet build tests/Torch).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

suite=${1:?usage: eng/torch-on-debian.sh SUITE [arguments of dotnet test]}
shift
repository=$PWD
root=$repository/artifacts/debian/$suite
binaries=$repository/artifacts/debian/$suite-bin

die() {
  printf 'torch-on-debian: %s\n' "$*" >&2
  exit 1
}

[ "$(id -u)" -eq 0 ] || die "needs root, for debootstrap, chroot and bind mounts."
command -v debootstrap >/dev/null || die "debootstrap is missing: apt-get install debootstrap."
[ -f artifacts/bin/Torch.Tests/release/Torch.Tests.dll ] || die "tests/Torch is not built: dotnet build tests/Torch."

if [ ! -f "$root/.complete" ]; then
  # The mirror that this machine's own apt uses.
  mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE)' | grep -v security | head -1)}
  rm -rf "$root"
  mkdir -p "$root"
  debootstrap --variant=minbase --include=libtorch-dev,libopenblas0-pthread,cmake,g++,ninja-build,libssl-dev "$suite" "$root" "$mirror"
  touch "$root/.complete"
fi

# The tests as they are, but for the native library, which is the other Debian's. Files there are hard links: replace, never write.
rm -rf "$binaries"
mkdir -p "$binaries/Torch.Tests" "$binaries/Trainer/release"
cp -r artifacts/bin/Torch.Tests/release "$binaries/Torch.Tests/release"
cp artifacts/bin/Trainer/release/*.dll "$binaries/Trainer/release/"
rm -f "$binaries/Torch.Tests/release/liblhts.so"

sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")
export repository root binaries sdk
# Mounts live and end with this one process.
exec unshare --mount bash -euo pipefail -c '
  for folder in "$repository" "$sdk" /proc /dev; do
    mkdir -p "$root$folder"
    mount --rbind "$folder" "$root$folder"
  done
  inside() { env -i PATH=/usr/bin:/bin:"$sdk" HOME=/root DOTNET_ROOT="$sdk" DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_NOLOGO=1 chroot "$root" "$@"; }
  inside cmake -S "$repository/src/Native" -B /build -G Ninja -DCMAKE_LIBRARY_OUTPUT_DIRECTORY="$binaries/Torch.Tests/release" | grep libtorch
  inside cmake --build /build
  inside dotnet test "$binaries/Torch.Tests/release/Torch.Tests.dll" --nologo "$@"
' bash "$@"
