#!/usr/bin/env python3
"""How long troupe takes to listen, and what it weighs with nothing to do.

Starts it with no configuration (the built-in simulator serves) and with a
configuration of three providers; medians of several starts each.
"""

import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness as h

STARTS = 21
START_MS_MAX = 50  # the project's goal
IDLE_MIB_MAX = 25  # the project's goal
SETTLE_S = 1


def once(arguments):
    """Milliseconds from fork to the ready line, and MiB at rest."""
    begun = time.monotonic()
    process = h.start([h.TROUPE, "serve", "--listen", "127.0.0.1:0", *arguments],
                      h.CORES, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    h.listening_port(process)
    took = (time.monotonic() - begun) * 1e3
    return process, took


def main():
    path = h.scratch / "three.yaml"
    path.write_text("providers:\n" + "".join(
        f"  - {{name: {p}, protocol: {p}, base_url: 'http://127.0.0.1:9', keys: [k1, k2, k3, k4]}}\n"
        for p in ("openai", "anthropic", "gemini")))
    rows, worst_ms, worst_mib = [], 0, 0
    for name, arguments in (("no configuration", []), ("three providers", ["--config", path])):
        times = []
        for i in range(STARTS):
            process, took = once(arguments)
            times.append(took)
            if i == STARTS - 1:
                time.sleep(SETTLE_S)
                weight = h.rss_bytes(process.pid) / 2**20
            h.stop(process)
        worst_ms, worst_mib = max(worst_ms, h.median(times)), max(worst_mib, weight)
        rows.append([name, f"{h.median(times):.1f}", f"{max(times):.1f}", f"{weight:.1f}"])
    h.table([f"{STARTS} starts", "ms median", "ms worst", "idle RSS MiB"], rows)
    h.goal("start", worst_ms, START_MS_MAX, " ms")
    h.goal("idle RSS", worst_mib, IDLE_MIB_MAX, " MiB")


if __name__ == "__main__":
    main()
