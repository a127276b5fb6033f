"""One conversation with troupe through a PyPI client: clients.py CLIENT URL."""

import sys


def openai_conversation(url):
    import openai

    client = openai.OpenAI(base_url=url + "/v1", api_key="sk-client",
                           max_retries=0, timeout=20)
    ask = {"model": "gpt-4o-mini",
           "messages": [{"role": "user", "content": "Say hello"}]}
    answer = client.chat.completions.create(**ask)
    assert answer.choices[0].message.content
    assert answer.usage.total_tokens > 0
    print("plain ok")
    chunks = list(client.chat.completions.create(**ask, stream=True))
    assert len(chunks) > 1
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    print("stream ok")
    tool = {"type": "function", "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
    answer = client.chat.completions.create(**{**ask, "messages": [
        {"role": "user", "content": "Weather in Berlin?"}]}, tools=[tool])
    assert answer.choices[0].message.tool_calls[0].function.name == "get_weather"
    print("tool ok")
    for model, kind in (("no-such-model", openai.NotFoundError),
                        ("sim-fault-500", openai.InternalServerError),
                        # Last: it lets the keys rest.
                        ("sim-429-retry-after-ms-20", openai.RateLimitError)):
        try:
            client.chat.completions.create(**{**ask, "model": model})
        except kind:
            continue
        raise AssertionError(f"{model} did not raise {kind.__name__}")
    print("errors ok")


def anthropic_conversation(url):
    import anthropic

    client = anthropic.Anthropic(base_url=url, api_key="sk-client",
                                 max_retries=0, timeout=20)
    ask = {"model": "claude-haiku-4-5", "max_tokens": 256,
           "messages": [{"role": "user", "content": "Say hello"}]}
    answer = client.messages.create(**ask)
    assert answer.content[0].text and answer.usage.output_tokens > 0
    print("plain ok")
    with client.messages.stream(**ask) as stream:
        assert "".join(stream.text_stream)
    print("stream ok")
    tool = {"name": "get_weather",
            "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}
    answer = client.messages.create(**{**ask, "messages": [
        {"role": "user", "content": "Weather in Berlin?"}]}, tools=[tool])
    assert any(block.type == "tool_use" for block in answer.content)
    print("tool ok")
    for model, kind in (("no-such-model", anthropic.NotFoundError),
                        ("sim-fault-500", anthropic.InternalServerError),
                        # Last: it lets the keys rest.
                        ("sim-429-retry-after-ms-20", anthropic.RateLimitError)):
        try:
            client.messages.create(**{**ask, "model": model})
        except kind:
            continue
        raise AssertionError(f"{model} did not raise {kind.__name__}")
    print("errors ok")


if __name__ == "__main__":
    {"openai": openai_conversation,
     "anthropic": anthropic_conversation}[sys.argv[1]](sys.argv[2])
