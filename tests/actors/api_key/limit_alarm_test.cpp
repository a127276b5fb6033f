// Each level is told once, when use rises over it, and again only after a fall.

#include "actors/api_key/limit_alarm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace troupe {
namespace {

const std::vector<double> levels{0.70, 0.85, 0.95};

/// What is told of `rpm` along a course of use; 0 = nothing.
std::vector<double> told_along(const std::vector<double>& course) {
  limit_alarm alarm;
  std::vector<double> told;
  for (const auto used : course)
    told.push_back(alarm.watch(key_limit::rpm, used, levels).value_or(0));
  return told;
}

TEST(limit_alarm, tells_each_level_once_on_the_way_up) {
  EXPECT_EQ(told_along({0, 0.69, 0.70, 0.71, 0.849, 0.85, 0.95, 1, 1}),
            (std::vector<double>{0, 0, 0.70, 0, 0, 0.85, 0.95, 0, 0}));
}

TEST(limit_alarm, a_leap_tells_the_highest_level_it_crossed) {
  EXPECT_EQ(told_along({0.2, 0.99}), (std::vector<double>{0, 0.95}));
}

TEST(limit_alarm, use_that_dances_on_a_level_tells_it_once) {
  EXPECT_EQ(told_along({0.70, 0.69, 0.70, 0.66, 0.72}),
            (std::vector<double>{0.70, 0, 0, 0, 0}));
}

TEST(limit_alarm, tells_again_after_use_has_fallen_clearly_below) {
  EXPECT_EQ(told_along({0.96, 0.88, 0.96, 0.1, 0.96}),
            (std::vector<double>{0.95, 0, 0.95, 0, 0.95}));
  EXPECT_EQ(told_along({0.96, 0.81, 0.86}), (std::vector<double>{0.95, 0, 0}))
      << "0.81 is not clearly below 0.85";
  EXPECT_EQ(told_along({0.96, 0.79, 0.86}),
            (std::vector<double>{0.95, 0, 0.85}));
}

TEST(limit_alarm, each_limit_is_watched_by_itself) {
  limit_alarm alarm;
  EXPECT_EQ(alarm.watch(key_limit::rpm, 0.9, levels), 0.85);
  EXPECT_EQ(alarm.watch(key_limit::input_tokens, 0.9, levels), 0.85);
  EXPECT_EQ(alarm.watch(key_limit::rpm, 0.9, levels), std::nullopt);
}

TEST(limit_alarm, levels_may_change_under_it) {
  limit_alarm alarm;
  alarm.watch(key_limit::tpm, 0.99, levels);
  EXPECT_EQ(alarm.watch(key_limit::tpm, 0.99, std::vector{0.5}), std::nullopt);
  EXPECT_EQ(alarm.watch(key_limit::tpm, 0.99, {}), std::nullopt);
  EXPECT_EQ(alarm.watch(key_limit::tpm, 0.99, levels), 0.95);
}

TEST(limit_alarm, over_any_course_a_level_is_told_once_a_crossing) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    std::uniform_real_distribution<double> step{-0.1, 0.1};
    limit_alarm alarm;
    const std::vector one{0.85};
    double used = 0;
    bool armed = true;  // What the alarm ought to be.
    for (int i = 0; i < 2000; ++i) {
      used = std::clamp(used + step(random), 0.0, 1.0);
      armed = armed || used < 0.85 - limit_alarm::hysteresis;
      const bool told = alarm.watch(key_limit::rpd, used, one).has_value();
      ASSERT_EQ(told, armed && used >= 0.85);
      armed = armed && !told;
    }
  }
}

}  // namespace
}  // namespace troupe
