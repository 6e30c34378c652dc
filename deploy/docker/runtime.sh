#!/usr/bin/env bash
# What the image has besides lhts: the packages of apt-packages.txt beside this script, and the folders that volumes are mounted at.
set -euo pipefail
packages=$(grep -v '^#' "$(dirname "${BASH_SOURCE[0]}")/apt-packages.txt")
if [ -n "$(ls -A /opt/libtorch 2>/dev/null)" ]; then
  packages=$(grep -v '^lib\(torch\|gloo\)' <<<"$packages")
fi
apt-get update -qq
# shellcheck disable=SC2086 # package names are words
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages
rm -rf /var/lib/apt/lists/*
mkdir -p /data /runs
chown 10001:10001 /data /runs
