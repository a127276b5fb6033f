"""Many clients at once: crowd.py PORT COUNT.

Opens COUNT connections, keeps all of them open, and asks once on each, twice
over; then sends 500 chats over as many of them. Prints how many were answered.
One epoll loop; every step has a deadline.
"""

import json
import resource
import select
import socket
import sys
import time

STEP_S = 40
CHATS = 500
PROBE = b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n"


def chat():
    body = json.dumps({"model": "gpt-4o-mini", "messages": [
        {"role": "user", "content": "hello"}]}).encode()
    return (b"POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (len(body), body))


def complete(text):
    """Whether a whole answer stands in `text`."""
    head, found, body = bytes(text).partition(b"\r\n\r\n")
    if not found:
        return False
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
    return body.endswith(b"0\r\n\r\n")


def ask_all(sockets, question):
    """Asks on every socket and counts answers with status 200."""
    poll = select.epoll()
    waiting = {}
    for one in sockets:
        one.sendall(question)
        waiting[one.fileno()] = (one, bytearray())
        poll.register(one.fileno(), select.EPOLLIN)
    good = 0
    end = time.monotonic() + STEP_S
    while waiting and time.monotonic() < end:
        for handle, _ in poll.poll(1):
            one, text = waiting[handle]
            piece = one.recv(65536)
            text += piece
            if not piece or complete(text):
                good += text.startswith(b"HTTP/1.1 200 ")
                poll.unregister(handle)
                del waiting[handle]
    poll.close()
    return good


def main(port, count):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    sockets = []
    for _ in range(count):
        one = socket.create_connection(("127.0.0.1", port), timeout=STEP_S)
        sockets.append(one)
    answered = ask_all(sockets, PROBE)
    again = ask_all(sockets, PROBE)
    chats = ask_all(sockets[:CHATS], chat())
    print(f"open {len(sockets)} answered {answered} again {again} chats {chats}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
