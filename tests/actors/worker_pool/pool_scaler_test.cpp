// When there are more workers, and when fewer; at the edges.

#include "actors/worker_pool/pool_scaler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace troupe {
namespace {

queue_statistics crowd(std::uint64_t waiting, std::uint64_t oldest_ms = 0) {
  queue_statistics q;
  q.waiting = waiting;
  q.oldest_waiting_ms = oldest_ms;
  return q;
}

class pool_scaler_test : public ::testing::Test {
protected:
  void look(const queue_statistics& q, std::uint32_t times = 1) {
    for (std::uint32_t i = 0; i < times; ++i)
      scaler.look(q);
  }

  config::worker_settings settings;  // 5 to 10; above 100, below 20; 30 s.
  pool_scaler scaler{settings};
};

TEST_F(pool_scaler_test, begins_with_the_count) {
  EXPECT_EQ(scaler.wanted(), 5u);
}

TEST_F(pool_scaler_test, a_crowd_calls_for_half_as_many_more_at_once) {
  look(crowd(100));
  EXPECT_EQ(scaler.wanted(), 5u);
  look(crowd(101));
  EXPECT_EQ(scaler.wanted(), 7u);
  look(crowd(101));
  EXPECT_EQ(scaler.wanted(), 10u);
}

TEST_F(pool_scaler_test, there_are_never_more_than_the_most) {
  look(crowd(1'000'000), 100);
  EXPECT_EQ(scaler.wanted(), 10u);
}

TEST_F(pool_scaler_test, one_that_waits_too_long_calls_for_more) {
  look(crowd(1, 29'999));
  EXPECT_EQ(scaler.wanted(), 5u);
  look(crowd(1, 30'000));
  EXPECT_EQ(scaler.wanted(), 7u);
}

TEST_F(pool_scaler_test, one_goes_after_enough_calm_looks_in_a_row) {
  look(crowd(101), 2);
  look(crowd(19), calm_looks - 1);
  EXPECT_EQ(scaler.wanted(), 10u);
  look(crowd(19));
  EXPECT_EQ(scaler.wanted(), 9u);
  look(crowd(19), calm_looks - 1);
  EXPECT_EQ(scaler.wanted(), 9u);
  look(crowd(19));
  EXPECT_EQ(scaler.wanted(), 8u);
}

TEST_F(pool_scaler_test, looks_between_the_bounds_keep_what_there_is) {
  look(crowd(101), 2);
  look(crowd(19), calm_looks - 1);
  look(crowd(20));
  look(crowd(19), calm_looks - 1);
  EXPECT_EQ(scaler.wanted(), 10u);
}

TEST_F(pool_scaler_test, there_are_never_fewer_than_the_least) {
  look(crowd(0), 100 * calm_looks);
  EXPECT_EQ(scaler.wanted(), 5u);
}

TEST_F(pool_scaler_test, a_crowd_at_a_paused_queue_calls_for_nobody) {
  auto q = crowd(1'000, 60'000);
  q.paused = true;
  look(q);
  EXPECT_EQ(scaler.wanted(), 5u);
}

TEST_F(pool_scaler_test, what_somebody_said_counts_until_they_say_nothing) {
  scaler.set(8);
  look(crowd(0), 2 * calm_looks);
  look(crowd(1'000));
  EXPECT_EQ(scaler.wanted(), 8u);
  scaler.set(0);
  EXPECT_EQ(scaler.wanted(), 8u);
  look(crowd(0), calm_looks);
  EXPECT_EQ(scaler.wanted(), 7u);
}

TEST_F(pool_scaler_test, nobody_may_say_more_than_the_bounds) {
  scaler.set(99);
  EXPECT_EQ(scaler.wanted(), 10u);
  scaler.set(1);
  EXPECT_EQ(scaler.wanted(), 5u);
}

TEST_F(pool_scaler_test, other_settings_count_from_now_on) {
  settings.count = 7;
  scaler.adopt(settings);
  EXPECT_EQ(scaler.wanted(), 7u);
  settings.max = 6;
  settings.min = 1;
  scaler.adopt(settings);
  EXPECT_EQ(scaler.wanted(), 6u);
}

TEST_F(pool_scaler_test, unchanged_settings_undo_nothing) {
  look(crowd(101), 2);
  scaler.adopt(settings);
  EXPECT_EQ(scaler.wanted(), 10u);
}

TEST_F(pool_scaler_test, stays_within_its_bounds_whatever_it_sees) {
  std::mt19937 draw{7};
  for (int i = 0; i < 20'000; ++i) {
    const auto kind = draw() % 20;
    if (kind == 0)
      scaler.set(static_cast<std::uint32_t>(draw() % 30));
    else
      look(crowd(draw() % 200, draw() % 40'000));
    ASSERT_GE(scaler.wanted(), settings.min);
    ASSERT_LE(scaler.wanted(), settings.max);
  }
}

}  // namespace
}  // namespace troupe
