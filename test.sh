#!/usr/bin/env bash
# Sets up, builds and runs every test. The last line is the plain count: N passed, N failed.
# Arguments go to `dotnet test`, such as --filter "FullyQualifiedName~Order".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
./eng/setup.sh --tests
results=artifacts/test-results
rm -rf "$results"
status=0
# One project at a time: libtorch takes all cores, and two such runs beside each other only get in each other's way.
dotnet test Trainer.sln -c Release --no-build --nologo -m:1 --logger trx --results-directory "$results" "$@" || status=$?
count() { { grep -ho "<Counters [^>]*" "$results"/*.trx 2>/dev/null || true; } | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'; }
passed=$(count passed)
failed=$(count failed)
[ "$passed" -gt 0 ] || status=1
[ "$failed" -eq 0 ] || status=1
echo "$passed passed, $failed failed"
exit "$status"
