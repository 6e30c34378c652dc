#!/usr/bin/env bash
# Makes the root file system of deploy/docker's image without a container engine, from the very instructions of the last stage
# of the Dockerfile; then has the image's command run in it as a pod would. As root, with Debian's debootstrap:
#   eng/image-root.sh make FOLDER              the root file system; takes the .NET runtime of this machine
#   eng/image-root.sh run FOLDER DATA RUNS ... lhts with these arguments: not root, a read-only root, DATA at /data (read only),
#                                              RUNS at /runs and a /tmp of its own the only places that can be written
#   eng/image-root.sh list                     the instructions
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The last stage of the Dockerfile, an instruction a line.
instructions() {
  sed -e ':a' -e '/\\$/{N;s/\\\n */ /;ba' -e '}' deploy/docker/Dockerfile | grep -v '^#' | awk '/^FROM /{stage=""} {stage=stage $0 "\n"} END{printf "%s", stage}'
}

copy() { # SOURCE... TARGET: into the root, which is $root
  local target=${*: -1}
  mkdir -p "$root/$target"
  for source in "${@:1:$#-1}"; do
    if [ -d "$source" ]; then cp -a "$source/." "$root/$target"; else cp -a "$source" "$root/$target"; fi
  done
}

make() {
  root=$1
  [ ! -e "$root" ] || { echo "'$root' is there already; name a folder that is not" >&2; exit 1; }
  local published release
  release=$(sed -n 's/^ARG DEBIAN=debian:\(.*\)-slim$/\1/p' deploy/docker/Dockerfile)
  debootstrap --variant=minbase "$release" "$root" >&2
  instructions | while read -r instruction arguments; do
    echo "image-root: $instruction $arguments" >&2
    case $instruction in
    COPY)
      # shellcheck disable=SC2086 # paths are words
      case $arguments in
      --from=dotnet*) copy "$(dirname "$(readlink -f "$(command -v dotnet)")")/shared" /usr/share/dotnet/shared
        copy "$(dirname "$(readlink -f "$(command -v dotnet)")")/host" /usr/share/dotnet/host
        cp -a "$(readlink -f "$(command -v dotnet)")" "$root/usr/share/dotnet/" ;;
      --from=libtorch*) mkdir -p "$root/opt/libtorch"; [ -z "${LIBTORCH:-}" ] || copy "$LIBTORCH" /opt/libtorch ;;
      --from=build*)
        published=$(mktemp -d)
        deploy/docker/build.sh "${VARIANT:-cpu}" "$published" >&2
        copy "$published" "${arguments##* }"
        chmod 755 "$root/${arguments##* }"
        rm -r "$published"
        ;;
      *) copy $arguments ;;
      esac
      ;;
    RUN) chroot "$root" /bin/sh -c "$arguments" </dev/null >&2 ;;
    ENV) for pair in $arguments; do echo "export $pair"; done >>"$root/etc/lhts.environment" ;;
    FROM | LABEL | USER | WORKDIR | ENTRYPOINT | CMD) ;;
    *) echo "eng/image-root.sh does not know $instruction" >&2; exit 1 ;;
    esac
  done
}

run() {
  root=$(readlink -f "$1") data=$(readlink -f "$2") runs=$(readlink -f "$3")
  shift 3
  local user folder entry
  user=$(instructions | sed -n 's/^USER \([0-9]*\):.*/\1/p') folder=$(instructions | sed -n 's/^WORKDIR //p')
  entry=$(instructions | sed -n 's/^ENTRYPOINT \["\(.*\)"\]/\1/p')
  export root data runs user folder entry
  # shellcheck disable=SC2016 # expanded inside
  exec unshare --mount --pid --fork --kill-child bash -c '
    set -eu
    mount --make-rprivate /
    mount --bind "$root" "$root" && cd "$root"
    mount -t proc proc proc && mount -t tmpfs -o mode=1777 tmpfs tmp && mount -t tmpfs tmpfs dev
    for device in null zero full random urandom; do touch "dev/$device" && mount --bind "/dev/$device" "dev/$device"; done
    mount --bind "$data" data && mount -o remount,ro,bind data
    mount --bind "$runs" runs
    mount -o remount,ro,bind "$root"
    . etc/lhts.environment
    settings=$(grep -o "^export [A-Z_a-z]*" etc/lhts.environment | while read -r _ name; do printf "%s=%s " "$name" "${!name}"; done)
    exec chroot . /usr/bin/setpriv --reuid "$user" --regid "$user" --clear-groups --bounding-set=-all --no-new-privs \
      /usr/bin/env -i HOME=/tmp $settings /bin/sh -c "cd $folder && exec $entry \"\$@\"" lhts "$@"
  ' image-root "$@"
}

case ${1:-} in
list) instructions ;;
make) make "${2:?the folder to make}" ;;
run) run "${2:?the root}" "${3:?the data}" "${4:?the runs}" "${@:5}" ;;
*) sed -n '2,8s/^# //p' "$0"; exit 1 ;;
esac
