#include "http/routes/cache/length.hpp"

#include "config/measures.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::http::app_cache {

using std::chrono::milliseconds;

std::optional<milliseconds> read_length(std::string_view text) {
  std::uint64_t seconds = 0;
  const auto* end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, seconds);
  if (failed != std::errc{} || at != end)
    return config::parse_duration(text);
  // Bounded, so that it is still a number in milliseconds; whoever asked has a
  // lower bound of its own.
  constexpr std::uint64_t longest = 1'000'000'000;
  return milliseconds{std::min(seconds, longest) * 1000};
}

std::optional<milliseconds> read_lifetime(std::string_view text) {
  if (const auto ttl = read_ttl(text))
    return *ttl;
  const auto length = read_length(text);
  if (!length || *length < milliseconds{1} || *length > ttl_max)
    return std::nullopt;
  return length;
}

}  // namespace troupe::http::app_cache
