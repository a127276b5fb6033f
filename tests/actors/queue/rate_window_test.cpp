// A rate is kept in every window, wherever it begins, and is used up where
// there is work: both beside a model that counts.

#include "actors/queue/rate_window.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace troupe;

namespace {

/// How many of them began in the last `per`.
std::size_t recent(const std::vector<job_time>& began, job_time now,
                   job_time per) {
  return static_cast<std::size_t>(
      std::count_if(began.begin(), began.end(),
                    [=](job_time at) { return at > now - per && at <= now; }));
}

}  // namespace

TEST(rate_window_test, the_next_begins_when_the_oldest_is_a_window_ago) {
  const rate_window::limit l{2, 100};
  rate_window w;
  w.begun(l, 1'000);
  EXPECT_EQ(w.free_at(l, 1'010), 1'010);
  w.begun(l, 1'010);
  EXPECT_EQ(w.free_at(l, 1'050), 1'100);
  EXPECT_EQ(w.free_at(l, 1'099), 1'100);
  EXPECT_EQ(w.free_at(l, 1'100), 1'100);
  w.begun(l, 1'100);
  EXPECT_EQ(w.free_at(l, 1'100), 1'110);
}

TEST(rate_window_test, without_a_limit_it_is_always_free) {
  const rate_window::limit l{0, 100};
  rate_window w;
  for (int i = 0; i < 10; ++i)
    w.begun(l, 5);
  EXPECT_EQ(w.free_at(l, 5), 5);
}

TEST(rate_window_test, a_smaller_limit_waits_until_enough_are_over) {
  rate_window w;
  for (job_time at = 0; at < 5; ++at)
    w.begun({5, 100}, at);
  EXPECT_EQ(w.free_at({2, 100}, 10), 103);
}

TEST(rate_window_test, is_over_when_the_last_one_is_a_window_ago) {
  const rate_window::limit l{5, 100};
  rate_window w;
  EXPECT_TRUE(w.is_over(l, 0));
  w.begun(l, 0);
  EXPECT_FALSE(w.is_over(l, 99));
  EXPECT_TRUE(w.is_over(l, 100));
}

TEST(rate_window_test, those_of_before_a_restart_come_in_any_order) {
  const rate_window::limit l{3, 100};
  rate_window w;
  for (const job_time at : {50, 20, 40, 20, 90})
    w.begun(l, at);
  EXPECT_EQ(w.free_at(l, 95), 140);
}

TEST(rate_window_test, agrees_with_a_model_that_counts) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    std::mt19937 random{seed};
    const rate_window::limit l{1 + random() % 20,
                               static_cast<job_time>(1 + random() % 200)};
    rate_window w;
    std::vector<job_time> began;
    job_time now = 1'000;
    for (int i = 0; i < 2'000; ++i) {
      now += static_cast<job_time>(random() % 4 == 0 ? random() % 60 : 0);
      const auto free_at = w.free_at(l, now);
      const auto may = recent(began, now, l.per) < l.max;
      ASSERT_EQ(free_at == now, may) << "seed " << seed;
      if (!may) {
        // Neither a moment too early nor one too late.
        ASSERT_LT(recent(began, free_at, l.per), l.max) << "seed " << seed;
        ASSERT_GE(recent(began, free_at - 1, l.per), l.max) << "seed " << seed;
        continue;
      }
      w.begun(l, now);
      began.push_back(now);
    }
  }
}
