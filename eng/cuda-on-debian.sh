#!/usr/bin/env bash
# Makes the folder /cuda in a bootstrapped Debian (eng/torch-on-debian.sh calls it): Debian's libtorch with CUDA as one prefix, with the
# headers and libraries that it needs and no driver, toolkit or start-up script installed. Some 1.6 GB to fetch, 3.3 GB on disk.
#   eng/cuda-on-debian.sh ROOT SUITE
set -euo pipefail

root=${1:?usage: eng/cuda-on-debian.sh ROOT SUITE}
suite=${2:?usage: eng/cuda-on-debian.sh ROOT SUITE}
[ -f "$root/cuda/.complete" ] && exit 0

libraries='libtorch-cuda-dev libtorch-cuda-2.6 libcudart12 libcublas12 libcublaslt12 libcufft11 libcurand10 libcusolver11 libcusparse12
  libcu++-dev libnccl2 libnccl-dev libnvtoolsext1 libnvrtc12 libnvjitlink12 libgloo-cuda-0 libtensorpipe-cuda-0 libcuda1'
rm -rf "$root/cuda"
mkdir -p "$root/cuda/unpacked" "$root/cuda/include" "$root/cuda/lib"
mirror=$(awk '/^deb / { print $2; exit }' "$root/etc/apt/sources.list")
printf 'deb %s %s contrib non-free\n' "$mirror" "$suite" >"$root/etc/apt/sources.list.d/nonfree.list"
# shellcheck disable=SC2086 # package names are words
chroot "$root" sh -euc 'apt-get update -qq
  cd /cuda
  apt-get -qq -o APT::Sandbox::User=root download nvidia-cuda-dev "$@"
  for package in *.deb; do
    case $package in
    nvidia-cuda-dev*) dpkg-deb --fsys-tarfile "$package" | tar x -C unpacked --wildcards "./usr/include/*" ;;
    *) dpkg-deb --fsys-tarfile "$package" | tar x -C unpacked ;;
    esac
    rm "$package"
  done' sh $libraries
mv "$root"/cuda/unpacked/usr/include/* "$root/cuda/include/"
find "$root/cuda/unpacked" \( -name '*.so' -o -name '*.so.*' \) -exec mv -t "$root/cuda/lib" {} +
rm -rf "$root/cuda/unpacked"

# cuDNN is not in Debian: nvidia-cudnn fetches it from elsewhere. Functions that end the process stand in for it, so that torch_cuda can be loaded.
chroot "$root" sh -euc 'cd /cuda
  nm -D --undefined-only lib/libtorch_cuda.so | sed -n "s/.* U \(cudnn[A-Za-z0-9_]*\).*/void \1(void) { __builtin_trap(); }/p" | sort -u >cudnn.c
  gcc -shared -fPIC -Wl,-soname,libcudnn.so.9 -o lib/libcudnn.so.9 cudnn.c'
touch "$root/cuda/.complete"
