#!/usr/bin/env bash
# kill -9 of a working troupe, 200 times (or as often as the first argument
# says), and the account of what it had acknowledged: tests/e2e/queue_crash.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
export CRASH_ROUNDS=${1:-200} TEST_TIMEOUT_MS=7200000
export TROUPE_BIN=${TROUPE_BIN:-$PWD/build/release/troupe} CI=1
exec tests/e2e/run.sh queue_crash.test.mjs
