#include "http/routes/queue/fields.hpp"

#include "actors/priority.hpp"
#include "http/routes/cache/text.hpp"

#include <nlohmann/json.hpp>
#include <simdjson.h>

#include <array>
#include <limits>
#include <utility>

namespace troupe::http::app_queue {

namespace {

namespace fast = wire::json;

struct named_priority {
  std::string_view name;
  std::uint8_t priority;
};

constexpr std::array priorities_by_name{
    named_priority{"critical", priority_critical},
    named_priority{"high", priority_high},
    named_priority{"normal", priority_normal},
    named_priority{"low", priority_low},
};

/// Bytes of the first body of a thread: most fit.
constexpr std::size_t first_capacity = 16 * 1024;

/// The strict reader of the thread.
class strict_reader {
public:
  bool accepts(std::string& text) {
    if (parser_.capacity() == 0
        && parser_.allocate(first_capacity, fast::depth_max))
      return false;
    simdjson::dom::element whole;
    const auto failed =
        parser_.parse(text.data(), text.size(), false).get(whole);
    if (parser_.capacity() > fast::kept_size_max)
      parser_ = simdjson::dom::parser{};
    // Numbers too large for 64 bits are JSON all the same.
    return !failed
           || (failed == simdjson::NUMBER_ERROR && is_unusual_json(text));
  }

private:
  /// Slow, for what the quick one cannot hold.
  static bool is_unusual_json(const std::string& text) {
    bool deep = false;
    const auto guard = [&deep](int depth, nlohmann::json::parse_event_t,
                               nlohmann::json&) {
      deep = deep || static_cast<std::size_t>(depth) >= fast::depth_max;
      return !deep;
    };
    const auto parsed = nlohmann::json::parse(text, guard, false);
    return !deep && !parsed.is_discarded();
  }

  simdjson::dom::parser parser_;
};

std::string between(bounds in) {
  return std::to_string(in.min) + " to " + std::to_string(in.max);
}

std::optional<std::string> text_in(value& v) {
  if (fast::kind_of(v) != '"')
    return std::nullopt;
  return fast::unescaped(fast::raw_string_of(v));
}

}  // namespace

complaint within(std::string_view name, complaint c) {
  if (!c)
    return c;
  std::string whole{name};
  if (!c.field.empty() && c.field.front() != '[')
    whole.push_back('.');
  c.field.insert(0, whole);
  return c;
}

complaint within(std::string_view name, std::size_t index, complaint c) {
  if (!c)
    return c;
  return within(std::string{name} + "[" + std::to_string(index) + "]",
                std::move(c));
}

complaint unknown_field() {
  return {"means nothing here", {}};
}

wire::door_error refusal_of(const complaint& c) {
  return app_cache::invalid(
      c.field, c.field.empty() ? "The body " + c.why + "."
                               : "The field '" + c.field + "' " + c.why + ".");
}

wire::door_error not_json(std::string_view text) {
  const auto at = fast::fault_position(text);
  if (at != 0)
    return app_cache::invalid({}, "The body is not JSON: it goes wrong at byte "
                                      + std::to_string(at) + ".");
  return app_cache::invalid(
      {}, "The body must be a JSON object, nested less than "
              + std::to_string(fast::depth_max)
              + " levels deep, without halves of surrogate pairs.");
}

bool is_json(std::string& text) {
  text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  thread_local strict_reader reader;
  return reader.accepts(text);
}

complaint take_count(value& v, bounds in, std::uint64_t& into) {
  const auto count = fast::count_of(v);
  if (!count || *count < in.min || *count > in.max)
    return {"must be a whole number from " + between(in), {}};
  into = *count;
  return {};
}

complaint take_count(value& v, bounds in, std::uint32_t& into) {
  std::uint64_t count = 0;
  auto wrong = take_count(v, in, count);
  if (!wrong)
    into = static_cast<std::uint32_t>(count);
  return wrong;
}

complaint take_flag(value& v, bool& into) {
  const auto token = fast::token_of(v);
  if (token != "true" && token != "false")
    return {"must be true or false", {}};
  into = token == "true";
  return {};
}

complaint take_text(value& v, bounds in, std::string& into) {
  auto text = text_in(v);
  if (!text || text->size() < in.min || text->size() > in.max)
    return {"must be a string of " + between(in) + " bytes", {}};
  into = std::move(*text);
  return {};
}

complaint take_name(value& v, bounds in, std::string& into) {
  auto text = text_in(v);
  if (!text || text->size() < in.min || text->size() > in.max
      || !app_cache::is_printable(*text))
    return {"must be a string of " + between(in) + " bytes of printable UTF-8",
            {}};
  into = std::move(*text);
  return {};
}

std::string_view word_in(value& v) {
  return fast::raw_string_of(v);
}

shared_bytes raw_of(value& v) {
  std::string_view raw;
  simdjson::ondemand::object members;
  simdjson::ondemand::array elements;
  const char kind = fast::kind_of(v);
  bool read = true;
  if (kind == '{')
    read = !v.get_object().get(members) && !members.raw_json().get(raw);
  else if (kind == '[')
    read = !v.get_array().get(elements) && !elements.raw_json().get(raw);
  else
    raw = fast::token_of(v);
  if (!read)
    return {};
  return shared_bytes{
      std::string{raw.substr(0, raw.find_last_not_of(" \t\r\n") + 1)}};
}

complaint take_priority(value& v, std::uint8_t& into) {
  for (const auto& p : priorities_by_name)
    if (word_in(v) == p.name) {
      into = p.priority;
      return {};
    }
  std::uint64_t number = 0;
  if (take_count(v, {0, priority_max}, number))
    return {"must be a whole number from 0 to 10, or critical, high, normal or "
            "low",
            {}};
  into = static_cast<std::uint8_t>(number);
  return {};
}

}  // namespace troupe::http::app_queue
