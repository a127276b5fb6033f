#!/usr/bin/env python3
"""A durable queue beside BullMQ on redis, in one run.

- add: 50 callers, each adds one job after the other. troupe: wrk, 50
  connections. BullMQ: one node process, 50 loops around Queue.add.
- bulk: 500 jobs a call, by 4 callers. troupe: wrk. BullMQ: Queue.addBulk.
- work: no-op workers that hold 50 jobs at once. troupe: wrk, as 50 workers of
  one job and as one worker of 50, completing and leasing in one request.
  BullMQ: one Worker of concurrency 50, and two processes of 25; the better one
  counts, on both sides.
- latency: 200 jobs a second, added and worked by one node process: from the
  call that adds until the worker has the job in hand (end to end), and until
  its completion is acknowledged.
- flow: 50 callers, each adds a parent of five children, one flow after the
  other, until the last child waits in its queue. troupe: wrk. BullMQ:
  FlowProducer.add. All six count.
- million: memory of the server with a million waiting jobs, and its start with
  them on disk, until it says that they wait.

redis runs with appendfsync always, which promises what troupe promises, and
everysec, which promises less. The server has one core, the load the others.
The median fdatasync of the disk just before a measurement is printed beside
it: 50 callers that wait for it cannot be acknowledged more than 50 times in
that time, whoever serves them. CPU is the server's own.
"""

import argparse
import json
import sys
import time

import bullmq
from bullmq import BullMQ
from load import CALLERS, JOB, LIMIT_S, MILLION, RATE, fdatasync_ms, h, measured
from troupe import Troupe

SPEED_MIN = 3.0  # the project's goals
LATENCY_MS_MAX = 3.0
START_S_MAX = 2.0


def one_round(side, seconds, into):
    """All throughputs and the latency of one side, into lists."""
    def added(what):
        getattr(side, what)(1)  # warm
        into.setdefault(what, []).append(measured(side.process, lambda: getattr(side, what)(seconds)))

    for what in ("add", "bulk"):
        added(what)
        side.empty()
    for how, work in side.works(seconds).items():
        into.setdefault(f"work, {how}", []).append(work())
        side.empty()
    disk = fdatasync_ms()
    made = side.latency(seconds)
    into.setdefault("latency", []).append(
        {"p50": made["reached"]["p50"], "p99": made["reached"]["p99"], "done_p50": made["done"]["p50"],
         "done_p99": made["done"]["p99"], "disk_ms": disk})
    added("flow")  # Last: what it leaves behind is not gone at once.


def middle(rounds):
    return {key: h.median([r[key] for r in rounds]) for key in rounds[0]}


def million(side):
    """Bytes of a million waiting jobs, and seconds to be there again."""
    empty = h.rss_bytes(side.process.pid)
    side.fill(MILLION)
    if side.waiting() != MILLION:
        sys.exit(f"{side.name}: {side.waiting()} jobs wait, not a million")
    time.sleep(2)  # what is freed late is freed
    full = h.rss_bytes(side.process.pid)
    side.stop()
    begun = time.monotonic()
    side.start()
    while side.waiting() != MILLION:
        if time.monotonic() - begun > LIMIT_S:
            sys.exit(f"{side.name}: the million jobs did not come back")
    took = time.monotonic() - begun
    again = h.rss_bytes(side.process.pid)
    side.stop()
    return {"empty": empty, "full": full, "again": again, "start_s": took}


def best_work(medians):
    """The better of the ways to work, under one name."""
    ways = {name: m for name, m in medians.items() if name.startswith("work")}
    return max(ways.items(), key=lambda way: way[1]["rate"])


def show_speed(all_medians):
    rows = []
    base = all_medians.get("BullMQ always")
    for side, medians in all_medians.items():
        for what, m in medians.items():
            if what == "latency":
                continue
            kind = what.split(",")[0]
            against = base and (best_work(base)[1] if kind == "work" else base[kind])
            rows.append([f"{what}: {side}", f"{m['rate']:.0f}", f"{m['rate'] / against['rate']:.2f}" if base else "-",
                         f"{m['cpu_us']:.1f}", f"{m['disk_ms']:.2f}"])
    h.table(["jobs a second", "rate", "of always", "CPU us/job", "fdatasync ms"],
            sorted(rows, key=lambda row: row[0].split(",")[0].split(":")[0]))


def show_latency(all_medians):
    print()
    h.table([f"latency at {RATE}/s, ms", "p50 to the worker", "p99", "p50 to completed", "p99", "fdatasync ms"],
            [[side, *(f"{m['latency'][key]:.2f}" for key in ("p50", "p99", "done_p50", "done_p99", "disk_ms"))]
             for side, m in all_medians.items()])


def show_millions(made):
    print()
    h.table(["a million waiting jobs", "MiB before", "MiB with them", "bytes a job", "start s", "MiB after the start"],
            [[side, f"{m['empty'] / 2**20:.0f}", f"{m['full'] / 2**20:.0f}",
              f"{(m['full'] - m['empty']) / MILLION:.0f}", f"{m['start_s']:.2f}", f"{m['again'] / 2**20:.0f}"]
             for side, m in made.items()])


def reached(what, value, limit, unit=""):
    print(f"goal {what} >= {limit}{unit}: {value:.2f}{unit} {'met' if value >= limit else 'NOT met'}")


def judge(medians, millions):
    ours, theirs = medians.get("troupe"), medians.get("BullMQ always")
    print()
    if ours and theirs:
        for what in ("add", "bulk"):
            reached(f"{what}, times BullMQ always", ours[what]["rate"] / theirs[what]["rate"], SPEED_MIN)
        reached("work, times BullMQ always", best_work(ours)[1]["rate"] / best_work(theirs)[1]["rate"], SPEED_MIN)
        most = CALLERS / ours["add"]["disk_ms"] * 1e3
        print(f"(add: {CALLERS} callers that wait for an fdatasync of {ours['add']['disk_ms']:.2f} ms each time: "
              f"at most about {most:.0f} a second)")
    if ours:
        h.goal("end to end, p50", ours["latency"]["p50"], LATENCY_MS_MAX, " ms")
    if "troupe" in millions:
        h.goal("start with a million jobs", millions["troupe"]["start_s"], START_S_MAX, " s")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=int, default=4)
    arguments.add_argument("--only", choices=["troupe", "bullmq"], help="one side, for work on it")
    arguments.add_argument("--no-million", action="store_true")
    options = arguments.parse_args()
    h.raise_limits()
    sides = []
    if options.only != "troupe":
        bullmq.prepare()
        sides += [lambda: BullMQ("always"), lambda: BullMQ("everysec")]
    if options.only != "bullmq":
        sides += [Troupe]
    rounds = {}
    for _ in range(options.rounds):
        for make in sides:
            side = make()
            one_round(side, options.seconds, rounds.setdefault(side.name, {}))
            side.stop()
    medians = {side: {what: middle(all_rounds) for what, all_rounds in of.items()} for side, of in rounds.items()}
    print(f"{len(json.dumps(JOB))}-byte jobs, medians of {options.rounds} rounds of {options.seconds} s; "
          f"server on one core of {len(h.CORES)}")
    show_speed(medians)
    show_latency(medians)
    millions = {}
    if not options.no_million:
        # A million looks the same to redis however it syncs.
        for make in [side for side in sides if side is not sides[0] or len(sides) == 1]:
            side = make()
            millions[side.name] = million(side)
        show_millions(millions)
    judge(medians, millions)


if __name__ == "__main__":
    main()
