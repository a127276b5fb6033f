#include "http/wire/translate/reply_reader.hpp"

#include "http/wire/translate/escaped_text.hpp"

#include <algorithm>
#include <limits>

namespace troupe::http::wire {

namespace {

bool read_reply(config::protocol from, std::string_view type, extent e,
                json::document& doc, token_usage& usage, reply_event& event) {
  // Counts of an event that turns out to be broken must not stay.
  auto counted = usage;
  auto root = doc.root();
  bool sound = false;
  if (root)
    switch (from) {
    case config::protocol::openai:
      sound = read_openai_reply(*root, e, counted, event);
      break;
    case config::protocol::anthropic:
      sound = read_anthropic_reply(*root, type, e, counted, event);
      break;
    case config::protocol::gemini:
      sound = read_gemini_reply(*root, counted, event);
      break;
    }
  if (!sound || !doc.at_end()) {
    event.clear();
    return false;
  }
  usage = counted;
  return true;
}

}  // namespace

bool read_reply_event(config::protocol from, std::string_view type,
                      json::document& doc, token_usage& usage,
                      reply_event& event) {
  return read_reply(from, type, extent::event, doc, usage, event);
}

bool read_reply_body(config::protocol from, json::document& doc,
                     token_usage& usage, reply_event& event) {
  return read_reply(from, {}, extent::body, doc, usage, event);
}

bool take_text(json::value& v, std::size_t depth, std::string_view& into) {
  if (json::kind_of(v) != '"')
    return json::sound(v, depth);
  into = json::raw_string_of(v);
  return escapes_sound(into);
}

bool take_number(json::value& v, std::size_t depth, std::string_view& into) {
  const auto kind = json::kind_of(v);
  if (kind != '-' && (kind < '0' || kind > '9'))
    return json::sound(v, depth);
  into = json::token_of(v);
  return is_strict_json(into);
}

bool take_index(json::value& v, std::size_t depth, std::uint32_t& into) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  if (const auto count = json::count_of(v))
    into = static_cast<std::uint32_t>(std::min(*count, most));
  return json::sound(v, depth);
}

bool take_object(json::value& v, std::size_t depth, reply_event& event,
                 std::string_view& into) {
  if (depth >= json::depth_max || json::kind_of(v) != '{')
    return json::sound(v, depth);
  simdjson::ondemand::object object;
  std::string_view text;
  if (v.get_object().get(object) || object.raw_json().get(text)
      || !is_strict_json(text))
    return false;
  std::string escaped;
  append_escaped(escaped, minified(text));
  into = event.keep(std::move(escaped));
  return true;
}

bool take_error(json::value& v, std::size_t depth, reply_event& event) {
  event.error = event.error || json::kind_of(v) != 'n';
  return json::sound(v, depth);
}

stop_reason reason_of(std::string_view name,
                      std::span<const reason_row> rows) noexcept {
  if (name.empty())
    return stop_reason::none;
  for (const auto& row : rows)
    if (row.name == name)
      return row.reason;
  return stop_reason::other;
}

}  // namespace troupe::http::wire
