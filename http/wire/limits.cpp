#include "http/wire/limits.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace troupe::http::wire {

namespace {

using std::chrono::milliseconds;

enum class part : std::uint8_t { limit, remaining, reset };

/// One header field: what follows the prefix of its wire.
struct field_name {
  std::string_view suffix;
  limit_kind kind;
  part is;
};

// clang-format off
constexpr std::string_view openai_prefix = "x-ratelimit-";
constexpr std::array openai_fields{
    field_name{"limit-requests",     limit_kind::requests, part::limit},
    field_name{"remaining-requests", limit_kind::requests, part::remaining},
    field_name{"reset-requests",     limit_kind::requests, part::reset},
    field_name{"limit-tokens",       limit_kind::tokens,   part::limit},
    field_name{"remaining-tokens",   limit_kind::tokens,   part::remaining},
    field_name{"reset-tokens",       limit_kind::tokens,   part::reset},
};

constexpr std::string_view anthropic_prefix = "anthropic-ratelimit-";
constexpr std::array anthropic_fields{
    field_name{"requests-limit",          limit_kind::requests,      part::limit},
    field_name{"requests-remaining",      limit_kind::requests,      part::remaining},
    field_name{"requests-reset",          limit_kind::requests,      part::reset},
    field_name{"tokens-limit",            limit_kind::tokens,        part::limit},
    field_name{"tokens-remaining",        limit_kind::tokens,        part::remaining},
    field_name{"tokens-reset",            limit_kind::tokens,        part::reset},
    field_name{"input-tokens-limit",      limit_kind::input_tokens,  part::limit},
    field_name{"input-tokens-remaining",  limit_kind::input_tokens,  part::remaining},
    field_name{"input-tokens-reset",      limit_kind::input_tokens,  part::reset},
    field_name{"output-tokens-limit",     limit_kind::output_tokens, part::limit},
    field_name{"output-tokens-remaining", limit_kind::output_tokens, part::remaining},
    field_name{"output-tokens-reset",     limit_kind::output_tokens, part::reset},
};
// clang-format on

/// Anthropic rounds what remains of tokens to the nearest thousand: there may
/// be this much less than it tells.
constexpr std::uint64_t anthropic_rounding = 500;

/// Larger limits are nonsense, and would overflow in products.
constexpr std::int64_t amount_max = std::int64_t{1} << 50;

/// Which field `name` is after `prefix`, or null.
template <std::size_t Size>
const field_name* find(const std::array<field_name, Size>& fields,
                       std::string_view prefix, std::string_view name) {
  if (name.size() <= prefix.size()
      || !same_token(name.substr(0, prefix.size()), prefix))
    return nullptr;
  const auto suffix = name.substr(prefix.size());
  for (const auto& f : fields)
    if (same_token(f.suffix, suffix))
      return &f;
  return nullptr;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// A whole number that makes sense as an amount; negative ones do not.
std::optional<std::uint64_t> amount_of(std::string_view text) {
  std::int64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc{} || at != end || number < 0 || number > amount_max)
    return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

/// OpenAI writes a reset as a duration, Anthropic as a date. One that is over
/// tells nothing.
std::optional<milliseconds> reset_of(std::string_view text, wall_time now) {
  auto wait = parse_duration(text);
  if (!wait)
    if (const auto then = parse_date(text))
      wait = std::chrono::ceil<milliseconds>(*then - now);
  if (!wait || wait->count() <= 0)
    return std::nullopt;
  return std::min(*wait, wait_max);
}

/// Collects the fields of one answer.
class reader {
public:
  explicit reader(wall_time wall) : wall_(wall) {}

  void take(const header_list::field& field) {
    if (const auto* f = find(openai_fields, openai_prefix, field.name))
      take(*f, trimmed(field.value), 0);
    else if (const auto* g =
                 find(anthropic_fields, anthropic_prefix, field.name))
      take(*g, trimmed(field.value),
           g->kind == limit_kind::requests ? 0 : anthropic_rounding);
  }

  /// Returns null if nothing was told.
  std::shared_ptr<const limit_readings>
  result(std::chrono::steady_clock::time_point now) {
    bool told = false;
    for (auto& r : readings_.of) {
      if (r.limit == 0u)
        r = {};
      told = told || r.limit || r.remaining;
    }
    if (!told)
      return nullptr;
    readings_.at = now;
    return std::make_shared<const limit_readings>(readings_);
  }

private:
  void take(const field_name& f, std::string_view value,
            std::uint64_t rounding) {
    auto& reading = readings_.of[static_cast<std::size_t>(f.kind)];
    switch (f.is) {
    case part::limit:
      // 0 marks a limit that must not be believed.
      reading.limit = amount_of(value).value_or(0);
      break;
    case part::remaining:
      reading.remaining = amount_of(value);
      if (reading.remaining)
        *reading.remaining -= std::min(*reading.remaining, rounding);
      break;
    case part::reset:
      reading.reset = reset_of(value, wall_);
      break;
    }
  }

  wall_time wall_;
  limit_readings readings_{};
};

}  // namespace

std::shared_ptr<const limit_readings>
read_limits(const header_list& headers, wall_time wall,
            std::chrono::steady_clock::time_point now) {
  // Both prefixes are told from most other names by their first letter.
  reader found{wall};
  for (const auto field : headers) {
    const char first = field.name.empty() ? '\0' : field.name.front();
    if (first == 'x' || first == 'X' || first == 'a' || first == 'A')
      found.take(field);
  }
  return found.result(now);
}

}  // namespace troupe::http::wire
