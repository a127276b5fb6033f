// Times to live, as words and as seconds.

#include "http/cache/ttl.hpp"

#include <gtest/gtest.h>

namespace troupe::http {

namespace {

using namespace std::chrono_literals;

TEST(ttl, is_a_word_or_whole_seconds) {
  EXPECT_EQ(read_ttl("very-short"), 30s);
  EXPECT_EQ(read_ttl("short"), 60s);
  EXPECT_EQ(read_ttl("medium"), 5min);
  EXPECT_EQ(read_ttl("long"), 1h);
  EXPECT_EQ(read_ttl("very-long"), 24h);
  EXPECT_EQ(read_ttl("1"), 1s);
  EXPECT_EQ(read_ttl(std::to_string(ttl_max.count())), ttl_max);
  for (const auto* text :
       {"", "0", "-1", "+1", " 1", "1 ", "1.0", "1e3", "LONG", "2592001",
        "4294967296", "99999999999999999999"})
    EXPECT_FALSE(read_ttl(text)) << text;
}

TEST(ttl, says_what_it_takes) {
  for (const auto& row : ttl_classes)
    EXPECT_NE(ttl_expected.find(row.name), std::string_view::npos) << row.name;
  EXPECT_NE(ttl_expected.find(std::to_string(ttl_max.count())),
            std::string_view::npos);
}

}  // namespace

}  // namespace troupe::http
