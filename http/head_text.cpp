#include "http/head_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace troupe::http {

namespace {

bool is_control(unsigned char c) {
  return (c < 0x20 && c != '\t') || c == 0x7f;
}

}  // namespace

void append_field(std::string& out, std::string_view name,
                  std::string_view value) {
  out.append(name).append(": ").append(value);
  std::replace_if(out.end() - static_cast<std::ptrdiff_t>(value.size()),
                  out.end(), is_control, '?');
  out.append("\r\n");
}

void append_own_field(std::string& out, std::string_view name,
                      std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_number(std::string& out, std::uint64_t n, int base) {
  std::array<char, 64> text{};  // As many as 2^64 has in the smallest base.
  out.append(
      text.data(),
      std::to_chars(text.data(), text.data() + text.size(), n, base).ptr);
}

}  // namespace troupe::http
