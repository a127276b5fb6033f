#include "actors/queue/token_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace troupe {

namespace {

void append_padded(std::string& out, std::uint64_t value, std::size_t width) {
  std::array<char, 24> text{};
  const auto* end =
      std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  const auto size = static_cast<std::size_t>(end - text.data());
  out.append(width - std::min(width, size), '0');
  out.append(text.data(), size);
}

}  // namespace

std::string text_of(const lease_token& token) {
  std::string out;
  append_padded(out, token.start, 6);
  out += '-';
  append_padded(out, token.count, 10);
  return out;
}

lease_token token_of(std::string_view text) {
  lease_token out;
  const auto* end = text.data() + text.size();
  const auto start = std::from_chars(text.data(), end, out.start);
  if (start.ec != std::errc{} || start.ptr == end || *start.ptr != '-')
    return {};
  const auto count = std::from_chars(start.ptr + 1, end, out.count);
  if (count.ec != std::errc{} || count.ptr != end)
    return {};
  return out;
}

}  // namespace troupe
