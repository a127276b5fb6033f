#include "http/simulator/json_text.hpp"

namespace troupe::simulator {

namespace {

bool nested_too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > nesting_max)
        return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace

std::optional<json> read_json(std::string_view text) {
  if (nested_too_deep(text))
    return std::nullopt;
  auto value = json::parse(text, nullptr, false);
  if (value.is_discarded())
    return std::nullopt;
  return value;
}

std::string write_json(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string escaped(std::string_view text) {
  auto quoted = write_json(json(text));
  return quoted.substr(1, quoted.size() - 2);
}

event_form::event_form(std::string_view before, const json& event,
                       std::string_view after) {
  const auto text = write_json(event);
  // The blank is a control character, so it prints as this escape; no other
  // text of ours or of a model's name that fits a URL holds it before us.
  constexpr std::string_view printed = R"(\u001e)";
  const auto at = text.rfind(printed);
  const auto head_size = at == std::string::npos ? text.size() : at;
  head_.append(before).append(text, 0, head_size);
  if (at != std::string::npos)
    tail_.append(text, at + printed.size());
  tail_.append(after);
}

std::string event_form::filled(std::string_view piece) const {
  const auto text = escaped(piece);
  std::string event;
  event.reserve(head_.size() + text.size() + tail_.size());
  return event.append(head_).append(text).append(tail_);
}

std::string sse_record(std::string_view name, std::string_view text) {
  std::string record;
  record.reserve(name.size() + text.size() + 20);
  if (!name.empty())
    record.append("event: ").append(name).append("\n");
  return record.append("data: ").append(text).append("\n\n");
}

}  // namespace troupe::simulator
