"""Connections that rest: rest.py PORT COUNT idle|stream.

Opens COUNT connections; on each asks once, for a probe that is answered whole
(idle) or for a stream whose first event is awaited (stream); prints
`resting COUNT` and holds them until its input ends or it is told to stop.
"""

import socket
import sys

ANSWER_S = 20
PROBE = b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n"
BODY = b'{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"x"}]}'
STREAM = (b"POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\nContent-Type: "
          b"application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY))


def main(port, count, kind):
    question, mark = (PROBE, b"\r\n\r\n") if kind == "idle" else (STREAM, b"data: ")
    resting = []
    for _ in range(count):
        one = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_S)
        one.sendall(question)
        text = b""
        while mark not in text:
            piece = one.recv(65536)
            if not piece:
                sys.exit(f"closed after {text[:200]!r}")
            text += piece
        if not text.startswith(b"HTTP/1.1 200"):
            sys.exit(f"answered {text[:200]!r}")
        resting.append(one)
    print(f"resting {len(resting)}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
