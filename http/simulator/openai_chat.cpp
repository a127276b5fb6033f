// Writing chat completions and legacy completions, whole and as a stream.

#include "http/simulator/openai.hpp"

namespace troupe::simulator {

namespace {

/// What the fingerprint of this backend is called.
constexpr std::string_view fingerprint = "fp_simulator";

std::string_view finish_reason(ending end) {
  switch (end) {
  case ending::length:
    return "length";
  case ending::tools:
    return "tool_calls";
  case ending::filtered:
    return "content_filter";
  case ending::done:
  case ending::stop:
    break;
  }
  return "stop";
}

json usage_of(const usage& used) {
  return {{"prompt_tokens", used.input},
          {"completion_tokens", used.output},
          {"total_tokens", used.input + used.output},
          {"prompt_tokens_details",
           {{"cached_tokens", used.cache_read},
            {"cache_write_tokens", used.cache_write},
            {"audio_tokens", 0}}},
          {"completion_tokens_details",
           {{"reasoning_tokens", used.thoughts},
            {"audio_tokens", 0},
            {"accepted_prediction_tokens", 0},
            {"rejected_prediction_tokens", 0}}}};
}

json bytes_of(std::string_view token) {
  auto bytes = json::array();
  for (const unsigned char each : token)
    bytes.push_back(each);
  return bytes;
}

json logprobs_of(std::string_view text, unsigned top) {
  auto content = json::array();
  while (!text.empty()) {
    const auto token = take_tokens(text, 1);
    json one{{"token", token}, {"logprob", -0.125}, {"bytes", bytes_of(token)}};
    auto best = json::array();
    for (unsigned i = 0; i < top; ++i)
      best.push_back(
          {{"token", token}, {"logprob", -0.125 - i}, {"bytes", one["bytes"]}});
    one["top_logprobs"] = std::move(best);
    content.push_back(std::move(one));
  }
  return {{"content", std::move(content)}, {"refusal", nullptr}};
}

json call_of(const tool_call& call) {
  return {{"id", "call_" + call.id},
          {"type", "function"},
          {"function", {{"name", call.name}, {"arguments", call.arguments}}}};
}

json message_of(const answer& said) {
  json message{{"role", "assistant"},
               {"content", said.text},
               {"refusal", nullptr},
               {"annotations", json::array()}};
  if (!said.calls.empty()) {
    message["content"] = nullptr;
    auto& calls = message["tool_calls"] = json::array();
    for (const auto& call : said.calls)
      calls.push_back(call_of(call));
  }
  return message;
}

void write_chat_whole(const composition& with, script& to) {
  auto choices = json::array();
  for (std::size_t i = 0; i < with.answers.size(); ++i) {
    const auto& said = with.answers[i];
    choices.push_back({{"index", i},
                       {"message", message_of(said)},
                       {"logprobs", with.asked.wants_logprobs ? logprobs_of(
                                        said.text, with.asked.top_logprobs)
                                                              : json(nullptr)},
                       {"finish_reason", finish_reason(said.end)}});
  }
  write_whole(with,
              {{"id", openai_id("chatcmpl-", with.id)},
               {"object", "chat.completion"},
               {"created", with.created},
               {"model", with.asked.model},
               {"choices", std::move(choices)},
               {"usage", usage_of(with.used)},
               {"service_tier", "default"},
               {"system_fingerprint", fingerprint}},
              to);
}

/// The chunks of one stream.
class chunk_writer {
public:
  chunk_writer(const composition& with, script& to)
      : with_(with), writer_(to, with.at) {}

  void write() {
    for (std::size_t i = 0; i < with_.answers.size(); ++i)
      write_choice(i, with_.answers[i]);
    if (with_.asked.wants_usage) {
      auto last = chunk(json::array());
      last["usage"] = usage_of(with_.used);
      send(last);
    }
    writer_.last("data: [DONE]\n\n");
  }

private:
  void write_choice(std::size_t i, const answer& said) {
    json first{{"role", "assistant"}, {"refusal", nullptr}};
    first["content"] = said.calls.empty() ? json("") : json(nullptr);
    send(chunk(choice(i, std::move(first))));
    write_text(i, said.text);
    for (std::size_t n = 0; n < said.calls.size(); ++n)
      write_call(i, n, said.calls[n]);
    send(chunk(choice(i, json::object(), finish_reason(said.end))));
  }

  void write_text(std::size_t i, std::string_view rest) {
    if (rest.empty())
      return;
    if (with_.asked.wants_logprobs) {
      while (!rest.empty()) {
        const auto piece = take_tokens(rest, with_.at.piece_tokens);
        auto one = chunk(choice(i, {{"content", piece}}));
        one["choices"][0]["logprobs"] =
            logprobs_of(piece, with_.asked.top_logprobs);
        writer_.piece(sse_record("", write_json(one)));
      }
      return;
    }
    const event_form form{"data: ",
                          chunk(choice(i, {{"content", event_form::blank}}))};
    while (!rest.empty())
      writer_.piece(form.filled(take_tokens(rest, with_.at.piece_tokens)));
  }

  void write_call(std::size_t i, std::size_t n, const tool_call& call) {
    auto opening = call_of(call);
    opening["index"] = n;
    opening["function"]["arguments"] = "";
    send(chunk(choice(i, {{"tool_calls", json::array({opening})}})));
    const json delta{{"index", n},
                     {"function", {{"arguments", event_form::blank}}}};
    const event_form form{
        "data: ", chunk(choice(i, {{"tool_calls", json::array({delta})}}))};
    std::string_view rest = call.arguments;
    while (!rest.empty())
      writer_.piece(form.filled(take_tokens(rest, with_.at.piece_tokens)));
  }

  static json choice(std::size_t i, json delta, std::string_view finish = {}) {
    json one{{"index", i},
             {"delta", std::move(delta)},
             {"logprobs", nullptr},
             {"finish_reason", nullptr}};
    if (!finish.empty())
      one["finish_reason"] = finish;
    return json::array({std::move(one)});
  }

  json chunk(json choices) const {
    json one{{"id", openai_id("chatcmpl-", with_.id)},
             {"object", "chat.completion.chunk"},
             {"created", with_.created},
             {"model", with_.asked.model},
             {"service_tier", "default"},
             {"system_fingerprint", fingerprint},
             {"choices", std::move(choices)}};
    if (with_.asked.wants_usage)
      one["usage"] = nullptr;
    return one;
  }

  void send(const json& one) { writer_.event(sse_record("", write_json(one))); }

  const composition& with_;
  stream_writer writer_;
};

json legacy_logprobs(std::string_view text) {
  json all{{"tokens", json::array()},
           {"token_logprobs", json::array()},
           {"top_logprobs", json::array()},
           {"text_offset", json::array()}};
  std::size_t at = 0;
  while (!text.empty()) {
    const auto token = take_tokens(text, 1);
    all["tokens"].push_back(token);
    all["token_logprobs"].push_back(-0.125);
    all["top_logprobs"].push_back({{std::string{token}, -0.125}});
    all["text_offset"].push_back(at);
    at += token.size();
  }
  return all;
}

json completion_of(const composition& with, json choices) {
  return {{"id", openai_id("cmpl-", with.id)}, {"object", "text_completion"},
          {"created", with.created},           {"model", with.asked.model},
          {"system_fingerprint", fingerprint}, {"choices", std::move(choices)}};
}

json completion_choice(std::size_t i, std::string_view text, json finish) {
  return json::array({json{{"index", i},
                           {"text", text},
                           {"logprobs", nullptr},
                           {"finish_reason", std::move(finish)}}});
}

void write_completion_stream(const composition& with, script& to) {
  begin_events(to);
  stream_writer writer{to, with.at};
  const auto send = [&](json choices, bool with_usage) {
    auto one = completion_of(with, std::move(choices));
    if (with.asked.wants_usage)
      one["usage"] = with_usage ? usage_of(with.used) : json(nullptr);
    return sse_record("", write_json(one));
  };
  for (std::size_t i = 0; i < with.answers.size(); ++i) {
    std::string_view rest = with.answers[i].text;
    while (!rest.empty()) {
      const auto piece = take_tokens(rest, with.at.piece_tokens);
      writer.piece(send(completion_choice(i, piece, nullptr), false));
    }
    writer.event(send(
        completion_choice(i, "", finish_reason(with.answers[i].end)), false));
  }
  if (with.asked.wants_usage)
    writer.event(send(json::array(), true));
  writer.last("data: [DONE]\n\n");
}

}  // namespace

std::string openai_id(std::string_view prefix, std::uint64_t bits) {
  return std::string{prefix} + id_text(bits, 29);
}

void write_openai_chat(const composition& with, script& to) {
  if (!with.asked.stream)
    return write_chat_whole(with, to);
  begin_events(to);
  chunk_writer{with, to}.write();
}

void write_openai_completion(const composition& with, script& to) {
  if (with.asked.stream)
    return write_completion_stream(with, to);
  auto choices = json::array();
  for (std::size_t i = 0; i < with.answers.size(); ++i) {
    const auto& said = with.answers[i];
    choices.push_back(
        completion_choice(i, said.text, finish_reason(said.end))[0]);
    if (with.asked.wants_logprobs)
      choices.back()["logprobs"] = legacy_logprobs(said.text);
  }
  auto body = completion_of(with, std::move(choices));
  body["usage"] = usage_of(with.used);
  write_whole(with, body, to);
}

}  // namespace troupe::simulator
