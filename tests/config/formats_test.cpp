// What each format accepts at the edges of its bounds, and its complaints.

#include "config/formats.hpp"

#include <gtest/gtest.h>

namespace troupe::config {
namespace {

template <class T>
std::string complaint_of(const outcome<T>& result) {
  const auto* c = std::get_if<complaint>(&result);
  return c ? c->text : "accepted";
}

TEST(formats, check_the_bounds_inclusively) {
  EXPECT_EQ(complaint_of(as::count::read("1", 1, 3)), "accepted");
  EXPECT_EQ(complaint_of(as::count::read("3", 1, 3)), "accepted");
  EXPECT_EQ(complaint_of(as::count::read("0", 1, 3)),
            "must lie between 1 and 3");
  EXPECT_EQ(complaint_of(as::count::read("4", 1, 3)),
            "must lie between 1 and 3");
  EXPECT_EQ(complaint_of(as::size::read("2KiB", 0, 1024)),
            "must lie between 0B and 1KiB");
}

TEST(formats, say_what_shape_a_value_must_have) {
  using namespace std::chrono_literals;
  EXPECT_EQ(complaint_of(as::count::read("x", 0, 1)), "must be a whole number");
  EXPECT_EQ(complaint_of(as::duration::read("5", 0s, 1h)),
            "must be a duration such as 250ms, 15s, 5m, 24h or 7d");
  EXPECT_EQ(complaint_of(as::percent::read("0.3", 0, 1)),
            "must be a percentage such as 30%");
  EXPECT_EQ(complaint_of(as::choice<strategy>::read("Cost", {}, {})),
            "must be one of priority, weighted, cost, latency");
  EXPECT_EQ(complaint_of(as::level::read("loud", {}, {})),
            "must be one of trace, debug, info, warn, error");
}

TEST(formats, keep_texts_to_their_alphabet_and_length) {
  EXPECT_EQ(complaint_of(as::name::read("node-1.a_B", 1, 64)), "accepted");
  EXPECT_EQ(complaint_of(as::name::read("", 1, 64)), "must not be empty");
  EXPECT_EQ(complaint_of(as::name::read("abc", 1, 2)),
            "must have 1 to 2 characters");
  for (const auto* text : {"a b", "a/b", "a\n", "\xc3\xa9", "a\"b"})
    EXPECT_NE(complaint_of(as::name::read(text, 1, 64)), "accepted") << text;
  EXPECT_EQ(complaint_of(as::visible::read("org/m:1@x~", 1, 64)), "accepted");
  for (const auto* text : {"a b", "a\r", "\xc3\xa9", "\x7f"})
    EXPECT_NE(complaint_of(as::visible::read(text, 1, 64)), "accepted") << text;
  EXPECT_EQ(complaint_of(as::path::read("/a b/\xc3\xa9", 1, 64)), "accepted");
  EXPECT_NE(complaint_of(as::path::read("/a\nb", 1, 64)), "accepted");
}

TEST(formats, keep_a_sha256_in_lower_case) {
  const std::string digits(64, 'A');
  const auto read = as::sha256::read(digits, {}, {});
  EXPECT_EQ(std::get<std::string>(read), std::string(64, 'a'));
  for (const auto& text : {std::string(63, 'a'), std::string(65, 'a'),
                           std::string(64, 'g'), std::string{}})
    EXPECT_NE(complaint_of(as::sha256::read(text, {}, {})), "accepted") << text;
}

TEST(choices, stand_in_the_order_of_their_enums) {
  EXPECT_EQ(choice_name(protocol::gemini), "gemini");
  EXPECT_EQ(choices_of<protocol>.size(), protocol_count);
  EXPECT_EQ(choice_name(auth_mode::automatic), "auto");
  EXPECT_EQ(choice_name(auth_mode::open), "open");
  EXPECT_EQ(choice_name(auth_mode::required), "required");
  EXPECT_EQ(choice_name(strategy::priority), "priority");
  EXPECT_EQ(choice_name(strategy::latency), "latency");
  EXPECT_EQ(choice_name(log_format::automatic), "auto");
  EXPECT_EQ(choice_name(log_format::text), "text");
}

}  // namespace
}  // namespace troupe::config
