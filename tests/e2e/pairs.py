"""A PyPI client of one wire with providers of all: pairs.py CLIENT URL.

Prints one line for each provider. The models are those of support/pairs.mjs,
whose simulator repeats what the user said last.
"""

import json
import sys

from pydantic import BaseModel

PROVIDERS = ("openai", "anthropic", "gemini")
CITY = {"type": "object", "properties": {"city": {"type": "string"}},
        "required": ["city"]}


class Weather(BaseModel):
    city: str
    degrees: int


def check_error(call, kind, status):
    try:
        call()
    except kind as error:
        assert error.status_code == status, error
        return
    raise AssertionError(f"it did not raise {kind.__name__}")


def check_cut(call, kind):
    try:
        call()
    except kind:
        return
    raise AssertionError("a stream that was cut ended well")


def openai_pair(url, provider):
    import openai

    client = openai.OpenAI(base_url=url + "/v1", api_key="sk-client",
                           max_retries=0, timeout=20)
    chats = client.chat.completions
    model = f"via-{provider}"
    talk = [{"role": "system", "content": "You are brief."},
            {"role": "user", "content": "I am Ada"},
            {"role": "assistant", "content": "Hello Ada."},
            {"role": "user", "content": "Who am I?"}]
    answer = chats.create(model=model, messages=talk, max_completion_tokens=100)
    assert answer.choices[0].message.content.startswith("You said: Who am I? (turn 2)")
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == (answer.usage.prompt_tokens
                                         + answer.usage.completion_tokens)

    with chats.stream(model=model, messages=talk,
                      stream_options={"include_usage": True}) as stream:
        pieces = [event for event in stream if event.type == "content.delta"]
        last = stream.get_final_completion()
    assert len(pieces) > 3
    assert "".join(p.delta for p in pieces) == last.choices[0].message.content
    assert last.usage.completion_tokens > 0

    tool = {"type": "function", "function": {
        "name": "get_weather", "parameters": CITY, "strict": False}}
    asked = [{"role": "user", "content": "Weather, twice?"}]
    called = chats.create(model=model, messages=asked, tools=[tool])
    message = called.choices[0].message
    assert called.choices[0].finish_reason == "tool_calls"
    assert len(message.tool_calls) == 2
    assert "city" in json.loads(message.tool_calls[0].function.arguments)
    results = [{"role": "tool", "tool_call_id": call.id, "content": "sunny"}
               for call in message.tool_calls]
    told = chats.create(model=model, messages=asked + [message] + results, tools=[tool])
    assert told.choices[0].message.content.startswith("The tool answered: ")

    parsed = chats.parse(model=model, messages=[{"role": "user", "content": "Weather?"}],
                         response_format=Weather)
    assert isinstance(parsed.choices[0].message.parsed, Weather)

    check_error(lambda: chats.create(model=f"{model}-fault-400", messages=talk),
                openai.BadRequestError, 400)
    check_error(lambda: list(chats.create(model=f"{model}-fault-503", messages=talk, stream=True)),
                openai.InternalServerError, 503)
    check_cut(lambda: list(chats.create(model=f"{model}-cut", messages=talk, stream=True)),
              openai.APIError)


def anthropic_pair(url, provider):
    import anthropic

    client = anthropic.Anthropic(base_url=url, api_key="sk-client",
                                 max_retries=0, timeout=20)
    model = f"via-{provider}"
    talk = {"model": model, "max_tokens": 100, "system": "You are brief.", "messages": [
        {"role": "user", "content": "I am Ada"},
        {"role": "assistant", "content": "Hello Ada."},
        {"role": "user", "content": "Who am I?"}]}
    answer = client.messages.create(**talk)
    assert answer.content[0].text.startswith("You said: Who am I? (turn 2)")
    assert answer.stop_reason == "end_turn"
    assert answer.usage.input_tokens > 0 and answer.usage.output_tokens > 0

    with client.messages.stream(**talk) as stream:
        pieces = list(stream.text_stream)
        last = stream.get_final_message()
    assert len(pieces) > 3 and "".join(pieces) == last.content[0].text
    assert last.usage.output_tokens > 0

    tools = [{"name": "get_weather", "input_schema": CITY}]
    asked = [{"role": "user", "content": "Weather, twice?"}]
    called = client.messages.create(model=model, max_tokens=500, messages=asked, tools=tools)
    calls = [block for block in called.content if block.type == "tool_use"]
    assert called.stop_reason == "tool_use" and len(calls) == 2
    assert "city" in calls[0].input
    results = [{"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}
               for call in calls]
    told = client.messages.create(
        model=model, max_tokens=500, tools=tools,
        messages=asked + [{"role": "assistant", "content": called.content},
                          {"role": "user", "content": results}])
    assert told.content[0].text.startswith("The tool answered: ")

    parsed = client.messages.parse(
        model=model, max_tokens=500, output_format=Weather,
        messages=[{"role": "user", "content": "Weather?"}])
    assert isinstance(parsed.parsed_output, Weather)

    check_error(lambda: client.messages.create(**{**talk, "model": f"{model}-fault-400"}),
                anthropic.BadRequestError, 400)
    check_error(lambda: client.messages.create(**{**talk, "model": f"{model}-fault-503"}),
                anthropic.InternalServerError, 503)

    def cut():
        with client.messages.stream(**{**talk, "model": f"{model}-cut"}) as stream:
            stream.get_final_message()
    check_cut(cut, anthropic.APIError)


if __name__ == "__main__":
    pair = {"openai": openai_pair, "anthropic": anthropic_pair}[sys.argv[1]]
    for each in PROVIDERS:
        pair(sys.argv[2], each)
        print(f"{sys.argv[1]} -> {each} ok")
