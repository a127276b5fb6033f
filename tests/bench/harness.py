"""What the benches share: processes that end, CPU time, nginx, tables.

Every process is started here, pinned to a core, limited in time by its bench,
and killed by pid when the bench ends, however it ends.
"""

import atexit
import json
import os
import pathlib
import re
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TROUPE = pathlib.Path(os.environ.get("TROUPE_BIN", ROOT / "build/release/troupe"))
TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))
#: The gateway under test has one core to itself; all else shares the others.
GATEWAY_CORES = CORES[:1]
OTHER_CORES = CORES[1:] or CORES
START_S = 20

scratch = pathlib.Path(tempfile.mkdtemp(prefix="troupe-bench-"))
_running = []


def _clean():
    for process in _running:
        if process.poll() is None:
            process.kill()
            process.wait()
    shutil.rmtree(scratch, ignore_errors=True)


atexit.register(_clean)
# A bench that is told to stop still cleans up.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def raise_limits():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def start(command, cores, **options):
    """Starts a process on `cores`; it ends with the bench."""
    process = subprocess.Popen([str(word) for word in command], cwd=scratch,
                               text=True, **options)
    # Every thread of it: some may have begun by now. Children inherit.
    if set(cores) != set(CORES):
        for thread in pathlib.Path(f"/proc/{process.pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), cores)
    _running.append(process)
    return process


def stop(process):
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def cpu_seconds(pid):
    """User and system time of a process so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_bytes(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1024


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port):
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    sys.exit(f"nothing listens on port {port}")


def nginx(name, http, cores):
    """One nginx process that is its own worker; returns it and its port."""
    port = free_port()
    place = scratch / name
    place.mkdir()
    (place / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {place}/pid; error_log {place}/error.log;
worker_rlimit_nofile 20000;
events {{ worker_connections 9000; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
  client_body_temp_path {place}/body; proxy_temp_path {place}/proxy;
  fastcgi_temp_path {place}/f; uwsgi_temp_path {place}/u; scgi_temp_path {place}/s;
  {http.replace("@PORT@", str(port))}
}}
""")
    process = start(["nginx", "-p", place, "-c", place / "nginx.conf"], cores,
                    stderr=subprocess.DEVNULL)
    wait_for_port(port)
    return process, port


def nginx_proxy(upstream_port, cores, more=""):
    """nginx as the gateway: one worker, keep-alive to the upstream."""
    return nginx("proxy", f"""
  upstream provider {{ server 127.0.0.1:{upstream_port}; keepalive 256;
                       keepalive_requests 1000000000; }}
  server {{ listen 127.0.0.1:@PORT@ backlog=4096;
    location / {{ proxy_pass http://provider; proxy_http_version 1.1;
                  proxy_set_header Connection ""; {more} }} }}
""", cores)


def troupe(upstream_port, cores, keys=4, threads=1, wire="openai"):
    """troupe with `keys` keys and its request log in a file; `wire` is the
    provider's, and clients speak OpenAI's."""
    settings = {
        "node": {"threads": threads, "data_dir": str(scratch / "data")},
        "http": {"listen": "127.0.0.1:0", "idle_timeout": "10m"},
        "log": {"level": "info", "format": "json"},
        "providers": [{
            "name": "upstream", "protocol": wire,
            "base_url": f"http://127.0.0.1:{upstream_port}" + ("/v1" if wire == "openai" else ""),
            "keys": [f"sk-bench-{i}" for i in range(keys)],
        }],
        "models": [{"name": "gpt-4o-mini", "targets": [
            {"provider": "upstream", "model": "claude-haiku-4-5"}]}] if wire != "openai" else [],
    }
    return troupe_with(settings, cores)


def troupe_with(settings, cores):
    if not TROUPE.exists():
        sys.exit(f"{TROUPE} is missing: run ./dev build")
    place = pathlib.Path(tempfile.mkdtemp(dir=scratch))
    path = place / "troupe.yaml"
    path.write_text(json.dumps(settings))
    with open(place / "troupe.log", "w", encoding="utf-8") as log:
        process = start([TROUPE, "serve", "--config", path], cores,
                        stdout=subprocess.PIPE, stderr=log)
    return process, listening_port(process, place / "troupe.log")


def listening_port(process, log=None):
    """Reads the line that says where the program listens."""
    ready, _, _ = select.select([process.stdout], [], [], START_S)
    line = process.stdout.readline() if ready else ""
    match = re.search(r"listening on https?://[^:]+:(\d+)", line)
    if not match:
        sys.exit(f"troupe did not start: {line}"
                 + (log.read_text()[-2000:] if log and log.exists() else ""))
    return int(match.group(1))


def median(numbers):
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else sum(ordered[middle - 1:middle + 1]) / 2


def table(heads, rows):
    width = [max(len(str(row[i])) for row in [heads, *rows]) for i in range(len(heads))]
    for row in [heads, *rows]:
        print("  ".join(str(cell).rjust(w) if i else str(cell).ljust(w)
                        for i, (cell, w) in enumerate(zip(row, width))))


def goal(what, value, limit, unit=""):
    word = "met" if value <= limit else "NOT met"
    print(f"goal {what} <= {limit}{unit}: {value:.2f}{unit} {word}")
