// Words that come fast go together; none is lost.

#include "http/jobs/token_flow.hpp"

#include <gtest/gtest.h>

#include <random>

namespace troupe::http {
namespace {

using namespace std::chrono_literals;

TEST(token_flow, the_first_word_goes_at_once) {
  token_flow flow;
  flow.add("Hel");
  EXPECT_EQ(flow.take(token_flow::time_point{1s}), "Hel");
}

TEST(token_flow, what_follows_waits_for_its_turn_and_goes_together) {
  token_flow flow;
  const token_flow::time_point start{1s};
  flow.add("a");
  flow.take(start);
  flow.add("b");
  flow.add("c");
  EXPECT_EQ(flow.next_call(), start + token_pause);
  EXPECT_EQ(flow.take(start + token_pause - 1ms), "");
  EXPECT_EQ(flow.take(start + token_pause), "bc");
  EXPECT_EQ(flow.next_call(), token_flow::time_point::max());
}

TEST(token_flow, the_rest_goes_at_the_end) {
  token_flow flow;
  flow.add("a");
  flow.take(token_flow::time_point{1s});
  flow.add("b");
  EXPECT_EQ(flow.rest(), "b");
  EXPECT_EQ(flow.rest(), "");
}

TEST(token_flow, nothing_is_lost_and_nobody_hears_more_than_twenty_a_second) {
  std::mt19937 draw{5};
  token_flow flow;
  token_flow::time_point now{1s};
  const auto start = now;
  std::string said;
  std::string heard;
  std::size_t times = 0;
  for (int i = 0; i < 10'000; ++i) {
    now += std::chrono::microseconds{draw() % 20'000};
    const std::string word(draw() % 3, static_cast<char>('a' + i % 26));
    said += word;
    flow.add(word);
    const auto out = flow.take(now);
    times += !out.empty();
    heard += out;
  }
  heard += flow.rest();
  EXPECT_EQ(heard, said);
  EXPECT_LE(times, static_cast<std::size_t>((now - start) / token_pause) + 1);
}

}  // namespace
}  // namespace troupe::http
