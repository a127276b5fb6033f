#!/usr/bin/env python3
"""What a stream costs: added time to the first byte, CPU an event, memory.

1,000 concurrent streams of 200 events, one every 50 ms, from one upstream:
straight, through nginx (proxy_buffering off) and through troupe. Then the
memory of troupe for a resting keep-alive connection and for an open stream.
"""

import argparse
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness as h

INTERVAL_MS = 50  # 20,000 events a second at 1,000 streams
RAMP_MS = 2000    # so that connecting is not what is measured
IDLE = 5000
OPEN = 1000
TOOLS = h.ROOT / "build/release/tests/bench"


def upstream(events, interval_ms, seconds):
    process = h.start([TOOLS / "stream_upstream", events, interval_ms, seconds],
                      h.OTHER_CORES, stdout=subprocess.PIPE)
    return process, int(process.stdout.readline())


def load(port, streams, seconds):
    process = h.start([TOOLS / "stream_load", port, streams, RAMP_MS, seconds],
                      h.OTHER_CORES, stdout=subprocess.PIPE)
    text, _ = process.communicate(timeout=seconds + 30)
    return json.loads(text)


def measure(process, port, options):
    before = h.cpu_seconds(process.pid) if process else 0
    result = load(port, options.streams, options.seconds)
    spent = (h.cpu_seconds(process.pid) - before) if process else 0
    result["cpu_us"] = spent / max(result["events"], 1) * 1e6
    return result


def crowd(port, count, kind):
    """Opens `count` connections that rest; they close with the process."""
    process = h.start([sys.executable, pathlib.Path(__file__).parent / "rest.py",
                       port, count, kind], h.OTHER_CORES,
                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    answer = process.stdout.readline().strip()
    if answer != f"resting {count}":
        sys.exit(f"{kind}: {answer}")
    return process


def memory(gateway, port, count, kind):
    """Bytes a connection, after a first crowd has warmed the allocator."""
    h.stop(crowd(port, 50, kind))
    before = h.rss_bytes(gateway.pid)
    guests = crowd(port, count, kind)
    grown = h.rss_bytes(gateway.pid) - before
    h.stop(guests)
    return grown / count


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--streams", type=int, default=1000)
    arguments.add_argument("--events", type=int, default=200)
    arguments.add_argument("--rounds", type=int, default=2)
    arguments.add_argument("--seconds", type=int, default=60)
    options = arguments.parse_args()
    h.raise_limits()
    _, source = upstream(options.events, INTERVAL_MS, 600)
    gateways = {
        "straight": (None, source),
        "nginx": h.nginx_proxy(source, h.GATEWAY_CORES, "proxy_buffering off;"),
        "troupe": h.troupe(source, h.GATEWAY_CORES),
    }
    results = {name: [] for name in gateways}
    for _ in range(options.rounds):
        for name, (process, port) in gateways.items():
            results[name].append(measure(process, port, options))
    print(f"{options.streams} streams of {options.events} events, one every "
          f"{INTERVAL_MS} ms, medians of {options.rounds} rounds")
    base = h.median([r["first_us"]["p50"] for r in results["straight"]])
    rows, cpu = [], {}
    for name, rounds in results.items():
        first = {q: h.median([r["first_us"][q] for r in rounds]) for q in ("p50", "p99")}
        cpu[name] = h.median([r["cpu_us"] for r in rounds])
        rows.append([name, sum(r["complete"] for r in rounds), f"{first['p50']:.0f}",
                     f"{first['p99']:.0f}", f"{first['p50'] - base:+.0f}",
                     f"{cpu[name]:.2f}" if gateways[name][0] else "-"])
    h.table(["path", "complete", "first event p50 us", "p99 us", "added p50 us", "CPU us/event"], rows)
    print(f"CPU an event, troupe to nginx: {cpu['troupe'] / cpu['nginx']:.2f}")
    _, silent = upstream(1000, 60_000, 300)
    quiet, port = h.troupe(silent, h.GATEWAY_CORES)
    rest = memory(quiet, port, IDLE, "idle")
    stream = memory(quiet, port, OPEN, "stream")
    print(f"memory: {rest / 1024:.1f} KiB a resting keep-alive connection ({IDLE}), "
          f"{stream / 1024:.1f} KiB an open stream with its upstream ({OPEN})")


if __name__ == "__main__":
    main()
