#include "tests/http/wire/translate/assembled.hpp"

#include "http/wire/sse.hpp"

#include <stdexcept>

namespace troupe::http::wire {

namespace {

using config::protocol;
using nlohmann::json;

/// Lone surrogates are no JSON to nlohmann, but are to the clients.
json parsed(std::string text) {
  for (std::size_t at = 0;
       (at = text.find(R"(\ud800)", at)) != std::string::npos;)
    text.replace(at, 6, "<lone>");
  return json::parse(text);
}

void require(bool held, const std::string& what) {
  if (!held)
    throw std::runtime_error{what};
}

// -- OpenAI
// ----------------------------------------------------------------------

void add_string(json& to, const json& from, const char* key) {
  if (!from.contains(key) || from[key].is_null())
    return;
  if (!to.contains(key) || to[key].is_null())
    to[key] = "";
  to[key] = to[key].get<std::string>() + from[key].get<std::string>();
}

void add_thoughts(json& message, const json& blocks) {
  auto& all = message["thinking_blocks"];
  for (const auto& block : blocks) {
    const bool goes_on = block["type"] == "thinking" && !all.empty()
                         && all.back()["type"] == "thinking"
                         && all.back()["signature"] == "";
    if (!goes_on) {
      all.push_back(block);
      continue;
    }
    add_string(all.back(), block, "thinking");
    all.back()["signature"] = block["signature"];
  }
}

void add_calls(json& message, const json& calls) {
  auto& all = message["tool_calls"];
  for (auto call : calls) {
    const auto index = call["index"].get<std::size_t>();
    call.erase("index");
    if (index == all.size()) {
      require(call["type"] == "function", "a call begins with its type");
      all.push_back(call);
    } else {
      require(index < all.size(), "calls are counted");
      require(!call.contains("id"), "an id comes once");
      add_string(all[index]["function"], call["function"], "arguments");
    }
  }
}

void add_delta(json& choice, const json& chunk) {
  auto& message = choice["message"];
  const auto& delta = chunk["delta"];
  require(message.contains("role") != delta.contains("role"),
          "the first delta has the role, and only that");
  if (delta.contains("role"))
    message["role"] = delta["role"];
  for (const auto* key : {"content", "refusal", "reasoning_content"})
    add_string(message, delta, key);
  if (delta.contains("thinking_blocks"))
    add_thoughts(message, delta["thinking_blocks"]);
  if (delta.contains("tool_calls"))
    add_calls(message, delta["tool_calls"]);
  for (const auto& image : delta.value("images", json::array()))
    message["images"].push_back(image);
  if (!chunk["logprobs"].is_null()) {
    choice["logprobs"]["refusal"] = nullptr;
    for (const auto& one : chunk["logprobs"]["content"])
      choice["logprobs"]["content"].push_back(one);
  }
  if (!chunk["finish_reason"].is_null()) {
    require(choice["finish_reason"].is_null(), "an answer ends once");
    choice["finish_reason"] = chunk["finish_reason"];
  }
}

json assembled_chunks(const std::vector<client_event>& events) {
  require(!events.empty() && events.back().data == "[DONE]", "[DONE] ends it");
  json whole;
  auto& choices = whole["choices"] = json::array();
  for (std::size_t i = 0; i + 1 < events.size(); ++i) {
    const auto chunk = parsed(events[i].data);
    require(chunk["object"] == "chat.completion.chunk", "chunks are chunks");
    for (const auto* key : {"id", "created", "model"}) {
      require(!whole.contains(key) || whole[key] == chunk[key],
              "all chunks name the same " + std::string{key});
      whole[key] = chunk[key];
    }
    if (chunk.contains("usage") && !chunk["usage"].is_null()) {
      require(i + 2 == events.size() && chunk["choices"].empty(),
              "usage comes last and alone");
      whole["usage"] = chunk["usage"];
    }
    for (const auto& choice : chunk["choices"]) {
      const auto index = choice["index"].get<std::size_t>();
      while (choices.size() <= index)
        choices.push_back({{"index", choices.size()},
                           {"message", {{"content", ""}, {"refusal", nullptr}}},
                           {"logprobs", nullptr},
                           {"finish_reason", nullptr}});
      add_delta(choices[index], choice);
    }
  }
  for (auto& choice : choices)
    if (choice["message"]["content"] == "")
      choice["message"]["content"] = nullptr;
  return whole;
}

// -- Anthropic
// ----------------------------------------------------------------------

void add_piece(json& block, const json& delta) {
  const auto type = delta["type"].get<std::string>();
  if (type == "text_delta" && block["type"] == "text")
    add_string(block, delta, "text");
  else if (type == "thinking_delta" && block["type"] == "thinking")
    add_string(block, delta, "thinking");
  else if (type == "signature_delta" && block["type"] == "thinking")
    block["signature"] = delta["signature"];
  else if (type == "input_json_delta" && block["type"] == "tool_use")
    add_string(block, delta, "partial_json");
  else
    throw std::runtime_error{type + " in a block of another kind"};
}

void end_block(json& block) {
  if (block["type"] != "tool_use")
    return;
  const auto text = block.value("partial_json", "");
  block.erase("partial_json");
  if (!text.empty())
    block["input"] = parsed(text);
}

json assembled_message(const std::vector<client_event>& events) {
  json whole;
  bool open = false;
  bool stopped = false;
  for (const auto& [type, data] : events) {
    const auto event = parsed(data);
    require(event["type"] == type, "an event is called as its type");
    require(!stopped, "nothing follows message_stop");
    if (type == "ping")
      continue;
    require((type == "message_start") == whole.is_null(), "a start, and once");
    if (type == "message_start") {
      whole = event["message"];
    } else if (type == "content_block_start") {
      require(!open && event["index"] == whole["content"].size(),
              "one block after the other");
      open = true;
      whole["content"].push_back(event["content_block"]);
    } else if (type == "content_block_delta") {
      require(open && event["index"] == whole["content"].size() - 1,
              "a delta of the open block");
      add_piece(whole["content"].back(), event["delta"]);
    } else if (type == "content_block_stop") {
      require(open && event["index"] == whole["content"].size() - 1,
              "the open block ends");
      open = false;
      end_block(whole["content"].back());
    } else if (type == "message_delta") {
      require(!open, "no block is open at the end");
      for (const auto& [key, each] : event["delta"].items())
        whole[key] = each;
      for (const auto& [key, each] : event["usage"].items())
        whole["usage"][key] = each;
    } else {
      require(type == "message_stop", "no such event: " + type);
      stopped = true;
    }
  }
  require(stopped, "message_stop ends it");
  return whole;
}

// -- Gemini
// ----------------------------------------------------------------------

/// As parts are joined in the whole answer: a signature is a seam behind a
/// thought, and before anything else.
void add_part(json& parts, const json& part) {
  const bool is_text = part.contains("text");
  const bool is_signed = part.contains("thoughtSignature");
  if (is_text && part["text"] == "" && !is_signed)
    return;
  const auto thought = [](const json& p) {
    return p.value("thought", false);
  };
  if (is_text && !parts.empty() && parts.back().contains("text")
      && thought(parts.back()) == thought(part)
      && !(thought(part) ? parts.back().contains("thoughtSignature")
                         : is_signed)) {
    add_string(parts.back(), part, "text");
    if (is_signed)
      parts.back()["thoughtSignature"] = part["thoughtSignature"];
    return;
  }
  parts.push_back(part);
}

json assembled_content(const std::vector<client_event>& events) {
  json whole;
  auto& candidates = whole["candidates"] = json::array();
  for (const auto& event : events) {
    const auto chunk = parsed(event.data);
    for (const auto& [key, each] : chunk.items())
      if (key != "candidates")
        whole[key] = each;
    for (const auto& from : chunk["candidates"]) {
      const auto index = from["index"].get<std::size_t>();
      while (candidates.size() <= index)
        candidates.push_back(
            {{"index", candidates.size()},
             {"content", {{"role", "model"}, {"parts", json::array()}}}});
      auto& to = candidates[index];
      require(!to.contains("finishReason"), "nothing follows the finish");
      for (const auto& part : from["content"]["parts"])
        add_part(to["content"]["parts"], part);
      for (const auto* key : {"finishReason", "finishMessage"})
        if (from.contains(key))
          to[key] = from[key];
      const auto tokens = from.value("logprobsResult", json::object());
      for (const auto& [key, list] : tokens.items())
        for (const auto& one : list)
          to["logprobsResult"][key].push_back(one);
    }
  }
  require(!candidates.empty(), "an answer has a candidate");
  for (const auto& each : candidates)
    require(each.contains("finishReason"), "every candidate ends");
  return whole;
}

/// Blanks between the tokens of arguments say nothing.
void drop_blanks(json& choices) {
  for (auto& choice : choices)
    if (choice["message"].contains("tool_calls"))
      for (auto& call : choice["message"]["tool_calls"]) {
        auto& text = call["function"]["arguments"];
        if (text != "")
          text = json::parse(text.get<std::string>()).dump();
      }
}

}  // namespace

std::vector<client_event> client_events(std::string_view stream) {
  std::vector<client_event> all;
  if (stream.starts_with('[')) {
    for (const auto& each : parsed(std::string{stream}))
      all.push_back({"", each.dump()});
    return all;
  }
  sse_reader reader;
  reader.feed(stream);
  while (const auto block = reader.next())
    if (block->has_data)
      all.push_back({std::string{block->type}, std::string{block->data}});
  require(!reader.last(), "only whole events go out");
  return all;
}

json assembled(protocol client, std::string_view stream) {
  const auto events = client_events(stream);
  json whole;
  switch (client) {
  case protocol::openai:
    whole = assembled_chunks(events);
    break;
  case protocol::anthropic:
    whole = assembled_message(events);
    break;
  case protocol::gemini:
    whole = assembled_content(events);
    break;
  }
  return comparable(client, whole.dump());
}

json comparable(protocol client, std::string_view body) {
  auto whole = parsed(std::string{body});
  whole.erase("object");
  if (client == protocol::openai)
    drop_blanks(whole["choices"]);
  // A message's start does not know what was written to caches.
  if (client == protocol::anthropic)
    whole["usage"].erase("cache_creation");
  return whole;
}

}  // namespace troupe::http::wire
