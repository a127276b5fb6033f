// Writing responses: the object, and the stream of typed events that builds it.
//
// A stream says every part three times, as the real one does: deltas, the part
// when it is done, and the whole response at the end.

#include "http/simulator/openai.hpp"

namespace troupe::simulator {

namespace {

json usage_of(const usage& used) {
  return {{"input_tokens", used.input},
          {"input_tokens_details",
           {{"cached_tokens", used.cache_read},
            {"cache_write_tokens", used.cache_write}}},
          {"output_tokens", used.output},
          {"output_tokens_details", {{"reasoning_tokens", used.thoughts}}},
          {"total_tokens", used.input + used.output}};
}

json text_part(std::string_view text) {
  return {{"type", "output_text"},
          {"text", text},
          {"annotations", json::array()},
          {"logprobs", json::array()}};
}

json refusal_part(std::string_view text) {
  return {{"type", "refusal"}, {"refusal", text}};
}

json summary_part(std::string_view text) {
  return {{"type", "summary_text"}, {"text", text}};
}

/// What the request said, or what the provider takes for it.
json echoed(const json& body, const char* name, json fallback) {
  const auto at = body.find(name);
  return at == body.end() || at->is_null() ? std::move(fallback) : *at;
}

/// The response as it is before its first token.
json opened(const composition& with) {
  const auto& body = with.body;
  json response{{"id", openai_id("resp_", with.id)},
                {"object", "response"},
                {"created_at", with.created},
                {"status", "in_progress"},
                {"background", false},
                {"completed_at", nullptr},
                {"error", nullptr},
                {"incomplete_details", nullptr},
                {"model", with.asked.model},
                {"output", json::array()},
                {"service_tier", "default"},
                {"usage", nullptr}};
  for (const auto* name :
       {"instructions", "max_output_tokens", "previous_response_id", "user",
        "prompt_cache_key", "safety_identifier"})
    response[name] = echoed(body, name, nullptr);
  response["metadata"] = echoed(body, "metadata", json::object());
  response["parallel_tool_calls"] = with.asked.parallel_calls;
  response["reasoning"] =
      echoed(body, "reasoning", {{"effort", nullptr}, {"summary", nullptr}});
  response["store"] = echoed(body, "store", true);
  response["temperature"] = echoed(body, "temperature", 1.0);
  response["text"] = echoed(body, "text", {{"format", {{"type", "text"}}}});
  response["tool_choice"] = echoed(body, "tool_choice", "auto");
  response["tools"] = echoed(body, "tools", json::array());
  response["top_logprobs"] = echoed(body, "top_logprobs", 0);
  response["top_p"] = echoed(body, "top_p", 1.0);
  response["truncation"] = echoed(body, "truncation", "disabled");
  return response;
}

/// The response when all was said.
json closed(const composition& with, json output) {
  auto response = opened(with);
  const auto& said = with.answers.front();
  const bool cut = said.end == ending::length;
  response["status"] = cut ? "incomplete" : "completed";
  if (cut)
    response["incomplete_details"] = {{"reason", "max_output_tokens"}};
  else
    response["completed_at"] = with.created;
  response["output"] = std::move(output);
  response["usage"] = usage_of(with.used);
  return response;
}

json message_item(const composition& with, std::string_view status,
                  json content) {
  return {{"id", openai_id("msg_", mix(1, with.id))},
          {"type", "message"},
          {"status", status},
          {"role", "assistant"},
          {"content", std::move(content)}};
}

json reasoning_item(const composition& with, bool done) {
  auto summary = json::array();
  if (done && with.asked.shows_thoughts)
    summary.push_back(summary_part(with.answers.front().thoughts));
  return {{"id", openai_id("rs_", mix(2, with.id))},
          {"type", "reasoning"},
          {"summary", std::move(summary)}};
}

json call_item(const tool_call& call, std::string_view status,
               std::string_view arguments) {
  return {{"id", "fc_" + call.id}, {"type", "function_call"},
          {"status", status},      {"call_id", "call_" + call.id},
          {"name", call.name},     {"arguments", arguments}};
}

constexpr std::string_view refusal_text = "I cannot help with that.";

json spoken_part(const answer& said) {
  return said.end == ending::filtered ? refusal_part(refusal_text)
                                      : text_part(said.text);
}

std::string_view item_status(const answer& said) {
  return said.end == ending::length ? "incomplete" : "completed";
}

json output_of(const composition& with) {
  const auto& said = with.answers.front();
  auto output = json::array();
  if (with.asked.thinks)
    output.push_back(reasoning_item(with, true));
  if (said.calls.empty())
    output.push_back(message_item(with, item_status(said),
                                  json::array({spoken_part(said)})));
  for (const auto& call : said.calls)
    output.push_back(call_item(call, "completed", call.arguments));
  return output;
}

class event_writer {
public:
  event_writer(const composition& with, script& to)
      : with_(with), said_(with.answers.front()), writer_(to, with.at) {}

  void write() {
    send({{"type", "response.created"}, {"response", opened(with_)}});
    send({{"type", "response.in_progress"}, {"response", opened(with_)}});
    if (with_.asked.thinks)
      write_reasoning();
    if (said_.calls.empty())
      write_message();
    for (const auto& call : said_.calls)
      write_call(call);
    const bool cut = said_.end == ending::length;
    json end{{"type", cut ? "response.incomplete" : "response.completed"},
             {"response", closed(with_, output_of(with_))}};
    writer_.last(record(end));
  }

private:
  std::string record(json& event) {
    event["sequence_number"] = sequence_++;
    return sse_record(text_at(event, "type"), write_json(event));
  }

  void send(json event) { writer_.event(record(event)); }

  /// Sends `text` as deltas; `event` is what they have in common.
  void send_deltas(json event, std::string_view text) {
    while (!text.empty()) {
      event["delta"] = take_tokens(text, with_.at.piece_tokens);
      writer_.piece(record(event));
    }
  }

  void add_item(json item) {
    send({{"type", "response.output_item.added"},
          {"output_index", index_},
          {"item", std::move(item)}});
  }

  void end_item(json item) {
    send({{"type", "response.output_item.done"},
          {"output_index", index_++},
          {"item", std::move(item)}});
  }

  json event(std::string_view type, const json& item) const {
    return {{"type", type}, {"item_id", item["id"]}, {"output_index", index_}};
  }

  void write_reasoning() {
    const auto item = reasoning_item(with_, false);
    add_item(item);
    if (with_.asked.shows_thoughts) {
      const auto say = [&](std::string_view type) {
        auto made = event(type, item);
        made["summary_index"] = 0;
        return made;
      };
      auto part = say("response.reasoning_summary_part.added");
      part["part"] = summary_part("");
      send(part);
      send_deltas(say("response.reasoning_summary_text.delta"), said_.thoughts);
      auto text = say("response.reasoning_summary_text.done");
      text["text"] = said_.thoughts;
      send(text);
      part = say("response.reasoning_summary_part.done");
      part["part"] = summary_part(said_.thoughts);
      send(part);
    }
    end_item(reasoning_item(with_, true));
  }

  void write_message() {
    const auto item = message_item(with_, "in_progress", json::array());
    const bool refused = said_.end == ending::filtered;
    const auto say = [&](std::string_view type) {
      auto made = event(type, item);
      made["content_index"] = 0;
      return made;
    };
    add_item(item);
    auto part = say("response.content_part.added");
    part["part"] = refused ? refusal_part("") : text_part("");
    send(part);
    if (refused) {
      send_deltas(say("response.refusal.delta"), refusal_text);
      auto done = say("response.refusal.done");
      done["refusal"] = refusal_text;
      send(done);
    } else {
      auto delta = say("response.output_text.delta");
      delta["logprobs"] = json::array();
      send_deltas(delta, said_.text);
      auto done = say("response.output_text.done");
      done["logprobs"] = json::array();
      done["text"] = said_.text;
      send(done);
    }
    part = say("response.content_part.done");
    part["part"] = spoken_part(said_);
    send(part);
    end_item(message_item(with_, item_status(said_),
                          json::array({spoken_part(said_)})));
  }

  void write_call(const tool_call& call) {
    const auto item = call_item(call, "in_progress", "");
    add_item(item);
    send_deltas(event("response.function_call_arguments.delta", item),
                call.arguments);
    auto done = event("response.function_call_arguments.done", item);
    done["name"] = call.name;
    done["arguments"] = call.arguments;
    send(done);
    end_item(call_item(call, "completed", call.arguments));
  }

  const composition& with_;
  const answer& said_;
  stream_writer writer_;
  std::size_t sequence_ = 0;
  std::size_t index_ = 0;
};

}  // namespace

void write_openai_response(const composition& with, script& to) {
  if (!with.asked.stream)
    return write_whole(with, closed(with, output_of(with)), to);
  begin_events(to);
  event_writer{with, to}.write();
}

}  // namespace troupe::simulator
