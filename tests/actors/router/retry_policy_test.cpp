// How long a retry waits, and whether a call may wait at all.

#include "actors/router/retry_policy.hpp"

#include <gtest/gtest.h>

#include <random>

namespace troupe {
namespace {

using namespace std::chrono_literals;

constexpr time_point now{1h};
constexpr double no_jitter = 0.5;
const config::retry_settings settings;  // 8 attempts, 1 s, x2, 30 %, 5 min.

retry_decision decide(const failed_attempt& failed, double random = no_jitter) {
  return decide_retry(settings, failed, now, random);
}

TEST(retry_policy, waits_twice_as_long_each_time) {
  std::uint32_t pause = 1;
  for (const auto wait : {1s, 2s, 4s, 8s, 16s, 32s, 64s}) {
    const auto d = decide({.pause = pause++});
    EXPECT_EQ(d.refusal, errc::none);
    EXPECT_EQ(d.wait, wait);
  }
}

TEST(retry_policy, attempts_elsewhere_do_not_lengthen_the_wait) {
  EXPECT_EQ(decide({.attempts = 7, .pause = 1}).wait, 1s);
}

TEST(retry_policy, the_attempts_allowed_are_all) {
  EXPECT_EQ(decide({.attempts = 7}).refusal, errc::none);
  EXPECT_EQ(decide({.attempts = 8}).refusal, errc::retries_spent);
}

TEST(retry_policy, cuts_the_wait_at_its_maximum_however_many_pauses) {
  for (const std::uint32_t pause : {10u, 100u, 4999u})
    EXPECT_EQ(decide({.pause = pause}, 0.999).wait, 5min);
}

TEST(retry_policy, no_delay_stays_none_however_many_pauses) {
  auto hasty = settings;
  hasty.delay = 0ms;
  for (const std::uint32_t pause : {1u, 4999u})
    EXPECT_EQ(decide_retry(hasty, {.pause = pause}, now, no_jitter).wait, 0ms);
}

TEST(retry_policy, the_wait_strays_within_the_jitter) {
  EXPECT_EQ(decide({}, 0.0).wait, 700ms);
  EXPECT_EQ(decide({}, 0.25).wait, 850ms);
  EXPECT_NEAR(static_cast<double>(decide({}, 0.9999).wait.count()), 1300, 1);
}

TEST(retry_policy, what_the_provider_asks_for_is_a_floor) {
  EXPECT_EQ(decide({.retry_after = 10s}).wait, 10s);
  EXPECT_EQ(decide({.pause = 5, .retry_after = 10s}).wait, 16s)
      << "the back-off is longer already";
  EXPECT_EQ(decide({.retry_after = -10s}).wait, 1s);
}

TEST(retry_policy, begins_no_wait_that_ends_after_the_deadline) {
  EXPECT_EQ(decide({.deadline = now + 1001ms}).refusal, errc::none);
  EXPECT_EQ(decide({.deadline = now + 1s}).refusal, errc::retries_spent);
  EXPECT_EQ(decide({.deadline = now}).refusal, errc::deadline_exceeded);
  const auto d = decide({.retry_after = 20s, .deadline = now + 15s});
  EXPECT_EQ(d.refusal, errc::targets_cooling);
  EXPECT_EQ(d.wait, 20s) << "what the client should wait";
}

TEST(retry_policy, refuses_a_floor_above_the_longest_wait) {
  EXPECT_EQ(decide({.retry_after = 5min}).wait, 5min);
  for (const auto wish : {std::chrono::milliseconds{5min + 1ms},
                          std::chrono::milliseconds::max()}) {
    EXPECT_EQ(decide({.retry_after = wish}).refusal, errc::targets_cooling);
    EXPECT_EQ(decide({.retry_after = wish}).wait, wish);
  }
}

TEST(retry_policy, waits_for_a_target_if_that_ends_in_time) {
  struct row {
    std::chrono::nanoseconds until;
    std::uint32_t waits;
    std::chrono::nanoseconds deadline;
    errc refusal;
    std::chrono::milliseconds wait;
  };
  const config::provider_settings provider;  // Waits 8 times, up to 60 s.
  for (const auto& [until, waits, deadline, refusal, wait] : {
           row{3s, 0, 10s, errc::none, 3s},
           row{3s, 7, 10s, errc::none, 3s},
           row{3s, 8, 10s, errc::targets_cooling, 3s},
           row{3s, 0, 3s, errc::targets_cooling, 3s},
           row{60s, 0, 1h, errc::none, 60s},
           row{60s + 1ns, 0, 1h, errc::targets_cooling, 60'001ms},
           row{1ns, 0, 10s, errc::none, 1ms},
           row{-5s, 0, 10s, errc::none, 0ms},
       }) {
    const auto d =
        decide_wait(provider, now + until, waits, now + deadline, now);
    EXPECT_EQ(d.refusal, refusal);
    EXPECT_EQ(d.wait, wait);
  }
}

TEST(retry_policy, the_ends_of_time_are_no_trouble) {
  const config::provider_settings provider;
  const auto max = time_point::max();
  EXPECT_EQ(decide_wait(provider, max, 0, max, now).refusal,
            errc::targets_cooling);
  EXPECT_EQ(decide_wait(provider, time_point::min(), 0, max, now).wait, 0ms);
  EXPECT_EQ(decide({.deadline = max}).refusal, errc::none);
}

TEST(retry_policy, over_any_failure_a_wait_is_bounded_and_ends_in_time) {
  std::mt19937_64 random{1};
  const auto some = [&](std::uint64_t max) {
    return std::chrono::milliseconds{random() % max};
  };
  for (int i = 0; i < 20'000; ++i) {
    const failed_attempt failed{
        .attempts = static_cast<std::uint32_t>(1 + random() % 10),
        .pause = static_cast<std::uint32_t>(1 + random() % 10),
        .retry_after =
            random() % 2 ? std::optional{some(600'000)} : std::nullopt,
        .deadline = now + some(600'000)};
    const auto d = decide(failed, 0.001 * static_cast<double>(random() % 1000));
    if (d.refusal == errc::none) {
      ASSERT_LT(now + d.wait, failed.deadline);
      ASSERT_LE(d.wait, settings.delay_max);
      ASSERT_GE(d.wait, failed.retry_after.value_or(0ms));
      ASSERT_LT(failed.attempts, settings.attempts);
    } else if (d.refusal == errc::targets_cooling) {
      ASSERT_EQ(d.wait, failed.retry_after);
    }
  }
}

}  // namespace
}  // namespace troupe
