// Writing Anthropic's messages, whole and as a stream.

#include "http/simulator/dice.hpp"
#include "http/simulator/embedding.hpp"
#include "http/simulator/wires.hpp"

namespace troupe::simulator {

namespace {

constexpr std::size_t id_letters = 22;

json stop_reason(ending end) {
  switch (end) {
  case ending::length:
    return "max_tokens";
  case ending::stop:
    return "stop_sequence";
  case ending::tools:
    return "tool_use";
  case ending::filtered:
    return "refusal";
  case ending::done:
    break;
  }
  return "end_turn";
}

json stop_details(ending end) {
  if (end != ending::filtered)
    return nullptr;
  return {{"type", "refusal"},
          {"category", "general_harms"},
          {"explanation", "The model declined to answer."}};
}

json usage_of(const usage& used) {
  const auto five_minutes = used.write_for_an_hour ? 0 : used.cache_write;
  return {{"input_tokens", used.input - used.cache_read - used.cache_write},
          {"cache_creation_input_tokens", used.cache_write},
          {"cache_read_input_tokens", used.cache_read},
          {"cache_creation",
           {{"ephemeral_5m_input_tokens", five_minutes},
            {"ephemeral_1h_input_tokens", used.cache_write - five_minutes}}},
          {"output_tokens", used.output},
          {"output_tokens_details", {{"thinking_tokens", used.thoughts}}},
          {"server_tool_use", nullptr},
          {"service_tier", "standard"},
          {"inference_geo", nullptr},
          {"speed", "standard"}};
}

/// Proof that the thoughts are the model's own; opaque to clients.
std::string signature_of(const composition& with) {
  return base64_of(id_text(mix(3, with.id), 48));
}

json message_of(const composition& with, json content, json usage) {
  return {{"id", "msg_01" + id_text(with.id, id_letters)},
          {"type", "message"},
          {"role", "assistant"},
          {"model", with.asked.model},
          {"content", std::move(content)},
          {"stop_reason", nullptr},
          {"stop_sequence", nullptr},
          {"stop_details", nullptr},
          {"container", nullptr},
          {"diagnostics", nullptr},
          {"usage", std::move(usage)}};
}

json text_block(std::string_view text) {
  return {{"type", "text"}, {"text", text}, {"citations", nullptr}};
}

json thinking_block(std::string_view thinking, std::string_view signature) {
  return {
      {"type", "thinking"}, {"thinking", thinking}, {"signature", signature}};
}

json tool_block(const tool_call& call, json input) {
  return {{"type", "tool_use"},
          {"id", "toolu_01" + call.id.substr(0, id_letters)},
          {"name", call.name},
          {"input", std::move(input)},
          {"caller", {{"type", "direct"}}}};
}

std::string_view shown_thoughts(const composition& with) {
  return with.asked.shows_thoughts ? with.answers.front().thoughts
                                   : std::string_view{};
}

json blocks_of(const composition& with) {
  const auto& said = with.answers.front();
  auto blocks = json::array();
  if (!said.thoughts.empty())
    blocks.push_back(thinking_block(shown_thoughts(with), signature_of(with)));
  if (!said.text.empty())
    blocks.push_back(text_block(said.text));
  for (const auto& call : said.calls)
    blocks.push_back(
        tool_block(call, read_json(call.arguments).value_or(json::object())));
  return blocks;
}

class event_writer {
public:
  event_writer(const composition& with, script& to)
      : with_(with), said_(with.answers.front()), writer_(to, with.at) {}

  void write() {
    write_start();
    if (!said_.thoughts.empty())
      write_thoughts();
    if (!said_.text.empty()) {
      start_block(text_block(""));
      send_deltas({{"type", "text_delta"}, {"text", event_form::blank}},
                  said_.text);
      stop_block();
    }
    for (const auto& call : said_.calls) {
      start_block(tool_block(call, json::object()));
      // The first delta of a call is empty.
      send_delta({{"type", "input_json_delta"}, {"partial_json", ""}});
      send_deltas(
          {{"type", "input_json_delta"}, {"partial_json", event_form::blank}},
          call.arguments);
      stop_block();
    }
    write_end();
  }

private:
  void write_start() {
    // Nothing is said yet; one token is on its way.
    auto used = usage_of(with_.used);
    used["output_tokens"] = 1;
    used["output_tokens_details"] = nullptr;
    send({{"type", "message_start"},
          {"message", message_of(with_, json::array(), std::move(used))}});
  }

  void write_thoughts() {
    start_block(thinking_block("", ""));
    send_deltas({{"type", "thinking_delta"}, {"thinking", event_form::blank}},
                shown_thoughts(with_));
    send_delta(
        {{"type", "signature_delta"}, {"signature", signature_of(with_)}});
    stop_block();
  }

  void write_end() {
    auto used = usage_of(with_.used);
    for (const auto* only_in_message :
         {"cache_creation", "service_tier", "inference_geo", "speed"})
      used.erase(only_in_message);
    send({{"type", "message_delta"},
          {"delta",
           {{"stop_reason", stop_reason(said_.end)},
            {"stop_sequence",
             said_.stop.empty() ? json(nullptr) : json(said_.stop)},
            {"stop_details", stop_details(said_.end)},
            {"container", nullptr}}},
          {"usage", std::move(used)}});
    writer_.last(
        sse_record("message_stop", write_json({{"type", "message_stop"}})));
  }

  void start_block(json block) {
    send({{"type", "content_block_start"},
          {"index", index_},
          {"content_block", std::move(block)}});
    // The real one says this once, early.
    if (index_ == 0)
      send({{"type", "ping"}});
  }

  void stop_block() {
    send({{"type", "content_block_stop"}, {"index", index_++}});
  }

  json delta_event(json delta) const {
    return {{"type", "content_block_delta"},
            {"index", index_},
            {"delta", std::move(delta)}};
  }

  void send_delta(json delta) { send(delta_event(std::move(delta))); }

  /// `delta` has a blank for the text.
  void send_deltas(json delta, std::string_view rest) {
    const event_form form{"event: content_block_delta\ndata: ",
                          delta_event(std::move(delta))};
    while (!rest.empty())
      writer_.piece(form.filled(take_tokens(rest, with_.at.piece_tokens)));
  }

  void send(const json& event) {
    writer_.event(sse_record(text_at(event, "type"), write_json(event)));
  }

  const composition& with_;
  const answer& said_;
  stream_writer writer_;
  std::size_t index_ = 0;
};

}  // namespace

void write_anthropic(const composition& with, script& to) {
  if (with.asked.stream) {
    begin_events(to);
    event_writer{with, to}.write();
    return;
  }
  const auto& said = with.answers.front();
  auto message = message_of(with, blocks_of(with), usage_of(with.used));
  message["stop_reason"] = stop_reason(said.end);
  message["stop_details"] = stop_details(said.end);
  if (!said.stop.empty())
    message["stop_sequence"] = said.stop;
  write_whole(with, message, to);
}

void write_anthropic_count(const composition& with, script& to) {
  write_whole(with, {{"input_tokens", with.used.input}}, to);
}

}  // namespace troupe::simulator
