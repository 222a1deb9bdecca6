#!/usr/bin/env bash
# Sets the machine up, builds everything with warnings as errors, and runs every test.
#
#   bash tests/run.sh [--no-setup]
#
# --no-setup skips the installation of native libraries and the build. The last line is: N passed, N failed, N skipped
# A test program that crashes, hangs for ten minutes or runs no test counts as one failure.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" != --no-setup ]; then
    bash deploy/install-native.sh --dev
    dotnet build TempSamp.Live.sln -c Release -v quiet -nologo
fi

# Reads NAME's number from the summary that a test program ends with ("  failed: 3").
count() { sed -n "s/^ *$1: *\([0-9][0-9]*\) *\$/\1/p" "$2" | tail -n 1; }

passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for project in tests/*.Tests/; do
    name=$(basename "$project")
    echo "== $name"
    code=0
    timeout --kill-after=10 600 "$project/bin/Release/net10.0/linux-x64/$name" --ansi off --progress off > "$log" 2>&1 || code=$?
    cat "$log"
    f=$(count failed "$log")
    passed=$((passed + $(count succeeded "$log" | grep . || echo 0)))
    skipped=$((skipped + $(count skipped "$log" | grep . || echo 0)))
    failed=$((failed + ${f:-0}))
    if [ "$code" -ne 0 ] && [ "${f:-0}" -eq 0 ]; then
        echo "run.sh: $name ended with exit code $code and no failed test: counted as one failure"
        failed=$((failed + 1))
    fi
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
