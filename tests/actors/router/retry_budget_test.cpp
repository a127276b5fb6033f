// What part of the traffic may be retries, to the slot.

#include "actors/router/retry_budget.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using time_point = retry_budget::time_point;

constexpr time_point start{1h};
constexpr auto window = retry_budget::slots * retry_budget::slot_length;

// How many retries are granted at once.
std::uint64_t granted(retry_budget& b, time_point now) {
  std::uint64_t result = 0;
  while (result < 10'000 && b.spend(now))
    ++result;
  return result;
}

void count(retry_budget& b, int calls, time_point now) {
  for (int i = 0; i < calls; ++i)
    b.count_call(now);
}

TEST(retry_budget, some_retries_are_free) {
  for (const auto now : {time_point{}, time_point{500ms}, start}) {
    retry_budget b{0.20};
    EXPECT_EQ(granted(b, now), retry_budget::free_retries);
  }
}

TEST(retry_budget, beyond_these_they_are_a_part_of_the_calls) {
  struct row {
    double share;
    int calls;
    std::uint64_t retries;
  };
  for (const auto& [share, calls, retries] : {
           row{0.20, 40, 10},
           row{0.20, 50, 10},
           row{0.20, 55, 11},
           row{0.20, 500, 100},
           row{0.50, 500, 250},
           row{1.00, 500, 500},
           row{0.00, 500, 10},
       }) {
    retry_budget b{share};
    count(b, calls, start);
    EXPECT_EQ(granted(b, start), retries) << share << " of " << calls;
  }
}

TEST(retry_budget, calls_count_for_the_window_and_no_longer) {
  retry_budget b{0.20};
  count(b, 100, start);
  auto other = b;
  EXPECT_EQ(granted(b, start + window - 1ms), 20u);
  EXPECT_EQ(granted(other, start + window), retry_budget::free_retries);
}

TEST(retry_budget, what_is_spent_comes_back_after_the_window) {
  retry_budget b{0.20};
  EXPECT_EQ(granted(b, start), 10u);
  EXPECT_EQ(granted(b, start + window - 1ms), 0u);
  EXPECT_EQ(granted(b, start + window), 10u);
  EXPECT_EQ(granted(b, start + 24h), 10u);
}

TEST(retry_budget, another_share_counts_at_once) {
  retry_budget b{0.20};
  count(b, 100, start);
  EXPECT_EQ(granted(b, start), 20u);
  b.set_share(0.30);
  EXPECT_EQ(granted(b, start), 10u);
}

TEST(retry_budget, over_any_traffic_no_window_holds_more_than_its_part) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random{seed};
    retry_budget b{0.20};
    std::deque<std::int64_t> calls, retries;  // By second.
    auto now = start;
    for (int i = 0; i < 5000; ++i) {
      now += std::chrono::milliseconds{random() % 20};
      const auto second = now.time_since_epoch() / 1s;
      while (!calls.empty() && calls.front() <= second - 10)
        calls.pop_front();
      while (!retries.empty() && retries.front() <= second - 10)
        retries.pop_front();
      if (random() % 3 != 0) {
        b.count_call(now);
        calls.push_back(second);
      } else if (b.spend(now)) {
        retries.push_back(second);
        const auto part = 0.20 * static_cast<double>(calls.size());
        ASSERT_LE(static_cast<double>(retries.size()),
                  std::max(10.0, part + 1));
      }
    }
  }
}

}  // namespace
}  // namespace troupe
