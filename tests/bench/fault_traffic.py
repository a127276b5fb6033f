"""Steady traffic of the three wires, judged answer by answer.

Questions begin at an even pace whatever becomes of those before them, half of
them as streams, over kept-alive connections. Each answer is one of:

  complete  whole, or a stream that ended as its wire says
  error     an error status, or a stream that ended with its wire's error event
  lie       everything else: a stream that stopped or ended without its mark
"""

import asyncio
import itertools
import json
import time

ANSWER_S = 60
#: Above what the pace needs by far: beyond it the gateway has stopped serving.
OPEN_MAX = 2000


def _request(path, body, more=""):
    data = json.dumps(body).encode()
    return (f"POST {path} HTTP/1.1\r\nHost: soak\r\nContent-Type: application/json\r\n{more}"
            f"Content-Length: {len(data)}\r\n\r\n").encode() + data


def _openai(model, stream):
    return _request("/v1/chat/completions", {
        "model": model, "stream": stream, "messages": [{"role": "user", "content": "soak"}]})


def _anthropic(model, stream):
    return _request("/v1/messages", {
        "model": model, "stream": stream, "max_tokens": 100,
        "messages": [{"role": "user", "content": "soak"}]}, "anthropic-version: 2023-06-01\r\n")


def _gemini(model, stream):
    method = "streamGenerateContent?alt=sse" if stream else "generateContent"
    return _request(f"/v1beta/models/{model}:{method}",
                    {"contents": [{"role": "user", "parts": [{"text": "soak"}]}]})


#: By wire: how to ask, and whether the last record says that all was said.
WIRES = {
    "openai": (_openai, lambda last: last == b"data: [DONE]"),
    "anthropic": (_anthropic, lambda last: b'"message_stop"' in last),
    "gemini": (_gemini, lambda last: b'"finishReason"' in last),
}


def judge(wire, stream, status, body):
    if status != 200:
        return "error"
    if not stream:
        try:
            return "lie" if "error" in json.loads(body) else "complete"
        except ValueError:
            return "lie"
    records = [r for r in body.replace(b"\r\n", b"\n").split(b"\n\n") if r and not r.startswith(b":")]
    last = records[-1] if records else b""
    if WIRES[wire][1](last):
        return "complete"
    data = last[last.find(b"data:") + 5:] if b"data:" in last else b"null"
    try:
        return "error" if "error" in (json.loads(data) or {}) else "lie"
    except ValueError:
        return "lie"


async def _read_body(reader, head):
    if b"transfer-encoding: chunked" not in head:
        at = head.find(b"content-length:")
        return await reader.readexactly(int(head[at + 15:head.find(b"\r", at)]))
    parts = []
    while True:
        size = int(await reader.readuntil(b"\r\n"), 16)
        piece = await reader.readexactly(size + 2)
        if size == 0:
            return b"".join(parts)
        parts.append(piece[:-2])


class Traffic:
    """Counts by model group, and times of the answers that were complete."""

    def __init__(self, port, groups, seed):
        self.port = port
        self.counts = {group: {"complete": 0, "error": 0, "lie": 0} for group in groups}
        self.times_ms = {"whole": [], "stream": []}
        self.attempts = 0
        self.examples = {}
        self.refused_to_open = 0
        self._idle = []
        self._open = set()
        self._number = itertools.count(seed)

    async def run(self, rate, seconds, pick):
        """`rate` questions a second; `pick(number)` is (group, model) of one."""
        start = time.monotonic()
        for number in itertools.count():
            at = start + number / rate
            if at - start >= seconds:
                break
            late = at - time.monotonic()
            if late > 0:
                await asyncio.sleep(late)
            if len(self._open) >= OPEN_MAX:
                self.refused_to_open += 1
                continue
            task = asyncio.create_task(self._ask(number, *pick(number)))
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        while self._open:
            await asyncio.wait(self._open, timeout=ANSWER_S)
        for _, writer in self._idle:
            writer.close()

    async def _ask(self, number, group, model):
        wire = list(WIRES)[number % 3]
        stream = number // 3 % 2 == 1
        question = WIRES[wire][0](f"{model}-{wire}", stream)
        start = time.monotonic()
        try:
            status, head, body = await asyncio.wait_for(self._exchange(question), ANSWER_S)
            outcome = judge(wire, stream, status, body)
        except (OSError, EOFError, ValueError, asyncio.TimeoutError, asyncio.LimitOverrunError) as broke:
            status, head, body, outcome = 0, b"", repr(broke).encode(), "lie"
        self.counts[group][outcome] += 1
        if outcome == "complete" and group == "main":
            self.times_ms["stream" if stream else "whole"].append((time.monotonic() - start) * 1000)
        if outcome != "complete":
            what = (group, outcome, wire, "stream" if stream else "whole", status)
            count, _ = self.examples.get(what, (0, b""))
            self.examples[what] = (count + 1, body[-300:])
        at = head.find(b"x-troupe-attempts:")
        if at >= 0:
            self.attempts += int(head[at + 18:head.find(b"\r", at)])

    async def _exchange(self, question):
        while True:
            reused = bool(self._idle)
            reader, writer = self._idle.pop() if reused else await self._connect()
            try:
                writer.write(question)
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
            except (OSError, EOFError):
                writer.close()
                # A kept connection may have been closed while it rested.
                if reused:
                    continue
                raise
            try:
                body = await _read_body(reader, head)
            except BaseException:
                writer.close()
                raise
            if b"connection: close" in head:
                writer.close()
            else:
                self._idle.append((reader, writer))
            return int(head[9:12]), head, body

    async def _connect(self):
        return await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
