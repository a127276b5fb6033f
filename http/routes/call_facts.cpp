#include "http/routes/call_facts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#define XXH_INLINE_ALL  // Nothing to link.
#include <xxhash.h>

namespace troupe::http {

namespace {

struct named_priority {
  std::string_view name;
  std::uint8_t value;
};

constexpr std::array priorities{
    named_priority{"critical", 10},
    named_priority{"high", 8},
    named_priority{"normal", priority_normal},
    named_priority{"low", 0},
};

std::optional<std::uint8_t> read_priority(std::string_view text) {
  for (const auto& p : priorities)
    if (same_token(p.name, text))
      return p.value;
  std::uint8_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc{} || at != end || number > priority_max)
    return std::nullopt;
  return number;
}

/// Seconds, as the SDKs send them; anything else is no wish.
std::optional<std::chrono::milliseconds> read_timeout(std::string_view text) {
  double seconds = 0;
  const auto* end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, seconds);
  constexpr double longest = 24 * 3600;
  if (failed != std::errc{} || at != end || !(seconds > 0) || seconds > longest)
    return std::nullopt;
  return std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
}

std::uint64_t affinity_of(const asked& what) {
  const auto& headers = what.req.headers;
  if (const auto name = headers.find("x-troupe-conversation"))
    return XXH3_64bits(name->data(), name->size()) | 1;  // 0 means none.
  const auto& prompt = what.facts.prompt;
  if (!prompt || what.facts.tokens_in < cached_prompt_min)
    return 0;
  const auto size = std::min(prompt.size, prompt_prefix_size);
  return XXH3_64bits(what.req.body.data() + prompt.at, size) | 1;
}

}  // namespace

std::optional<wire::refusal> write_facts(call& c, const asked& what,
                                         time_point started,
                                         std::chrono::milliseconds total_max) {
  const auto& headers = what.req.headers;
  c.id = what.req.id;
  c.protocol = what.match.protocol;
  c.wires = wires_of(what.match);
  c.model = what.facts.model;
  c.tokens_estimated = what.facts.tokens_estimated;
  c.tokens_in = what.facts.tokens_in;
  c.affinity = affinity_of(what);
  auto longest = total_max;
  if (const auto given = headers.find("x-stainless-timeout"))
    longest = std::min(longest, read_timeout(*given).value_or(longest));
  c.deadline = started + longest;
  if (const auto given = headers.find("x-troupe-priority")) {
    const auto priority = read_priority(*given);
    if (!priority)
      return wire::refusal{"Invalid header 'x-troupe-priority': expected "
                           "critical, high, normal, low, or 0 to 10.",
                           "x-troupe-priority"};
    c.priority = *priority;
  }
  return std::nullopt;
}

}  // namespace troupe::http
