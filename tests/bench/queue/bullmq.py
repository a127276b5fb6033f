"""BullMQ on a redis of its own, driven by bullmq.mjs."""

import json
import subprocess
import sys
import tempfile

from load import BULK_CALLERS, CALLERS, CONCURRENCY, HERE, LIMIT_S, RATE, h, measured

WORK_FILL = 50_000  # jobs for the workers, a round


def prepare():
    if not (HERE / "node_modules/bullmq").exists():
        subprocess.run(["npm", "install", "--no-package-lock", "--no-fund", "--no-audit", "--loglevel=error"], cwd=HERE, check=True)


class BullMQ:
    """redis with an append-only file, and node processes that use it."""

    def __init__(self, appendfsync):
        self.name = f"BullMQ {appendfsync}"
        self.appendfsync = appendfsync
        self.place = tempfile.mkdtemp(dir=h.scratch)
        self.start()

    def start(self):
        self.port = h.free_port()
        self.process = h.start(
            ["redis-server", "--port", self.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes",
             "--appendfsync", self.appendfsync, "--maxmemory-policy", "noeviction", "--dir", self.place],
            h.GATEWAY_CORES, stdout=subprocess.DEVNULL)
        h.wait_for_port(self.port)

    def stop(self):
        h.stop(self.process)

    def node(self, *words):
        return h.start(["node", HERE / "bullmq.mjs", words[0], self.port, *words[1:]],
                       h.OTHER_CORES, stdout=subprocess.PIPE)

    def said(self, process):
        text, _ = process.communicate(timeout=LIMIT_S)
        if process.returncode != 0:
            sys.exit(f"{self.name}: the load failed")
        return json.loads(text)

    def run(self, *words):
        return self.said(self.node(*words))

    def rate(self, *words):
        made = self.run(*words)
        return {"jobs": made["jobs"], "rate": made["jobs"] / made["seconds"]}

    def add(self, seconds):
        return self.rate("add", CALLERS, seconds)

    def bulk(self, seconds):
        return self.rate("bulk", BULK_CALLERS, seconds)

    def flow(self, seconds):
        return self.rate("flow", CALLERS, seconds)

    def work(self, processes):
        """Works WORK_FILL jobs; their adding is not counted."""
        self.run("fill", WORK_FILL)

        def load():
            workers = [self.node("work", CONCURRENCY // processes) for _ in range(processes)]
            made = [self.said(worker) for worker in workers]
            took = (max(m["ended"] for m in made) - min(m["begun"] for m in made)) / 1e3
            jobs = sum(m["jobs"] for m in made)
            return {"jobs": jobs, "rate": jobs / took}

        return measured(self.process, load)

    def works(self, _):
        return {"1 process x 50": lambda: self.work(1), "2 processes x 25": lambda: self.work(2)}

    def empty(self):
        subprocess.run(["redis-cli", "-p", str(self.port), "flushall"], check=True, stdout=subprocess.DEVNULL)

    def latency(self, seconds):
        return self.run("latency", RATE, seconds)

    def fill(self, count):
        self.run("fill", count)

    def waiting(self):
        """Waiting jobs, None while it loads them."""
        done = subprocess.run(["redis-cli", "-p", str(self.port), "llen", "bull:email:wait"],
                              capture_output=True, text=True)
        return int(done.stdout) if done.stdout.strip().isdigit() else None
