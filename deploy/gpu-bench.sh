#!/usr/bin/env bash
# The figures of engine and trainer on a machine with a GPU, in one command: 3B- and 7B-shaped models with random weights in bfloat16, by the wall clock.
#
#   bash deploy/gpu-bench.sh [--torch DIR] [--app DIR] [--shapes "3b 7b"] [--seconds N] [--hops N] [--streams "8 16 ..."] [--out FILE]
#   bash deploy/gpu-bench.sh --dry-run            every step with a tiny model on the processor, to see that the script runs
#
# --torch    folder of a libtorch 2.10 or 2.11 built for CUDA; without it, PyTorch's own is taken if python3 has one
# --app      published benchmarks, for a machine without the .NET SDK: dotnet publish tests/TempSamp.Live.Benchmarks -c Release --self-contained -o DIR
# --seconds  of stream that are played for each number of streams (180); --hops for the latency (200)
#
# Prints and writes (gpu-bench.json) whether the device answers as the processor does, vision pairs a second, answer latency, decode step against bytes read, streams in time, and
# seconds and memory of a group of TempSamp-R1; beside them, where transformers is installed, what it needs for one prefill and answer of the same shape.
set -uo pipefail
cd "$(dirname "$0")/.."

torch="" app="" seconds=180 hops=200 streams="8 16 24 32 40 48 56 64 80 96 112 128 160" out=gpu-bench.json shapes="3b 7b" device=cuda
while [ $# -gt 0 ]; do
    case "$1" in
        --torch) torch=$2; shift 2 ;;
        --app) app=$2; shift 2 ;;
        --shapes) shapes=$2; shift 2 ;;
        --seconds) seconds=$2; shift 2 ;;
        --hops) hops=$2; shift 2 ;;
        --streams) streams=$2; shift 2 ;;
        --out) out=$2; shift 2 ;;
        --dry-run) shapes=tiny device=cpu seconds=6 hops=4 streams="1 2"; shift ;;
        *) sed -n '4,5p' "$0" >&2; exit 2 ;;
    esac
done
if [ "$device" = cuda ]; then
    command -v nvidia-smi > /dev/null || { echo "There is no NVIDIA driver on this machine: nvidia-smi is missing." >&2; exit 1; }
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
fi
if [ -z "$torch" ] && [ "$device" = cuda ]; then
    torch=$(python3 -c 'import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))' 2> /dev/null) \
        || { echo "No libtorch for CUDA: name its folder with --torch, or install PyTorch." >&2; exit 1; }
fi
if [ -z "$app" ]; then
    dotnet build tests/TempSamp.Live.Benchmarks -c Release -v quiet -nologo || exit 1
    app=tests/TempSamp.Live.Benchmarks/bin/Release/net10.0/linux-x64
fi

failed=0
# Part by part: one that fails is named, and the others are measured.
measure() {
    echo "== $*" >&2
    "$@" | tee -a "$out" || { echo "failed: $*" >&2; failed=1; }
}
: > "$out"
for shape in $shapes; do
    # shellcheck disable=SC2086
    measure "$app/TempSamp.Live.Benchmarks" engine --part device --shape "$shape" --device "$device" --torch "$torch" --hops "$hops" --seconds "$seconds" --streams $streams --json
    measure "$app/TempSamp.Live.Benchmarks" trainer --shape "$shape" --device "$device" --torch "$torch"
    if python3 -c 'import transformers' 2> /dev/null; then measure python3 deploy/gpu-baseline.py "$shape" "$device"; else echo "transformers is not installed: not measured" >&2; fi
done
echo "written to $out"
exit $failed
