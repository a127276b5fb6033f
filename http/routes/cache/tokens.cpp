#include "http/routes/cache/tokens.hpp"

#include "http/routes/cache/text.hpp"

#include <array>
#include <charconv>

namespace troupe::http::app_cache {

namespace {

constexpr std::size_t digits = 16;

void append(std::string& out, std::uint64_t number) {
  std::array<char, digits> text{};
  const auto* end =
      std::to_chars(text.data(), text.data() + digits, number, 16).ptr;
  const auto size = static_cast<std::size_t>(end - text.data());
  out.append(digits - size, '0').append(text.data(), size);
}

}  // namespace

std::string print_token(std::uint64_t token) {
  std::string text;
  append(text, token);
  return text;
}

std::optional<std::uint64_t> read_token(std::string_view text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, number, 16);
  if (text.size() != digits || failed != std::errc{} || at != end
      || number == 0)
    return std::nullopt;
  return number;
}

std::string print_etag(std::uint64_t etag) {
  std::string text;
  text.reserve(digits + 2);
  text.push_back('"');
  append(text, etag);
  text.push_back('"');
  return text;
}

std::optional<std::uint64_t> read_etag(std::string_view text) {
  text = trimmed(text);
  if (text.size() != digits + 2 || text.front() != '"' || text.back() != '"')
    return std::nullopt;
  return read_token(text.substr(1, digits));
}

bool lists_etag(std::string_view field, std::uint64_t etag) {
  if (trimmed(field) == "*")
    return true;
  while (!field.empty()) {
    auto item = take_item(field);
    if (item.starts_with("W/"))
      item.remove_prefix(2);
    if (read_etag(item) == etag)
      return true;
  }
  return false;
}

}  // namespace troupe::http::app_cache
