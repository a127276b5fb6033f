#include "http/jobs/answer_words.hpp"

#include "http/routes/chat_codec.hpp"

#include <nlohmann/json.hpp>

namespace troupe::http {

namespace {

using nlohmann::json;

config::protocol protocol_of(wire::endpoint e) {
  return wire::row_of(e).protocol;
}

/// The string at a JSON pointer; empty if there is none.
std::string text_at(const json& v, const char* pointer) {
  const json::json_pointer at{pointer};
  if (!v.contains(at) || !v[at].is_string())
    return {};
  return v[at].get<std::string>();
}

/// The text of all `output_text` parts of a response.
std::string texts_of_response(const json& v) {
  std::string all;
  const auto output = v.find("output");
  if (output == v.end() || !output->is_array())
    return all;
  for (const auto& item : *output) {
    if (!item.is_object() || !item.contains("content")
        || !item["content"].is_array())
      continue;
    for (const auto& part : item["content"])
      if (text_at(part, "/type") == "output_text")
        all += text_at(part, "/text");
  }
  return all;
}

/// Where each endpoint says what served, and how it ended.
struct places {
  const char* model;
  const char* finish_reason;
};

places places_of(wire::endpoint e) {
  if (e == wire::endpoint::responses)
    return {"/model", "/status"};
  switch (protocol_of(e)) {
  case config::protocol::anthropic:
    return {"/model", "/stop_reason"};
  case config::protocol::gemini:
    return {"/modelVersion", "/candidates/0/finishReason"};
  case config::protocol::openai:
    break;
  }
  return {"/model", "/choices/0/finish_reason"};
}

}  // namespace

std::optional<answer_digest> digest_of(wire::endpoint e,
                                       std::string_view body) {
  const auto v = json::parse(body, nullptr, false);
  if (!v.is_object())
    return std::nullopt;
  const auto at = places_of(e);
  answer_digest result;
  result.model = text_at(v, at.model);
  result.finish_reason = text_at(v, at.finish_reason);
  result.content = e == wire::endpoint::responses
                       ? texts_of_response(v)
                       : reply_of(protocol_of(e), body).value_or("");
  return result;
}

std::string words_of(wire::endpoint e, std::string_view event) {
  if (e != wire::endpoint::responses)
    return delta_of(protocol_of(e), event);
  const auto v = json::parse(event, nullptr, false);
  if (!v.is_object() || text_at(v, "/type") != "response.output_text.delta")
    return {};
  return text_at(v, "/delta");
}

std::string complaint_of(std::string_view body) {
  auto message = error_message_of(body);
  if (!message.empty())
    return message;
  const auto v = json::parse(body, nullptr, false);
  return v.is_object() ? text_at(v, "/response/error/message") : "";
}

}  // namespace troupe::http
