#include "http/cache/ttl.hpp"

#include <charconv>
#include <cstdint>

namespace troupe::http {

std::optional<std::chrono::seconds> read_ttl(std::string_view text) {
  for (const auto& row : ttl_classes)
    if (row.name == text)
      return row.ttl;
  std::uint32_t seconds = 0;
  const auto* const end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, seconds);
  if (failed != std::errc{} || at != end || seconds == 0
      || std::chrono::seconds{seconds} > ttl_max)
    return std::nullopt;
  return std::chrono::seconds{seconds};
}

}  // namespace troupe::http
