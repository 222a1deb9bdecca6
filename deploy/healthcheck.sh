#!/usr/bin/env bash
# Asks a probe of the daemon's API with nothing but bash, for containers without curl. Exit code 0: well, 1: not.
#
#   healthcheck.sh [live|ready|startup] [PORT]
set -euo pipefail
probe=${1:-ready} port=${2:-8080}
exec 3<> "/dev/tcp/127.0.0.1/$port"
printf 'GET /healthz/%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$probe" >&3
answer=$(cat <&3)
tail -n 1 <<< "$answer"
[[ $answer == "HTTP/1.1 200 "* ]]
