// Numbers with units: what is read, what is refused, and the way back.

#include "config/measures.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace troupe::config {
namespace {

using namespace std::chrono_literals;

TEST(measures, reads_durations_with_each_unit) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("15s"), 15s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("24h"), 24h);
  EXPECT_EQ(parse_duration("7d"), 7 * 24h);
  EXPECT_EQ(parse_duration("-5s"), -5s);
}

TEST(measures, reads_sizes_with_each_unit) {
  EXPECT_EQ(parse_size("512B"), 512);
  EXPECT_EQ(parse_size("64KiB"), 65536);
  EXPECT_EQ(parse_size("32MiB"), 33554432);
  EXPECT_EQ(parse_size("2GiB"), 2147483648);
}

TEST(measures, refuses_what_is_not_one_number_and_one_unit) {
  for (const auto* text : {"", "s", "15", "15 s", "1.5s", "1h30m", "15S",
                           "--5s", "5s ", "+5s", "5-s", "0x5s"})
    EXPECT_FALSE(parse_duration(text)) << text;
  for (const auto* text : {"", "KiB", "64", "64KB", "64kib", "64K", "1.5MiB"})
    EXPECT_FALSE(parse_size(text)) << text;
  for (const auto* text : {"", "-", "1.5", "1e3", "0x10", "1_000", " 1", "1 "})
    EXPECT_FALSE(parse_count(text)) << text;
  for (const auto* text : {"", "inf", "nan", "1.5x", "1,5", " 1", "0x1p3"})
    EXPECT_FALSE(parse_number(text)) << text;
  for (const auto* text : {"", "%", "30", "0.30", "30 %", "30%%", "nan%"})
    EXPECT_FALSE(parse_percent(text)) << text;
}

TEST(measures, reads_too_large_numbers_as_the_largest) {
  using limits = std::numeric_limits<std::int64_t>;
  EXPECT_EQ(parse_count("99999999999999999999"), limits::max());
  EXPECT_EQ(parse_count("-99999999999999999999"), limits::min());
  EXPECT_EQ(parse_duration("9223372036854775807d"),
            std::chrono::milliseconds::max());
  EXPECT_EQ(parse_size("-9223372036854775807GiB"), limits::min());
}

TEST(measures, reads_a_percentage_as_the_same_double_as_its_literal) {
  EXPECT_EQ(parse_percent("30%"), 0.30);
  EXPECT_EQ(parse_percent("85%"), 0.85);
  EXPECT_EQ(parse_percent("12.5%"), 0.125);
}

TEST(measures, prints_the_largest_unit_that_divides) {
  EXPECT_EQ(print_duration(0ms), "0s");
  EXPECT_EQ(print_duration(1500ms), "1500ms");
  EXPECT_EQ(print_duration(90s), "90s");
  EXPECT_EQ(print_duration(2min), "2m");
  EXPECT_EQ(print_duration(24h), "24h");
  EXPECT_EQ(print_duration(168h), "7d");
  EXPECT_EQ(print_size(0), "0B");
  EXPECT_EQ(print_size(1536), "1536B");
  EXPECT_EQ(print_size(32 << 20), "32MiB");
  EXPECT_EQ(print_percent(0.30), "30%");
  EXPECT_EQ(print_percent(0.55), "55%");
  EXPECT_EQ(print_number(1'000'000), "1000000");
  EXPECT_EQ(print_number(0.1), "0.1");
}

TEST(measures, reads_back_what_it_printed) {
  for (const auto d : {0ms, 1ms, 999ms, 1000ms, 60'000ms, 86'400'000ms})
    EXPECT_EQ(parse_duration(print_duration(d)), d);
  for (const std::int64_t n : {0, 1, 1023, 1024, 1 << 20, 1 << 30})
    EXPECT_EQ(parse_size(print_size(n)), n);
  for (int percent = 0; percent <= 100; ++percent)
    EXPECT_EQ(parse_percent(print_percent(percent / 100.0)), percent / 100.0);
}

}  // namespace
}  // namespace troupe::config
