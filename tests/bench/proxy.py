#!/usr/bin/env python3
"""CPU a request of nginx proxy_pass and of troupe, in one run: bytes that pass
unchanged, and requests translated from OpenAI's wire to Anthropic's and back.

An instant upstream (nginx `return 200`, 330 bytes of JSON), 64 connections of
wrk that post a 330-byte chat, and the two gateways in turns, several rounds, so
that noise hits both. troupe runs with one scheduler thread, four keys, buckets,
breaker, metrics, and its request log in a file; nginx with one worker, kept
connections and no log. CPU is the gateway's own user and system time.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness as h

CONNECTIONS = 64
BODY_SIZE = 330
RATIO_MAX = 2.0  # the project's goal


def answer():
    text = json.dumps({
        "id": "chatcmpl-bench", "object": "chat.completion", "created": 1760000000,
        "model": "gpt-4o-mini", "choices": [{
            "index": 0, "message": {"role": "assistant", "content": "Hello there."},
            "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 50, "completion_tokens": 4, "total_tokens": 54}})
    return text[:-1] + ', "pad": "' + "x" * (BODY_SIZE - len(text) - 11) + '"}'


def translated_answer():
    text = json.dumps({
        "id": "msg_bench", "type": "message", "role": "assistant", "model": "claude-haiku-4-5",
        "content": [{"type": "text", "text": "Hello there."}], "stop_reason": "end_turn",
        "stop_sequence": None, "usage": {"input_tokens": 50, "output_tokens": 4}})
    return text[:-1] + ', "pad": "' + "x" * (BODY_SIZE - len(text) - 11) + '"}'


def question():
    chat = {"model": "gpt-4o-mini", "max_tokens": 64,
            "messages": [{"role": "user", "content": ""}]}
    chat["messages"][0]["content"] = "x" * (BODY_SIZE - len(json.dumps(chat)))
    return json.dumps(chat)


def wrk(port, seconds):
    """Loads a gateway and returns requests done and requests a second."""
    script = h.scratch / "post.lua"
    script.write_text('wrk.method = "POST"\nwrk.body = [[' + question() + ']]\n'
                      'wrk.headers["Content-Type"] = "application/json"\n')
    done = h.start(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency",
                    "-s", script, f"http://127.0.0.1:{port}/v1/chat/completions"],
                   h.OTHER_CORES, stdout=subprocess.PIPE)
    text, _ = done.communicate(timeout=seconds + 30)
    if re.search(r"Non-2xx|Socket errors", text):
        print(text, file=sys.stderr)
        sys.exit("the load was not answered well")
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", text)
    return {"requests": int(re.search(r"(\d+) requests in", text).group(1)),
            "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)),
            "p99_ms": float(p99.group(1)) * {"us": 1e-3, "ms": 1, "s": 1e3}[p99.group(2)]}


def measure(process, port, seconds):
    before = h.cpu_seconds(process.pid)
    load = wrk(port, seconds)
    load["cpu_us"] = (h.cpu_seconds(process.pid) - before) / load["requests"] * 1e6
    return load


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=int, default=4)
    options = arguments.parse_args()
    h.raise_limits()
    text = answer()
    _, upstream = h.nginx("upstream", f"""
  server {{ listen 127.0.0.1:@PORT@ backlog=4096; default_type application/json;
    location / {{ return 200 '{text}'; }}
    location = /v1/messages {{ return 200 '{translated_answer()}'; }} }}""", h.OTHER_CORES)
    gateways = {"nginx": h.nginx_proxy(upstream, h.GATEWAY_CORES),
                "troupe": h.troupe(upstream, h.GATEWAY_CORES),
                "translated": h.troupe(upstream, h.GATEWAY_CORES, wire="anthropic")}
    rounds = {name: [] for name in gateways}
    for gateway in gateways.values():
        wrk(gateway[1], 1)  # warm: connections, caches, allocators
    for _ in range(options.rounds):
        for name, (process, port) in gateways.items():
            rounds[name].append(measure(process, port, options.seconds))
    print(f"{CONNECTIONS} connections, {len(question())}-byte request, "
          f"{len(text)}-byte answer, medians of {options.rounds} rounds")
    middle = {name: {key: h.median([r[key] for r in all_rounds]) for key in all_rounds[0]}
              for name, all_rounds in rounds.items()}
    h.table(["gateway", "requests/s", "CPU us/request", "p99 ms", "RSS MiB", "CPU us of each round"],
            [[name, f"{m['rate']:.0f}", f"{m['cpu_us']:.1f}", f"{m['p99_ms']:.2f}",
              f"{h.rss_bytes(gateways[name][0].pid) / 2**20:.1f}",
              " ".join(f"{r['cpu_us']:.1f}" for r in rounds[name])]
             for name, m in middle.items()])
    for name in ("troupe", "translated"):
        print(f"{name}: requests/s ratio {middle[name]['rate'] / middle['nginx']['rate']:.2f}, "
              f"CPU ratio {middle[name]['cpu_us'] / middle['nginx']['cpu_us']:.2f}")
    h.goal("CPU ratio", middle["troupe"]["cpu_us"] / middle["nginx"]["cpu_us"], RATIO_MAX)


if __name__ == "__main__":
    main()
