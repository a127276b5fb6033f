// Pauses: their lengths by kind, the spread of jitter, and no overflow however
// often a job fails.

#include "actors/queue/backoff.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

using namespace troupe;

namespace {

job_backoff even(backoff_kind kind, std::uint64_t delay, std::uint64_t max) {
  job_backoff b;
  b.kind = kind;
  b.delay_ms = delay;
  b.delay_max_ms = max;
  b.jitter = 0;
  return b;
}

std::vector<std::uint64_t> pauses(const job_backoff& b, std::uint32_t count) {
  std::vector<std::uint64_t> all;
  for (std::uint32_t n = 1; n <= count; ++n)
    all.push_back(pause_after(b, n, 0.5));
  return all;
}

using list = std::vector<std::uint64_t>;
constexpr auto largest = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TEST(backoff_test, exponential_doubles_up_to_its_bound) {
  EXPECT_EQ(pauses(even(backoff_kind::exponential, 100, 1'000), 6),
            (list{100, 200, 400, 800, 1'000, 1'000}));
}

TEST(backoff_test, fixed_is_the_same_each_time) {
  EXPECT_EQ(pauses(even(backoff_kind::fixed, 100, 1'000), 3),
            (list{100, 100, 100}));
}

TEST(backoff_test, custom_goes_through_its_list_and_repeats_the_last) {
  auto b = even(backoff_kind::custom, 7, 1'000);
  b.delays_ms = {0, 50, 10};
  EXPECT_EQ(pauses(b, 5), (list{0, 50, 10, 10, 10}));
}

TEST(backoff_test, custom_without_a_list_is_fixed) {
  EXPECT_EQ(pauses(even(backoff_kind::custom, 7, 1'000), 2), (list{7, 7}));
}

TEST(backoff_test, no_pause_is_longer_than_its_bound) {
  auto b = even(backoff_kind::fixed, 5'000, 1'000);
  EXPECT_EQ(pause_after(b, 1, 0.5), 1'000u);
  b.delay_ms = 900;
  b.jitter = 0.5;
  EXPECT_EQ(pause_after(b, 1, 1), 1'000u);
}

TEST(backoff_test, jitter_spreads_to_both_sides) {
  auto b = even(backoff_kind::fixed, 1'000, 100'000);
  b.jitter = 0.3;
  EXPECT_EQ(pause_after(b, 1, 0), 700u);
  EXPECT_EQ(pause_after(b, 1, 0.5), 1'000u);
  EXPECT_EQ(pause_after(b, 1, 1), 1'300u);
}

TEST(backoff_test, no_number_of_failures_overflows) {
  for (const auto failures : {64u, 65u, 1'000u, 4'294'967'295u})
    for (const auto draw : {0.0, 1.0}) {
      auto b = even(backoff_kind::exponential, 1, largest);
      b.jitter = 1;
      EXPECT_GE(pause_after(b, failures, draw), draw > 0 ? largest : 0u);
      b.delay_max_ms = 60'000;
      EXPECT_LE(pause_after(b, failures, draw), 60'000u);
    }
  const auto nothing = even(backoff_kind::exponential, 0, largest);
  EXPECT_EQ(pause_after(nothing, 4'000'000'000u, 1), 0u);
}

TEST(backoff_test, a_draw_or_a_jitter_out_of_its_bounds_is_brought_in) {
  auto b = even(backoff_kind::fixed, 1'000, 100'000);
  b.jitter = 9;
  EXPECT_EQ(pause_after(b, 1, -5), 0u);
  EXPECT_EQ(pause_after(b, 1, 5), 2'000u);
  b.jitter = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(pause_after(b, 1, 0), 1'000u);
}

TEST(backoff_test, the_queues_own_is_taken_from_its_settings) {
  config::job_pause_settings s;
  s.kind = config::pause_kind::custom;
  s.delay = std::chrono::seconds{1};
  s.delay_max = std::chrono::minutes{1};
  s.jitter = 0.25;
  s.delays = {std::chrono::seconds{2}, std::chrono::seconds{3}};
  job_backoff expected;
  expected.kind = backoff_kind::custom;
  expected.delay_ms = 1'000;
  expected.delay_max_ms = 60'000;
  expected.jitter = 0.25;
  expected.delays_ms = {2'000, 3'000};
  EXPECT_EQ(backoff_of(s), expected);
}
