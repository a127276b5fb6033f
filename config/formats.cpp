#include "config/formats.hpp"

#include <algorithm>

namespace troupe::config::as {
namespace {

constexpr std::size_t sha256_digits = 64;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool is_visible(char c) {
  return c > 0x20 && c < 0x7f;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c)
         || c == '.' || c == '_' || c == '-';
}

bool is_in_queue_name(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_' || c == '-';
}

bool is_queue_name(std::string_view text) {
  return std::ranges::all_of(text, is_in_queue_name) && !text.starts_with('_')
         && !text.starts_with('-');
}

struct priority_word {
  std::string_view word;
  std::uint8_t priority;
};

/// As clients may say it too; largest first.
constexpr priority_word priority_words[] = {
    {"critical", 10}, {"high", 8}, {"normal", 5}, {"low", 0}};

constexpr std::int64_t priority_max = 10;

bool is_lower_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}

}  // namespace

std::string text_bounds(std::size_t min, std::size_t max) {
  return std::to_string(min) + " to " + std::to_string(max) + " characters";
}

std::optional<complaint> check_text(std::string_view text, alphabet a,
                                    std::size_t min, std::size_t max) {
  if (text.empty() && min != 0)
    return complaint{"must not be empty"};
  if (text.size() < min || text.size() > max)
    return complaint{"must have " + text_bounds(min, max)};
  if (a == alphabet::name && !std::ranges::all_of(text, is_in_name))
    return complaint{"may only have letters, digits, '.', '_' and '-'"};
  if (a == alphabet::queue && !is_queue_name(text))
    return complaint{"may only have lower-case letters, digits, '_' and '-', "
                     "and must begin with a letter or digit"};
  if (a == alphabet::visible && !std::ranges::all_of(text, is_visible))
    return complaint{"may only have visible ASCII characters, and no spaces"};
  if (std::ranges::any_of(text, is_control))
    return complaint{"may not have control characters"};
  return std::nullopt;
}

std::string key::bounds(bound min, bound max) {
  return text_bounds(min, max);
}

outcome<key_entry> key::read(std::string_view text, bound min, bound max) {
  if (auto c = check_text(text, alphabet::visible, min, max))
    return *c;
  return key_entry{key_id{}, std::string{text}};
}

outcome<std::string> sha256::read(std::string_view text, bound, bound) {
  std::string digits{text};
  for (char& c : digits)
    if (c >= 'A' && c <= 'F')
      c = static_cast<char>(c - 'A' + 'a');
  if (digits.size() != sha256_digits
      || !std::ranges::all_of(digits, is_lower_hex))
    return complaint{"must be a SHA-256, 64 hexadecimal digits"};
  return digits;
}

outcome<endpoint> address::read(std::string_view text, bound, bound) {
  if (auto at = parse_endpoint(text))
    return *at;
  return complaint{"must be a numeric address (or localhost) and a port such "
                   "as 127.0.0.1:8080 or [::1]:8080"};
}

outcome<std::string> link::read(std::string_view text, bound, bound) {
  const auto url = parse_base_url(text);
  if (const auto* c = std::get_if<complaint>(&url))
    return *c;
  return std::string{text};
}

std::string priority::bounds(bound, bound) {
  return "critical, high, normal, low, or 0 to 10";
}

outcome<std::uint8_t> priority::read(std::string_view text, bound, bound) {
  for (const auto& w : priority_words)
    if (w.word == text)
      return w.priority;
  const auto rank = parse_count(text);
  if (!rank || *rank < 0 || *rank > priority_max)
    return complaint{"must be " + bounds({}, {})};
  return static_cast<std::uint8_t>(*rank);
}

std::string priority::print(value x) {
  for (const auto& w : priority_words)
    if (w.priority == x)
      return std::string{w.word};
  return std::to_string(x);
}

std::string listing(std::span<const std::string_view> words) {
  std::string all;
  for (const auto word : words)
    all.append(all.empty() ? "" : ", ").append(word);
  return all;
}

outcome<std::size_t> find_choice(std::string_view text,
                                 std::span<const std::string_view> words) {
  const auto found = std::ranges::find(words, text);
  if (found == words.end())
    return complaint{"must be one of " + listing(words)};
  return static_cast<std::size_t>(found - words.begin());
}

outcome<std::string> level::read(std::string_view text, bound, bound) {
  const auto found = find_choice(text, log_levels);
  if (const auto* c = std::get_if<complaint>(&found))
    return *c;
  return std::string{text};
}

}  // namespace troupe::config::as
