#include "actors/cache_shard/glob.hpp"

#include <cstddef>

namespace troupe {

namespace {

bool goes_on(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u;
}

std::size_t after_character(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && goes_on(text[at]))
    ++at;
  return at;
}

// Where the byte at `at` is that is to be taken as it is.
std::size_t literal_at(std::string_view pattern, std::size_t at) {
  return pattern[at] == '\\' && at + 1 < pattern.size() ? at + 1 : at;
}

}  // namespace

bool matches(std::string_view pattern, std::string_view name) noexcept {
  constexpr auto nowhere = std::string_view::npos;
  std::size_t p = 0;
  std::size_t n = 0;
  // After the last star, and how far it reaches by now.
  std::size_t star = nowhere;
  std::size_t reach = 0;
  while (n < name.size() || p < pattern.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      reach = n;
      continue;
    }
    if (p < pattern.size() && n < name.size()) {
      if (pattern[p] == '?') {
        ++p;
        n = after_character(name, n);
        continue;
      }
      const auto literal = literal_at(pattern, p);
      if (pattern[literal] == name[n]) {
        p = literal + 1;
        ++n;
        continue;
      }
    }
    if (star == nowhere || reach >= name.size())
      return false;
    p = star;
    n = ++reach;
  }
  return true;
}

std::optional<std::string> only_match_of(std::string_view pattern) {
  std::string name;
  for (std::size_t p = 0; p < pattern.size(); ++p) {
    if (pattern[p] == '*' || pattern[p] == '?')
      return std::nullopt;
    p = literal_at(pattern, p);
    name += pattern[p];
  }
  return name;
}

}  // namespace troupe
