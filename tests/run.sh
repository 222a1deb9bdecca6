#!/usr/bin/env bash
# Sets the machine up, builds everything with warnings as errors, and runs every test.
# The last line is: N passed, N failed, N skipped
set -euo pipefail
cd "$(dirname "$0")/.."

bash deploy/install-native.sh --dev
dotnet build TempSamp.Live.sln -c Release -v q

passed=0 failed=0 skipped=0 broken=0
for project in tests/*.Tests/; do
    name=$(basename "$project")
    program="$project/bin/Release/net10.0/linux-x64/$name"
    echo "== $name"
    log=$(mktemp)
    "$program" 2>&1 | tee "$log" || broken=1
    read -r p f s < <(sed -n 's/.*[Tt]otal: *\([0-9]*\).*[Ff]ailed: *\([0-9]*\).*[Ss]kipped: *\([0-9]*\).*/\1 \2 \3/p' "$log" | tail -n 1) || { p=0 f=0 s=0; }
    p=${p:-0} f=${f:-0} s=${s:-0}
    passed=$((passed + p - f - s)) failed=$((failed + f)) skipped=$((skipped + s))
    rm -f "$log"
done

[ "$broken" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
