"""What both sides of the bench share: the job, how much of it, the disk."""

import json
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import harness as h

HERE = pathlib.Path(__file__).parent
CALLERS, BULK, BULK_CALLERS, CONCURRENCY = 50, 500, 4, 50
RATE = 200
MILLION = 1_000_000
#: Above the longest load, so that only a hang hits it.
LIMIT_S = 600

JOB, CHILDREN = json.loads(subprocess.run(
    ["node", "-e", "import('./job.mjs').then(m => console.log(JSON.stringify([m.data, m.CHILDREN])))"],
    cwd=HERE, check=True, capture_output=True, text=True).stdout)


def fdatasync_ms():
    """Median of 100 appends of 4 KiB with fdatasync, where the servers write."""
    file = os.open(h.scratch / "probe", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    times = []
    for _ in range(100):
        begun = time.perf_counter()
        os.write(file, bytes(4096))
        os.fdatasync(file)
        times.append((time.perf_counter() - begun) * 1e3)
    os.close(file)
    return h.median(times)


def measured(process, load):
    """What `load` returns, with the server's CPU for a job and the disk."""
    disk = fdatasync_ms()
    before = h.cpu_seconds(process.pid)
    result = load()
    if not result["jobs"]:
        sys.exit("not one job was done")
    result["cpu_us"] = (h.cpu_seconds(process.pid) - before) / result["jobs"] * 1e6
    result["disk_ms"] = disk
    return result
