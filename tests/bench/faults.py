#!/usr/bin/env python3
"""A soak among faults: what clients see of providers that fail all the time.

troupe with two targets a model, on two simulators that fail about a third of
all attempts in every way a gateway can hide, each after its own chance; one key
of four is dead, and the second target goes down every few seconds. A small part
of the traffic, counted apart, meets faults in the middle of its answers: a
stream that has begun cannot be saved there, and must end with an error event.

Exit status 1 if a goal is missed.
"""

import argparse
import asyncio
import json
import pathlib
import subprocess
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import fault_traffic
import harness as h

#: By chance, in this order, at both targets. Together about 30 %.
FAULTS = {
    "503": 0.10, "500": 0.05, "529": 0.03, "reset": 0.05, "empty_body": 0.02, "cut_early": 0.03,
    "malformed_early": 0.02, "error_event_early": 0.02, "429_after_200": 0.01, "stall_early": 0.005,
    "hang": 0.005, "slow_first": 0.01,
}
FLAP_MS = (8000, 3000)  # up, down
#: In the middle of the answer, each for its part of the traffic counted apart.
MIDDLE = ("cut", "stall", "malformed", "error-event")
MIDDLE_EVERY = 31  # every so many-th question: 3 %; a prime, to meet every wire and form
KEYS = ["soak-dead", "soak-1", "soak-2", "soak-3"]

ERRORS_MAX_PERCENT = 0.1
ATTEMPTS_MAX = 1.6
#: From half of the time to its end, beyond what an allocator moves by itself.
GROWTH_MAX_PERCENT = 5.0
GROWTH_SLACK = 2 << 20

PROVIDER = {
    "keys": KEYS,
    "timeouts": {"connect": "1s", "first_byte": "1s", "stall": "1s", "total": "30s"},
    "retry": {"attempts": 8, "delay": "50ms", "factor": 2, "jitter": "30%", "delay_max": "1s"},
    # Five faults in a row are nothing where every third attempt fails.
    "breaker": {"open_after": 15, "cooldown": "500ms", "cooldown_max": "2s"},
    "waiting": {"time": "10s"},
}


def simulator(cores):
    chances = [word for kind, chance in FAULTS.items() for word in ("--fault", f"{kind}={chance}")]
    process = h.start([h.TROUPE, "simulate", "--listen", "127.0.0.1:0", "--dead-key", KEYS[0],
                       "--slow-first", 300, "--silence", 5000, *chances],
                      cores, stdout=subprocess.PIPE)
    return h.listening_port(process)


def settings(ports, data_dir):
    providers, models = [], []
    for wire in fault_traffic.WIRES:
        for which, port in ports.items():
            base = f"http://127.0.0.1:{port}" + ("/v1" if wire == "openai" else "")
            providers.append({"name": f"{wire}-{which}", "protocol": wire, "base_url": base, **PROVIDER})
        up, down = FLAP_MS
        targets = {"soak": ("sim-soak", f"sim-flap-{up}-{down}-{wire}")}
        targets |= {f"middle-{kind}": (f"sim-flaky-50-{kind}",) * 2 for kind in MIDDLE}
        models += [{"name": f"{name}-{wire}", "strategy": "weighted", "targets": [
            {"provider": f"{wire}-{which}", "model": model} for which, model in zip(ports, names)]}
            for name, names in targets.items()]
    return {
        "node": {"threads": 1, "data_dir": data_dir},
        "http": {"listen": "127.0.0.1:0"},
        "log": {"level": "error", "format": "json"},
        # While one target is down the other one's faults are its own to bear:
        # more retries than a healthy fleet would be allowed.
        "routing": {"retry_budget": "100%"},
        "providers": providers, "models": models,
    }


def pick(number):
    if number % MIDDLE_EVERY == 0:
        # Each kind meets the six ways of asking before the next one does.
        return "middle", f"middle-{MIDDLE[number // MIDDLE_EVERY // 6 % len(MIDDLE)]}"
    return "main", "soak"


def stats(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_sim/stats?attempts=0", timeout=20) as answer:
        return json.load(answer)


async def soak(gateway, port, options):
    traffic = fault_traffic.Traffic(port, ("main", "middle"), options.seed)
    rss = {}

    async def watch():
        gone = 0
        for share in (0.1, 0.5, 1.0):
            await asyncio.sleep((share - gone) * options.seconds)
            gone = share
            rss[share] = h.rss_bytes(gateway.pid)

    await asyncio.gather(traffic.run(options.rate, options.seconds, pick), watch())
    return traffic, rss


def quantile(numbers, share):
    ordered = sorted(numbers)
    return ordered[int(share * (len(ordered) - 1))] if ordered else float("nan")


def goal(what, value, limit, unit=""):
    h.goal(what, value, limit, unit)
    return value <= limit


def report(traffic, rss, ports, options):
    main, middle = traffic.counts["main"], traffic.counts["middle"]
    asked = sum(main.values()) + sum(middle.values())
    seen = [stats(port) for port in ports.values()]
    attempts = sum(one["requests"] for one in seen)
    by_fault = {}
    for one in seen:
        for kind, count in one["by_fault"].items():
            by_fault[kind] = by_fault.get(kind, 0) + count
    print(f"{asked} requests in {options.seconds} s, {asked / options.seconds:.0f} a second; {attempts} attempts, "
          f"{sum(by_fault.values()) / max(attempts, 1):.1%} of them faulty")
    h.table(["fault", "attempts"], sorted(by_fault.items(), key=lambda row: -row[1]))
    h.table(["answers", "p50 ms", "p99 ms", "complete"], [
        [form, f"{quantile(times, 0.5):.1f}", f"{quantile(times, 0.99):.1f}", len(times)]
        for form, times in traffic.times_ms.items()])
    print("RSS MiB " + ", ".join(f"{share:.0%}: {size / 2**20:.1f}" for share, size in rss.items()))
    print(f"counted apart, met with faults in mid-answer: {middle['complete']} complete, "
          f"{middle['error']} ended with an error, {middle['lie']} without an end")
    for what, (count, body) in sorted(traffic.examples.items()):
        print(f"  {count} x {' '.join(map(str, what))}: {body.decode(errors='replace')!r}")
    errors = main["error"] + main["lie"]
    growth = 100 * max(rss[1.0] - rss[0.5] - GROWTH_SLACK, 0) / rss[0.5]
    goals = [
        goal("client-visible errors", 100 * errors / max(sum(main.values()), 1), ERRORS_MAX_PERCENT, " %"),
        goal("answers that never ended as they must", main["lie"] + middle["lie"], 0),
        goal("attempts a request", attempts / max(asked, 1), ATTEMPTS_MAX),
        goal("questions not asked for want of answers", traffic.refused_to_open, 0),
    ]
    if not options.any_memory:
        goals.append(goal("RSS grown since half time", growth, GROWTH_MAX_PERCENT, " %"))
    # A soak without faults proves nothing.
    faulty = 100 * sum(by_fault.values()) / max(attempts, 1)
    goals.append(goal("attempts without a fault", 100 - faulty, 80, " %"))
    return all(goals)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=int, default=300)
    arguments.add_argument("--rate", type=int, default=300, help="requests a second")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--any-memory", action="store_true",
                           help="do not judge memory: a sanitizer keeps what was freed")
    options = arguments.parse_args()
    h.raise_limits()
    ports = {name: simulator(h.OTHER_CORES) for name in ("steady", "flapping")}
    gateway, port = h.troupe_with(settings(ports, str(h.scratch / "data")), h.GATEWAY_CORES)
    traffic, rss = asyncio.run(soak(gateway, port, options))
    met = report(traffic, rss, ports, options)
    if gateway.poll() is not None:
        sys.exit(f"troupe ended with {gateway.returncode}")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
