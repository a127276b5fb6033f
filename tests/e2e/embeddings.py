"""Embeddings through the PyPI client, which asks for base64: embeddings.py URL."""

import sys
import time

import openai

client = openai.OpenAI(base_url=sys.argv[1] + "/v1", api_key="sk-client",
                       max_retries=0, timeout=20)
texts = [f"python number {i}" for i in range(8)]


def ask(count):
    raw = client.embeddings.with_raw_response.create(
        model="text-embedding-3-small", input=texts[:count], dimensions=12)
    made = raw.parse()
    assert [one.index for one in made.data] == list(range(count))
    assert all(len(one.embedding) == 12 for one in made.data)
    assert isinstance(made.data[0].embedding[0], float)
    return raw.headers, made


headers, first = ask(5)
print("first", headers["x-troupe-cache"])
for _ in range(100):  # Keeping is nobody's wait.
    headers, again = ask(5)
    if headers["x-troupe-cache"] == "hit":
        break
    time.sleep(0.05)
assert [one.embedding for one in again.data] == [one.embedding for one in first.data]
assert again.usage.total_tokens == 0
print("again", headers["x-troupe-cache"])
headers, some = ask(8)
assert [one.embedding for one in some.data[:5]] == [one.embedding for one in first.data]
assert some.usage.total_tokens > 0
print("some", headers["x-troupe-cache-items"])
