#!/usr/bin/env bash
# Runs one file of node:test cases. Exit 77 = did not run, and why in one line.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

skip() {
  echo "$1 did not run: $2"
  [[ -z ${CI:-} ]] || exit 1
  exit 77
}

# The flag came with 20.14: a hook that fails must not leave a test hanging.
node --test-force-exit --eval 0 2>/dev/null \
  || skip "$1" "no Node >= 20.14 on PATH"
[[ -d node_modules/openai ]] || skip "$1" "the npm clients are not installed (./dev test does it)"
[[ $1 != python* || -x ../../build/venv/bin/python ]] \
  || skip "$1" "the PyPI clients are not installed (./dev test does it)"

ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
exec node --test --test-force-exit --test-reporter=spec --test-concurrency=1 --test-timeout="${TEST_TIMEOUT_MS:-120000}" "$1"
