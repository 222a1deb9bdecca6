#!/usr/bin/env bash
# Installs the native libraries that TempSamp.Live needs: FFmpeg 7.1 and a libstdc++ that TorchSharp loads on.
#
#   bash deploy/install-native.sh [--dev]
#
# --dev adds the C headers (for the struct layout test and for regenerating the bindings), the nginx-rtmp server and kcat of
# the end-to-end tests. Safe to run again: what is already there is left alone, and every change is announced first.
# On Debian 13 and its images nothing but packages is added. On Debian 12 the trixie suite is added beside the
# machine's own sources, pinned below them, and only the packages named here are taken from it.
set -euo pipefail

want_dev=false
for arg in "$@"; do
    case "$arg" in
        --dev) want_dev=true ;;
        -h|--help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) echo "install-native: unknown option '$arg'; use --dev or nothing" >&2; exit 2 ;;
    esac
done

say() { echo "install-native: $*"; }

packages=(libstdc++6 libavformat61 libavcodec61 libavutil59 libswscale8 libswresample5 ffmpeg)
if $want_dev; then
    packages+=(libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libswresample-dev gcc libc6-dev pkg-config nginx libnginx-mod-rtmp kcat)
fi

present() { dpkg-query -W -f='${Status} ${Version}\n' "$1" 2>/dev/null | grep -q '^install ok installed'; }
at_least() { dpkg --compare-versions "$(dpkg-query -W -f='${Version}' "$1" 2>/dev/null || echo 0)" ge "$2"; }

missing=()
for package in "${packages[@]}"; do
    case "$package" in
        libstdc++6) at_least libstdc++6 13 || missing+=("$package") ;;
        ffmpeg) at_least ffmpeg 7:7.1 || missing+=("$package") ;;
        lib*-dev) if [[ $package == libav* || $package == libsw* ]]; then at_least "$package" 7:7.1 || missing+=("$package")
                  else present "$package" || missing+=("$package"); fi ;;
        *) present "$package" || missing+=("$package") ;;
    esac
done
if [ ${#missing[@]} -eq 0 ]; then say "everything is installed already"; exit 0; fi

. /etc/os-release
if [ "${ID:-}" != debian ] || ! [[ "${VERSION_CODENAME:-}" =~ ^(bookworm|trixie)$ ]]; then
    say "this script knows Debian 12 and 13, this is ${PRETTY_NAME:-unknown}. Use the Dockerfile, or install: ${missing[*]}" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    say "needs root to install ${missing[*]}: run it with sudo" >&2
    exit 1
fi

target=()
if [ "$VERSION_CODENAME" = bookworm ]; then
    target=(-t trixie)
    sources=/etc/apt/sources.list.d/tempsamp-trixie.sources
    if [ ! -e "$sources" ]; then
        own=/etc/apt/sources.list.d/debian.sources
        [ -e "$own" ] || { say "no $own to derive the trixie suite from; add trixie to your apt sources and run again" >&2; exit 1; }
        say "adding $sources (trixie beside bookworm) and its pin of 100"
        sed 's/bookworm/trixie/g' "$own" > "$sources"
        printf 'Package: *\nPin: release n=trixie*\nPin-Priority: 100\n' > /etc/apt/preferences.d/tempsamp-trixie
    fi
fi

say "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${target[@]}" "${missing[@]}" > /dev/null
say "done: $(ffmpeg -version | head -n 1 | cut -d' ' -f1-3)"
