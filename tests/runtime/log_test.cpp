// A line of the log stays one line, and one JSON value, whatever is in it.

#include "runtime/log.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace troupe::log {
namespace {

std::string json_of(std::string_view value) {
  spdlog::memory_buf_t out;
  append_json_string(out, value);
  return {out.data(), out.size()};
}

TEST(log, quotes_what_json_must_have_quoted) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"", R"("")"},
      {"plain", R"("plain")"},
      {"a\"b\\c", R"("a\"b\\c")"},
      {"line\nend\r\t", R"("line\u000aend\u000d\u0009")"},
      {"\x7f", R"("\u007f")"},
      {"grün €", R"("grün €")"},
      {"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
  };
  for (const auto& [value, expected] : rows)
    EXPECT_EQ(json_of(value), expected);
}

TEST(log, replaces_bytes_that_are_not_utf_8) {
  const std::string_view rows[] = {
      "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82",
  };
  for (const auto value : rows) {
    const auto text = json_of(value);
    EXPECT_NE(text.find("\\ufffd"), std::string::npos) << text;
    for (const char c : text)
      EXPECT_LT(static_cast<unsigned char>(c), 0x80u) << text;
  }
}

TEST(log, never_lets_a_value_begin_a_new_line) {
  std::mt19937_64 random{3};
  for (int i = 0; i < 2000; ++i) {
    std::string value(random() % 40, ' ');
    for (auto& c : value)
      c = static_cast<char>(random());
    const auto text = json_of(value);
    for (const char c : text)
      EXPECT_GE(static_cast<unsigned char>(c), 0x20u);
    EXPECT_EQ(text.front(), '"');
    EXPECT_EQ(text.back(), '"');
  }
}

}  // namespace
}  // namespace troupe::log
