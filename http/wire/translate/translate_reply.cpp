#include "http/wire/translate/translate_reply.hpp"

#include "http/wire/fault_of.hpp"
#include "http/wire/translate/reply_reader.hpp"
#include "http/wire/translate/reply_writer.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace troupe::http::wire {

namespace {

using tree = nlohmann::json;

std::string write_reply(const reply& said, const reply_route& route) {
  switch (route.to.client) {
  case config::protocol::anthropic:
    return write_anthropic_reply(said, route);
  case config::protocol::gemini:
    return write_gemini_reply(said, route);
  case config::protocol::openai:
    break;
  }
  return write_openai_reply(said, route);
}

// -- errors
// ----------------------------------------------------------------------

/// The status that an event's own word stands for.
struct word_row {
  std::string_view word;
  unsigned status;
};

constexpr std::array event_words{
    word_row{"invalid_request_error", 400},
    word_row{"authentication_error", 401},
    word_row{"billing_error", 402},
    word_row{"insufficient_quota", 429},
    word_row{"permission_error", 403},
    word_row{"not_found_error", 404},
    word_row{"request_too_large", 413},
    word_row{"rate_limit_error", 429},
    word_row{"rate_limit_exceeded", 429},
    word_row{"timeout_error", 504},
    word_row{"overloaded_error", 529},
    word_row{"server_is_overloaded", 503},
};

/// What our wires call a fault; empty where the status says enough.
std::string_view code_of(fault f) {
  switch (f) {
  case fault::context_length:
    return "context_length_exceeded";
  case fault::content_filter:
    return "content_filter";
  case fault::quota:
    return "insufficient_quota";
  case fault::credential:
    return "unauthorized";
  default:
    return {};
  }
}

std::string text_at(const tree& from, const char* key) {
  const auto found = from.find(key);
  return found != from.end() && found->is_string() ? found->get<std::string>()
                                                   : std::string{};
}

/// The object that tells of an error, in any wire's body; null if there is
/// none.
tree error_in(std::string_view body) {
  if (body.size() > error_size_max)
    return {};
  auto root = tree::parse(body, nullptr, false);
  if (root.is_array() && !root.empty())
    root = tree(root.front());
  if (!root.is_object())
    return {};
  const auto error = root.find("error");
  if (error == root.end())
    return root;
  if (error->is_object())
    return *error;
  return error->is_string() ? tree{{"message", *error}} : tree{};
}

unsigned status_of(const tree& error) {
  const auto code = error.find("code");
  if (code != error.end() && code->is_number_unsigned()) {
    const auto number = code->get<std::uint64_t>();
    return number >= 400 && number <= 599 ? static_cast<unsigned>(number) : 500;
  }
  for (const auto* key : {"code", "type"})
    for (const auto& row : event_words)
      if (text_at(error, key) == row.word)
        return row.status;
  return 500;
}

}  // namespace

translated_reply translate_reply(config::protocol from, std::string_view body,
                                 const reply_shape& to) {
  translated_reply translated;
  reply said;
  reply_event event;
  json::document doc{body};
  const bool sound = read_reply_body(from, doc, said.usage, event);
  if (sound && event.error)
    translated.fault = classify_event(from, body).fault;
  else if (!sound || !event.marked || !said.take(event))
    translated.fault = fault::malformed;
  if (translated.fault != fault::none)
    return translated;
  translated.sound = true;
  translated.usage = said.usage;
  translated.body = write_reply(said, {from, to});
  return translated;
}

std::string translate_error(config::protocol from, unsigned status,
                            std::string_view body, const reply_shape& to) {
  auto err = read_error(from, status, body);
  err.request_id = to.request_id;
  return error_body(to.client, err);
}

door_error read_error(config::protocol from, unsigned status,
                      std::string_view body) {
  const auto error = error_in(body);
  const auto judged = status == 0 ? classify_event(from, body)
                                  : classify(from, status, {}, body, {});
  door_error err;
  err.status = status;
  if (error.is_object()) {
    if (status == 0)
      err.status = status_of(error);
    err.message = text_at(error, "message");
    err.param = text_at(error, "param");
  } else if (status == 0) {
    err.status = 500;
  }
  if (err.message.empty())
    err.message = "The provider answered with status "
                  + std::to_string(err.status) + " and no message.";
  err.code = code_of(judged.fault);
  err.retry_after = judged.retry_after;
  return err;
}

}  // namespace troupe::http::wire
