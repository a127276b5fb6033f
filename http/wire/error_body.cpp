#include "http/wire/error_body.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>

namespace troupe::http::wire {

namespace {

using config::protocol;
using nlohmann::ordered_json;

// clang-format off
constexpr std::array words{
    //         status OpenAI                     Anthropic                Gemini
    wire_words{400, "invalid_request_error",  "invalid_request_error", "INVALID_ARGUMENT"},
    wire_words{401, "authentication_error",   "authentication_error",  "UNAUTHENTICATED"},
    wire_words{402, "insufficient_quota",     "billing_error",         "FAILED_PRECONDITION"},
    wire_words{403, "permission_error",       "permission_error",      "PERMISSION_DENIED"},
    wire_words{404, "invalid_request_error",  "not_found_error",       "NOT_FOUND"},
    wire_words{405, "invalid_request_error",  "invalid_request_error", "UNIMPLEMENTED"},
    wire_words{408, "timeout_error",          "timeout_error",         "DEADLINE_EXCEEDED"},
    wire_words{409, "conflict_error",         "conflict_error",        "ABORTED"},
    wire_words{413, "invalid_request_error",  "request_too_large",     "INVALID_ARGUMENT"},
    wire_words{429, "rate_limit_error",       "rate_limit_error",      "RESOURCE_EXHAUSTED"},
    wire_words{500, "server_error",           "api_error",             "INTERNAL"},
    wire_words{501, "server_error",           "api_error",             "UNIMPLEMENTED"},
    wire_words{502, "server_error",           "api_error",             "UNAVAILABLE"},
    wire_words{503, "server_error",           "overloaded_error",      "UNAVAILABLE"},
    wire_words{504, "server_error",           "timeout_error",         "DEADLINE_EXCEEDED"},
    wire_words{529, "server_error",           "overloaded_error",      "UNAVAILABLE"},
};
// clang-format on

std::string printed(const ordered_json& body) {
  return body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// Cut at a character's start, so that no half character is left.
std::string shortened(const std::string& text) {
  if (text.size() <= message_size_max)
    return text;
  auto end = message_size_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return text.substr(0, end) + "...";
}

ordered_json or_null(const std::string& text) {
  return text.empty() ? ordered_json{} : ordered_json(text);
}

/// OpenAI's own word where it has one; its SDKs' users compare these.
std::string openai_code(const door_error& err) {
  if (err.code == "unauthorized")
    return "invalid_api_key";
  if (err.code == "unknown_model")
    return "model_not_found";
  if (err.status == 429 && err.code != "insufficient_quota")
    return "rate_limit_exceeded";
  return err.code;
}

ordered_json openai_error(const door_error& err) {
  return {{"message", shortened(err.message)},
          {"type", words_of(err.status).openai_type},
          {"param", or_null(err.param)},
          {"code", or_null(openai_code(err))}};
}

ordered_json anthropic_body(const door_error& err) {
  auto message = shortened(err.message);
  if (!err.param.empty() && message.find(err.param) == std::string::npos)
    message.insert(0, err.param + ": ");
  return {
      {"type", "error"},
      {"error",
       {{"type", words_of(err.status).anthropic_type}, {"message", message}}},
      {"request_id", or_null(err.request_id)}};
}

std::string seconds_text(std::chrono::milliseconds wait) {
  std::array<char, 40> text{};
  const auto size = std::snprintf(text.data(), text.size(), "%lld.%03llds",
                                  static_cast<long long>(wait.count() / 1000),
                                  static_cast<long long>(wait.count() % 1000));
  return {text.data(), static_cast<std::size_t>(size)};
}

ordered_json gemini_details(const door_error& err) {
  auto details = ordered_json::array();
  const auto add = [&details](std::string_view type, ordered_json fields) {
    ordered_json detail{
        {"@type", "type.googleapis.com/google.rpc." + std::string{type}}};
    detail.update(fields);
    details.push_back(std::move(detail));
  };
  if (!err.code.empty())
    add("ErrorInfo", {{"reason", err.code}, {"domain", "troupe"}});
  if (!err.param.empty())
    add("BadRequest",
        {{"fieldViolations",
          ordered_json::array({{{"field", err.param},
                                {"description", shortened(err.message)}}})}});
  if (err.retry_after)
    add("RetryInfo", {{"retryDelay", seconds_text(*err.retry_after)}});
  if (!err.request_id.empty())
    add("RequestInfo", {{"requestId", err.request_id}});
  return details;
}

ordered_json gemini_body(const door_error& err) {
  ordered_json error{{"code", err.status},
                     {"message", shortened(err.message)},
                     {"status", words_of(err.status).gemini_status}};
  if (auto details = gemini_details(err); !details.empty())
    error["details"] = std::move(details);
  return {{"error", std::move(error)}};
}

ordered_json own_body(const door_error& err) {
  ordered_json error{{"code", err.code},
                     {"message", shortened(err.message)},
                     {"request_id", err.request_id}};
  if (!err.param.empty())
    error["param"] = err.param;
  if (err.retry_after)
    error["retry_after_ms"] = err.retry_after->count();
  return {{"error", std::move(error)}};
}

}  // namespace

const wire_words& words_of(unsigned status) noexcept {
  const wire_words* fallback = nullptr;
  for (const auto& row : words) {
    if (row.status == status)
      return row;
    if (row.status == (status >= 500 ? 500u : 400u))
      fallback = &row;
  }
  return *fallback;
}

std::string error_body(std::optional<config::protocol> dialect,
                       const door_error& err) {
  if (!dialect)
    return printed(own_body(err));
  switch (*dialect) {
  case protocol::openai:
    return printed({{"error", openai_error(err)}});
  case protocol::anthropic:
    return printed(anthropic_body(err));
  case protocol::gemini:
    return printed(gemini_body(err));
  }
  return printed(own_body(err));
}

// The wire's event is flat; the SDKs, however, raise an error only for an
// `error` member, and a reader that ignores unknown events would take the cut
// for the end.
std::string responses_error_event(const door_error& err,
                                  std::uint64_t sequence_number) {
  return printed({{"type", "error"},
                  {"code", or_null(openai_code(err))},
                  {"message", shortened(err.message)},
                  {"param", or_null(err.param)},
                  {"sequence_number", sequence_number},
                  {"error", openai_error(err)}});
}

}  // namespace troupe::http::wire
