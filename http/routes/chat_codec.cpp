#include "http/routes/chat_codec.hpp"

#include <nlohmann/json.hpp>

namespace troupe::http {

namespace {

using config::protocol;
using nlohmann::json;

json parse(std::string_view text) {
  return json::parse(text, nullptr, false);
}

/// The string at `path` in `v`, or nothing.
template <class... Steps>
std::optional<std::string> text_at(const json& v, Steps... path) {
  const json* at = &v;
  const auto step = [&](const auto& key) {
    if constexpr (std::is_integral_v<std::decay_t<decltype(key)>>)
      at = at && at->is_array() && at->size() > static_cast<std::size_t>(key)
               ? &(*at)[static_cast<std::size_t>(key)]
               : nullptr;
    else
      at = at && at->is_object() && at->contains(key) ? &(*at)[key] : nullptr;
  };
  (step(path), ...);
  if (at == nullptr || !at->is_string())
    return std::nullopt;
  return at->get<std::string>();
}

/// The `text` of every part of an array that has one and is no thought.
std::string texts_of(const json& parts) {
  std::string all;
  if (!parts.is_array())
    return all;
  for (const auto& p : parts) {
    const bool thought =
        p.is_object() && p.contains("thought") && p["thought"] == json(true);
    if (auto t = text_at(p, "text"); t && !thought)
      all += *t;
  }
  return all;
}

std::optional<chat_fault> read_history(const json& history,
                                       std::vector<chat_turn>& turns) {
  if (!history.is_array())
    return chat_fault{"history", "must be a list of turns"};
  for (std::size_t i = 0; i < history.size(); ++i) {
    const auto at = "history[" + std::to_string(i) + "]";
    const auto role = text_at(history, static_cast<int>(i), "role");
    const auto content = text_at(history, static_cast<int>(i), "content");
    if (!role || (*role != "user" && *role != "assistant"))
      return chat_fault{at + ".role", "must be \"user\" or \"assistant\""};
    if (!content)
      return chat_fault{at + ".content", "must be a string"};
    turns.push_back({*role == "user", *content});
  }
  return std::nullopt;
}

json openai_body(const chat_request& asked) {
  json messages = json::array();
  if (!asked.system.empty())
    messages.push_back({{"role", "system"}, {"content", asked.system}});
  for (const auto& t : asked.turns)
    messages.push_back(
        {{"role", t.from_user ? "user" : "assistant"}, {"content", t.content}});
  return {{"model", asked.model},
          {"messages", messages},
          {"max_completion_tokens", asked.max_tokens},
          {"stream", asked.stream}};
}

json anthropic_body(const chat_request& asked) {
  json messages = json::array();
  for (const auto& t : asked.turns)
    messages.push_back(
        {{"role", t.from_user ? "user" : "assistant"}, {"content", t.content}});
  json body{{"model", asked.model},
            {"messages", messages},
            {"max_tokens", asked.max_tokens},
            {"stream", asked.stream}};
  if (!asked.system.empty())
    body["system"] = asked.system;
  return body;
}

json gemini_body(const chat_request& asked) {
  json contents = json::array();
  for (const auto& t : asked.turns)
    contents.push_back({{"role", t.from_user ? "user" : "model"},
                        {"parts", {{{"text", t.content}}}}});
  json body{{"contents", contents},
            {"generationConfig", {{"maxOutputTokens", asked.max_tokens}}}};
  if (!asked.system.empty())
    body["systemInstruction"] = {{"parts", {{{"text", asked.system}}}}};
  return body;
}

/// Text from clients may be no UTF-8; providers take nothing else.
std::string dump(const json& body) {
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string gemini_target(const chat_request& asked) {
  return "/v1beta/models/" + asked.model
         + (asked.stream ? ":streamGenerateContent?alt=sse"
                         : ":generateContent");
}

}  // namespace

std::variant<chat_request, chat_fault> read_chat(std::string_view body) {
  const auto v = parse(body);
  if (!v.is_object())
    return chat_fault{"", "the body must be a JSON object"};
  chat_request asked;
  if (v.contains("history"))
    if (auto fault = read_history(v["history"], asked.turns))
      return *fault;
  const auto message = text_at(v, "message");
  if (!message || message->empty())
    return chat_fault{"message", "must be a string that is not empty"};
  asked.turns.push_back({true, *message});
  for (const auto& [field, into] :
       {std::pair{"model", &asked.model}, std::pair{"system", &asked.system}})
    if (v.contains(field)) {
      const auto text = text_at(v, field);
      if (!text)
        return chat_fault{field, "must be a string"};
      *into = *text;
    }
  if (v.contains("max_tokens")) {
    if (!v["max_tokens"].is_number_unsigned() || v["max_tokens"] == 0)
      return chat_fault{"max_tokens", "must be a number above 0"};
    asked.max_tokens = v["max_tokens"].get<std::uint64_t>();
  }
  if (v.contains("stream")) {
    if (!v["stream"].is_boolean())
      return chat_fault{"stream", "must be true or false"};
    asked.stream = v["stream"].get<bool>();
  }
  return asked;
}

std::string_view default_model(protocol p) noexcept {
  switch (p) {  // Each provider's small, current one.
  case protocol::openai:
    return "gpt-5-mini";
  case protocol::anthropic:
    return "claude-haiku-4-5";
  case protocol::gemini:
    return "gemini-2.5-flash";
  }
  return {};
}

void write_chat(const chat_request& asked, protocol p, request& req) {
  switch (p) {
  case protocol::openai:
    req.target = "/v1/chat/completions";
    req.body = dump(openai_body(asked));
    break;
  case protocol::anthropic:
    req.target = "/v1/messages";
    req.body = dump(anthropic_body(asked));
    req.headers.add("anthropic-version", "2023-06-01");
    break;
  case protocol::gemini:
    req.target = gemini_target(asked);
    req.body = dump(gemini_body(asked));
    break;
  }
  req.method = "POST";
}

std::optional<std::string> reply_of(protocol p, std::string_view body) {
  const auto v = parse(body);
  if (!v.is_object())
    return std::nullopt;
  switch (p) {
  case protocol::openai:
    return text_at(v, "choices", 0, "message", "content");
  case protocol::anthropic:
    if (!v.contains("content"))
      return std::nullopt;
    return texts_of(v["content"]);
  case protocol::gemini: {
    const json::json_pointer parts{"/candidates/0/content/parts"};
    if (!v.contains(parts))
      return std::nullopt;
    return texts_of(v[parts]);
  }
  }
  return std::nullopt;
}

std::string delta_of(protocol p, std::string_view event_data) {
  const auto v = parse(event_data);
  if (!v.is_object())
    return {};
  switch (p) {
  case protocol::openai:
    return text_at(v, "choices", 0, "delta", "content").value_or("");
  case protocol::anthropic:
    return text_at(v, "delta", "text").value_or("");
  case protocol::gemini:
    return reply_of(p, event_data).value_or("");
  }
  return {};
}

std::string error_message_of(std::string_view body) {
  return text_at(parse(body), "error", "message").value_or("");
}

}  // namespace troupe::http
