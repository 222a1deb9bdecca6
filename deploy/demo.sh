#!/usr/bin/env bash
# From a fresh clone to clips: installs the native libraries, builds the daemon and plays the bundled broadcast through it.
#
#   bash deploy/demo.sh [--once] [--out DIR] [--port N] [--json]
#
# Arguments go to `tempsamp-live demo`.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

bash "$root/deploy/install-native.sh" >&2
command -v dotnet > /dev/null || { echo "demo: the .NET 10 SDK is not installed; see https://dotnet.microsoft.com/download, or use the Dockerfile" >&2; exit 1; }
(cd "$root" && dotnet build src/TempSamp.Live.Host -c Release -v quiet -nologo) >&2
exec "$root/src/TempSamp.Live.Host/bin/Release/net10.0/linux-x64/tempsamp-live" demo "$@"
