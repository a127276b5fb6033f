#include "http/routes/cache/text.hpp"

#include <simdjson.h>

#include <algorithm>

namespace troupe::http::app_cache {

namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

wire::door_error invalid(std::string_view param, std::string message) {
  wire::door_error why;
  why.status = 400;
  why.code = "invalid_request";
  why.param = param;
  why.message = std::move(message);
  return why;
}

std::optional<std::string> decoded(std::string_view text, plus p) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && p == plus::space) {
      plain.push_back(' ');
    } else if (text[i] != '%') {
      plain.push_back(text[i]);
    } else {
      const int high = i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
      const int low = high < 0 ? -1 : digit_of(text[i + 2]);
      if (low < 0)
        return std::nullopt;
      plain.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return plain;
}

bool is_printable(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f)
      return false;
    // U+0080 to U+009F are control characters too.
    if (c == 0xc2 && i + 1 < text.size()
        && static_cast<unsigned char>(text[i + 1]) < 0xa0)
      return false;
  }
  return simdjson::validate_utf8(text.data(), text.size());
}

std::string fault_of_name(std::string_view text, std::size_t size_max) {
  if (text.empty() || text.size() > size_max)
    return "must have 1 to " + std::to_string(size_max) + " bytes";
  if (!is_printable(text))
    return "must be printable UTF-8";
  return {};
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

std::string_view take_item(std::string_view& list) {
  const auto comma = std::min(list.find(','), list.size());
  const auto item = trimmed(list.substr(0, comma));
  list.remove_prefix(std::min(comma + 1, list.size()));
  return item;
}

}  // namespace troupe::http::app_cache
