"""troupe and its queues over HTTP, driven by wrk and troupe.mjs."""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from http.client import HTTPConnection

from load import BULK, BULK_CALLERS, CALLERS, CHILDREN, CONCURRENCY, HERE, JOB, LIMIT_S, RATE, h, measured


class Troupe:
    name = "troupe"

    def __init__(self):
        place = tempfile.mkdtemp(dir=h.scratch)
        open_queue = {"handler": "external", "concurrency": 1_000_000, "rate": {"max": 0}, "max_waiting": 100_000_000}
        self.settings = {
            "node": {"threads": 1, "data_dir": place},
            "http": {"listen": "127.0.0.1:0", "idle_timeout": "10m"},
            "log": {"level": "warn", "format": "json"},
            "queues": {name: open_queue for name in ("email", "bulk", "flow", "work", "latency")},
        }
        self.start()

    def start(self):
        self.process, self.port = h.troupe_with(self.settings, h.GATEWAY_CORES)

    def stop(self):
        h.stop(self.process)

    def wrk(self, connections, seconds, script, **environment):
        done = h.start(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script,
                        f"http://127.0.0.1:{self.port}/"], h.OTHER_CORES, stdout=subprocess.PIPE,
                       env={**os.environ, **environment})
        text, _ = done.communicate(timeout=LIMIT_S)
        if re.search(r"Non-2xx|Socket errors", text):
            sys.exit(f"{text}\ntroupe did not answer the load well")
        took = float(re.search(r"requests in ([\d.]+)s", text).group(1))
        completed = re.search(r"completed (\d+)", text)
        requests = int((completed or re.search(r"(\d+) requests in", text)).group(1))
        return requests, took

    def send(self, path, body, connections, seconds, jobs):
        script = h.scratch / f"add-{jobs}.lua"
        script.write_text(f'wrk.method = "POST"\nwrk.path = "{path}"\nwrk.body = [[{body}]]\n'
                          'wrk.headers["Content-Type"] = "application/json"\n')
        requests, took = self.wrk(connections, seconds, script)
        return {"jobs": requests * jobs, "rate": requests * jobs / took}

    def add(self, seconds):
        return self.send("/api/queues/email/jobs", json.dumps({"name": "send", "data": JOB}), CALLERS, seconds, 1)

    def bulk(self, seconds):
        return self.send("/api/queues/bulk/jobs/bulk", self.bulk_body(BULK), BULK_CALLERS, seconds, BULK)

    def flow(self, seconds):
        """Until the last child waits, not only until the last parent is acknowledged."""
        child = {"name": "send", "data": JOB}
        begun, before = time.monotonic(), self.waiting("flow")
        made = self.send("/api/queues/flow/jobs", json.dumps({**child, "children": [child] * CHILDREN}), CALLERS, seconds, 1)
        flows = made["jobs"]
        # wrk leaves calls behind that are not counted.
        while self.waiting("flow") < before + flows * CHILDREN:
            if time.monotonic() - begun > LIMIT_S:
                sys.exit("children are missing")
            time.sleep(0.02)
        jobs = flows * (1 + CHILDREN)
        return {"jobs": jobs, "rate": jobs / (time.monotonic() - begun)}

    @staticmethod
    def bulk_body(count):
        return json.dumps({"jobs": [{"name": "send", "data": JOB}] * count})

    def work(self, connections, hand, seconds):
        self.fill(max(100_000, 60_000 * seconds), "work")

        def load():
            completed, took = self.wrk(connections, seconds, HERE / "work.lua", QUEUE="work", HAND=str(hand))
            return {"jobs": completed, "rate": completed / took}

        made = measured(self.process, load)
        if self.waiting("work") == 0:
            sys.exit("the workers had nothing left to do: fill more")
        self.order("work", "drain")
        return made

    def works(self, seconds):
        return {"50 workers x 1": lambda: self.work(CONCURRENCY, 1, seconds),
                "1 worker x 50": lambda: self.work(1, CONCURRENCY, seconds)}

    def order(self, queue, verb):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/queues/{queue}/{verb}", method="POST",
                                         data=b"{}", headers={"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=LIMIT_S).close()

    def empty(self):
        for queue in ("email", "bulk"):
            self.order(queue, "drain")

    def latency(self, seconds):
        done = h.start(["node", HERE / "troupe.mjs", "latency", self.port, "latency", RATE, seconds],
                       h.OTHER_CORES, stdout=subprocess.PIPE)
        text, _ = done.communicate(timeout=LIMIT_S)
        if done.returncode != 0:
            sys.exit("troupe: the load failed")
        return json.loads(text)

    def fill(self, count, queue="email"):
        """Not measured: four connections of bulk bodies."""
        body, calls, lock = self.bulk_body(BULK).encode(), iter(range(count // BULK)), threading.Lock()
        refused = []

        def send():
            link = HTTPConnection("127.0.0.1", self.port, timeout=LIMIT_S)
            while True:
                with lock:
                    if refused or next(calls, None) is None:
                        return
                link.request("POST", f"/api/queues/{queue}/jobs/bulk", body, {"Content-Type": "application/json"})
                answer = link.getresponse()
                text = answer.read()
                if answer.status != 202:
                    refused.append(text)

        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if refused:
            sys.exit(f"troupe did not take the jobs in: {refused[0]}")

    def waiting(self, queue="email"):
        """Waiting jobs, None while it does not say."""
        try:
            at = f"http://127.0.0.1:{self.port}"
            urllib.request.urlopen(f"{at}/readyz", timeout=5).close()
            with urllib.request.urlopen(f"{at}/api/queues/{queue}", timeout=5) as answer:
                return json.load(answer)["waiting"]
        except OSError:
            return None
