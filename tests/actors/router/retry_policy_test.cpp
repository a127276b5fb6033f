// What follows a failed attempt: at once, later, or an answer.

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
  std::uint32_t attempts = 1;
  for (const auto wait : {1s, 2s, 4s, 8s, 16s, 32s, 64s}) {
    const auto d = decide({.attempts = attempts++});
    EXPECT_EQ(d.refusal, errc::none);
    EXPECT_EQ(d.wait, wait);
  }
  EXPECT_EQ(decide({.attempts = 8}).refusal, errc::retries_spent);
}

TEST(retry_policy, cuts_the_wait_at_its_maximum_however_many_attempts) {
  auto patient = settings;
  patient.attempts = 5000;
  for (const std::uint32_t attempts : {10u, 100u, 4999u})
    EXPECT_EQ(decide_retry(patient, {.attempts = attempts}, now, 0.999).wait,
              5min);
}

TEST(retry_policy, the_wait_strays_within_the_jitter) {
  EXPECT_EQ(decide({}, 0.0).wait, 700ms);
  EXPECT_EQ(decide({}, 0.25).wait, 850ms);
  EXPECT_NEAR(static_cast<double>(decide({}, 0.9999).wait.count()), 1300, 1);
}

TEST(retry_policy, never_retries_what_cannot_end_better) {
  for (const auto f : {fault::client, fault::content_filter,
                       fault::context_length, fault::abandoned, fault::none})
    EXPECT_EQ(decide({.fault = f, .keys_untried = true}).refusal,
              errc::retries_spent)
        << name_of(f);
}

TEST(retry_policy, what_the_provider_asks_for_is_a_floor) {
  EXPECT_EQ(decide({.retry_after = 10s}).wait, 10s);
  EXPECT_EQ(decide({.retry_after = 10s, .attempts = 5}).wait, 16s)
      << "the back-off is longer already";
  EXPECT_EQ(decide({.fault = fault::rate, .retry_after = 10s}).wait, 10s);
}

TEST(retry_policy, a_rate_limit_is_no_floor_while_there_are_untried_keys) {
  EXPECT_EQ(
      decide({.fault = fault::rate, .retry_after = 10s, .keys_untried = true})
          .wait,
      1s);
  EXPECT_EQ(decide({.retry_after = 10s, .keys_untried = true}).wait, 10s)
      << "but the whole provider's wish is";
}

TEST(retry_policy, leaves_a_useless_key_at_once) {
  for (const auto f : {fault::credential, fault::quota}) {
    const auto d = decide({.fault = f, .retry_after = 1h});
    EXPECT_EQ(d.refusal, errc::none) << name_of(f);
    EXPECT_EQ(d.wait, 0ms) << name_of(f);
    EXPECT_EQ(decide({.fault = f, .attempts = 8}).refusal, errc::retries_spent)
        << name_of(f);
  }
}

TEST(retry_policy, begins_no_wait_that_ends_after_the_deadline) {
  EXPECT_EQ(decide({.deadline = now + 1001ms}).refusal, errc::none);
  EXPECT_EQ(decide({.deadline = now + 1s}).refusal, errc::retries_spent);
  EXPECT_EQ(decide({.deadline = now}).refusal, errc::deadline_exceeded);
  const auto d = decide({.retry_after = 20s, .deadline = now + 15s});
  EXPECT_EQ(d.refusal, errc::keys_cooling);
  EXPECT_EQ(d.wait, 20s) << "what the client should wait";
}

TEST(retry_policy, refuses_a_floor_above_the_longest_wait) {
  EXPECT_EQ(decide({.retry_after = 5min}).wait, 5min);
  EXPECT_EQ(decide({.retry_after = 5min + 1ms}).refusal, errc::keys_cooling);
}

TEST(retry_policy, waits_for_a_key_if_that_ends_in_time) {
  struct row {
    std::chrono::nanoseconds until;
    std::uint32_t waits;
    std::chrono::nanoseconds deadline;
    errc refusal;
    std::chrono::milliseconds wait;
  };
  for (const auto& [until, waits, deadline, refusal, wait] : {
           row{3s, 0, 10s, errc::none, 3s},
           row{3s, 7, 10s, errc::none, 3s},
           row{3s, 8, 10s, errc::keys_cooling, 3s},
           row{3s, 0, 3s, errc::keys_cooling, 3s},
           row{6min, 0, 1h, errc::keys_cooling, 6min},
           row{1ns, 0, 10s, errc::none, 1ms},
           row{-5s, 0, 10s, errc::none, 0ms},
       }) {
    const auto d =
        decide_wait(settings, now + until, waits, now + deadline, now);
    EXPECT_EQ(d.refusal, refusal);
    EXPECT_EQ(d.wait, wait);
  }
}

TEST(retry_policy, over_any_failure_a_wait_is_bounded_and_ends_in_time) {
  std::mt19937_64 random{1};
  const auto some = [&](std::uint64_t max) {
    return std::chrono::milliseconds{random() % max};
  };
  for (int i = 0; i < 20'000; ++i) {
    const failed_attempt failed{
        .fault =
            static_cast<fault>(random() % static_cast<unsigned>(fault::count_)),
        .retry_after =
            random() % 2 ? std::optional{some(600'000)} : std::nullopt,
        .attempts = static_cast<std::uint32_t>(1 + random() % 10),
        .keys_untried = random() % 2 == 0,
        .deadline = now + some(600'000)};
    const auto d = decide(failed, 0.001 * static_cast<double>(random() % 1000));
    if (d.refusal == errc::none) {
      ASSERT_LT(now + d.wait, failed.deadline);
      ASSERT_LE(d.wait, settings.delay_max);
      ASSERT_LT(failed.attempts, settings.attempts);
      ASSERT_TRUE(is_retryable(failed.fault));
    } else if (d.refusal == errc::keys_cooling) {
      ASSERT_EQ(d.wait, failed.retry_after);
    }
  }
}

}  // namespace
}  // namespace troupe
