#!/usr/bin/env bash
# Builds lhts and publishes it into a folder, in the first stage of the image: build.sh cpu|cuda OUTPUT
set -euo pipefail
variant=$1 output=$2
if [ -n "$(ls -A /opt/libtorch 2>/dev/null)" ]; then
  export LIBTORCH=/opt/libtorch
fi
case $variant in
cpu) ;;
cuda)
  [ -e "${LIBTORCH:-}/lib/libtorch_cuda.so" ] || {
    echo "VARIANT=cuda needs --build-context libtorch=FOLDER with a libtorch that was built for CUDA" >&2
    exit 1
  }
  ;;
*)
  echo "VARIANT is '$variant', but must be cpu or cuda" >&2
  exit 1
  ;;
esac
./eng/setup.sh
dotnet publish src/Trainer/Trainer.csproj -c Release --no-build -v quiet --nologo -o "$output"
