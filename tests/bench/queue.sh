#!/usr/bin/env bash
# The job queue beside BullMQ: tests/bench/queue/measure.py. (A queue.py here
# would stand in the way of Python's own module of that name.)
set -euo pipefail
exec "$(dirname "$(readlink -f "$0")")/queue/measure.py" "$@"
