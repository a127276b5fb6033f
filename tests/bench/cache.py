#!/usr/bin/env python3
"""What a hit costs: answers of models beside nginx, /api/cache beside redis.

- hits: the same 330-byte question at temperature 0 again and again, answered
  by troupe from its cache, and the same bytes from nginx's static `return`.
- store: values of 256 bytes under 5,000 keys, written and read by 64
  connections: troupe's /api/cache by wrk, redis by its own redis-benchmark in
  its own protocol, without pipelining and without persistence.
- policy: how often two policies of retention hit (bench_cache_policy).
- meaning: a semantic look-up among 5,000 and 100,000 entries
  (bench_semantic_index).

troupe has one scheduler thread, nginx one worker, redis its one thread, each on
the same core, in turns. CPU is the server's own user and system time.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness as h
import proxy

HIT_RATIO_MAX = 2.5  # the project's goal, CPU of a hit
KEYS = 5000
VALUE_SIZE = 256


def question():
    chat = json.loads(proxy.question())
    chat["temperature"] = 0
    text = chat["messages"][0]["content"]
    chat["messages"][0]["content"] = text[:len(text) - len(', "temperature": 0')]
    return json.dumps(chat)


def wrk(port, path, seconds, script):
    file = h.scratch / "load.lua"
    file.write_text(script)
    done = h.start(["wrk", "-t1", f"-c{proxy.CONNECTIONS}", f"-d{seconds}s", "--latency",
                    "-s", file, f"http://127.0.0.1:{port}{path}"],
                   h.OTHER_CORES, stdout=subprocess.PIPE)
    text, _ = done.communicate(timeout=seconds + 30)
    if re.search(r"Non-2xx|Socket errors", text):
        print(text, file=sys.stderr)
        sys.exit("the load was not answered well")
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", text)
    return {"requests": int(re.search(r"(\d+) requests in", text).group(1)),
            "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)),
            "p99_ms": float(p99.group(1)) * {"us": 1e-3, "ms": 1, "s": 1e3}[p99.group(2)]}


def with_cpu(process, load):
    before = h.cpu_seconds(process.pid)
    measured = load()
    measured["cpu_us"] = (h.cpu_seconds(process.pid) - before) / measured["requests"] * 1e6
    return measured


def ask(port):
    """One question; returns what the answer says of the cache, and its body."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/chat/completions",
                                     data=question().encode(),
                                     headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers["x-troupe-cache"], answer.read().decode()


def redis_load(port, what, requests):
    """redis-benchmark: `what` is get or set; returns requests and their rate."""
    done = h.start(["redis-benchmark", "-p", port, "-c", proxy.CONNECTIONS, "-n", requests,
                    "-r", KEYS, "-d", VALUE_SIZE, "-t", what, "--csv"],
                   h.OTHER_CORES, stdout=subprocess.PIPE)
    text, _ = done.communicate(timeout=120)
    cells = [cell.strip('"') for cell in text.strip().splitlines()[-1].split(",")]
    return {"requests": requests, "rate": float(cells[1]), "p99_ms": float(cells[6])}


def redis_server():
    port = h.free_port()
    process = h.start(["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "",
                       "--appendonly", "no", "--dir", h.scratch], h.GATEWAY_CORES,
                      stdout=subprocess.DEVNULL)
    h.wait_for_port(port)
    return process, port


GET_SCRIPT = f"""
request = function()
  return wrk.format("GET", "/api/cache/key:" .. math.random(0, {KEYS - 1}))
end
"""

PUT_SCRIPT = f"""
local body = string.rep("x", {VALUE_SIZE})
local next_key = 0
request = function()
  next_key = (next_key + 1) % {KEYS}
  return wrk.format("PUT", "/api/cache/key:" .. next_key .. "?ttl=3600", nil, body)
end
"""


def in_turns(rounds, loads):
    """Medians of every load, each made once a round."""
    measured = {name: [] for name in loads}
    for _ in range(rounds):
        for name, load in loads.items():
            measured[name].append(load())
    return {name: {key: h.median([m[key] for m in all_rounds]) for key in all_rounds[0]}
            for name, all_rounds in measured.items()}


def show(heads, middle, reference):
    base = middle[reference]
    h.table([heads, "requests/s", "ratio", "CPU us/request", "ratio", "p99 ms"],
            [[name, f"{m['rate']:.0f}", f"{m['rate'] / base['rate']:.2f}", f"{m['cpu_us']:.1f}",
              f"{m['cpu_us'] / base['cpu_us']:.2f}", f"{m['p99_ms']:.2f}"]
             for name, m in middle.items()])


def settings(upstream):
    return {
        "node": {"threads": 1, "data_dir": str(h.scratch / "data")},
        "http": {"listen": "127.0.0.1:0", "idle_timeout": "10m"},
        "log": {"level": "info", "format": "json"},
        "providers": [{"name": "upstream", "protocol": "openai",
                       "base_url": f"http://127.0.0.1:{upstream}/v1", "keys": ["sk-bench"]}]}


def bench_hits(gateway, rounds, seconds):
    process, port = gateway
    ask(port)
    kept, body = ask(port)
    if kept != "hit":
        sys.exit(f"the second answer says x-troupe-cache: {kept}")
    static, static_port = h.nginx("static", f"""
  server {{ listen 127.0.0.1:@PORT@ backlog=4096; default_type application/json;
    location / {{ return 200 '{body}'; }} }}""", h.GATEWAY_CORES)
    script = ('wrk.method = "POST"\nwrk.body = [[' + question() + ']]\n'
              'wrk.headers["Content-Type"] = "application/json"\n')
    path = "/v1/chat/completions"
    for warm in (port, static_port):
        wrk(warm, path, 1, script)
    middle = in_turns(rounds, {
        "nginx return": lambda: with_cpu(static, lambda: wrk(static_port, path, seconds, script)),
        "troupe hit": lambda: with_cpu(process, lambda: wrk(port, path, seconds, script))})
    h.stop(static)
    print(f"\n{len(question())}-byte question, {len(body)}-byte answer, {proxy.CONNECTIONS} "
          f"connections, medians of {rounds} rounds")
    show("hits", middle, "nginx return")
    h.goal("CPU of a hit", middle["troupe hit"]["cpu_us"] / middle["nginx return"]["cpu_us"],
           HIT_RATIO_MAX)


def bench_store(gateway, rounds, seconds):
    process, port = gateway
    redis, redis_port = redis_server()
    wrk(port, "/", 1, PUT_SCRIPT)
    probe = redis_load(redis_port, "set", 50_000)
    requests = int(probe["rate"] * seconds)
    print(f"\nvalues of {VALUE_SIZE} bytes under {KEYS} keys, {proxy.CONNECTIONS} connections, "
          f"medians of {rounds} rounds")
    for what, script in (("set", PUT_SCRIPT), ("get", GET_SCRIPT)):
        middle = in_turns(rounds, {
            f"redis {what}": lambda: with_cpu(
                redis, lambda: redis_load(redis_port, what, requests)),
            f"troupe {what}": lambda: with_cpu(
                process, lambda: wrk(port, "/", seconds, script))})
        show("store", middle, f"redis {what}")
    h.stop(redis)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=int, default=4)
    options = arguments.parse_args()
    h.raise_limits()
    _, upstream = h.nginx("upstream", f"""
  server {{ listen 127.0.0.1:@PORT@ backlog=4096; default_type application/json;
    location / {{ return 200 '{proxy.answer()}'; }} }}""", h.OTHER_CORES)
    gateway = h.troupe_with(settings(upstream), h.GATEWAY_CORES)
    bench_hits(gateway, options.rounds, options.seconds)
    bench_store(gateway, options.rounds, options.seconds)
    h.stop(gateway[0])
    for name in ("bench_cache_policy", "bench_semantic_index"):
        print(flush=True)
        subprocess.run([h.TROUPE.parent / "tests/bench" / name], check=True, timeout=600)


if __name__ == "__main__":
    main()
