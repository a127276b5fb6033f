// A mean over time: what is long ago weighs little, however much there was.

#include "actors/api_key/recent_mean.hpp"

#include <gtest/gtest.h>

namespace troupe {
namespace {

using namespace std::chrono_literals;

constexpr recent_mean::time_point start{1h};

TEST(recent_mean, knows_nothing_and_then_the_first_value) {
  recent_mean mean;
  EXPECT_EQ(mean.value(), 0ms);
  mean.add(300ms, start);
  EXPECT_EQ(mean.value(), 300ms);
}

TEST(recent_mean, forgets_two_thirds_within_its_memory) {
  recent_mean mean;
  mean.add(1000ms, start);
  mean.add(0ms, start + recent_mean::memory);
  EXPECT_EQ(mean.value(), 368ms);  // 1000 / e
}

TEST(recent_mean, a_burst_weighs_as_much_as_the_time_it_takes) {
  recent_mean many;
  recent_mean one;
  many.add(100ms, start);
  one.add(100ms, start);
  for (int i = 1; i <= 100; ++i)
    many.add(500ms, start + i * 30ms);
  one.add(500ms, start + 3s);
  EXPECT_EQ(many.value(), one.value());
}

TEST(recent_mean, is_never_zero_once_it_knows_something) {
  recent_mean mean;
  mean.add(0ms, start);
  EXPECT_EQ(mean.value(), 1ms);
}

}  // namespace
}  // namespace troupe
