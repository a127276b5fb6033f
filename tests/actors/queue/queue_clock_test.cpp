// A queue's time begins with the wall's and goes on with the steady clock.

#include "actors/queue/queue_clock.hpp"

#include <gtest/gtest.h>

namespace troupe {
namespace {

using namespace std::chrono_literals;

constexpr queue_clock::time_point start{1h};
constexpr job_time wall = 1'700'000'000'000;

TEST(queue_clock, counts_milliseconds_from_the_wall_on) {
  const queue_clock clock{wall, start};
  EXPECT_EQ(clock.at(start), wall);
  EXPECT_EQ(clock.at(start + 1ms - 1ns), wall);
  EXPECT_EQ(clock.at(start + 1ms), wall + 1);
  EXPECT_EQ(clock.at(start + 1h), wall + 3'600'000);
  EXPECT_EQ(clock.at(start - 1ns), wall - 1);
}

TEST(queue_clock, at_the_moment_it_names_it_is_that_late) {
  const queue_clock clock{wall, start + 123'456ns};
  for (const job_time t : {wall - 5, wall, wall + 1, wall + 86'400'000}) {
    EXPECT_EQ(clock.at(clock.when(t)), t);
    EXPECT_EQ(clock.at(clock.when(t) - 1ns), t - 1);
  }
}

}  // namespace
}  // namespace troupe
