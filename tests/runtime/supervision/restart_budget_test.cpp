// Where ordinary failure ends, at the edges of the window; and how long a dead
// child waits.

#include "runtime/supervision/restart_budget.hpp"
#include "runtime/supervision/restart_pause.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace troupe {
namespace {

using namespace std::chrono_literals;

const restart_budget::time_point start{1h};

TEST(restart_budget, allows_as_many_restarts_as_it_says) {
  restart_budget budget{3, 60s};
  for (auto i = 0; i < 3; ++i)
    EXPECT_TRUE(budget.spend(start));
  EXPECT_FALSE(budget.spend(start));
  EXPECT_EQ(budget.spent(), 3u);
}

TEST(restart_budget, forgets_a_restart_when_its_window_has_passed) {
  restart_budget budget{1, 60s};
  ASSERT_TRUE(budget.spend(start));
  EXPECT_FALSE(budget.spend(start + 60s - 1ns));
  EXPECT_TRUE(budget.spend(start + 60s));
}

TEST(restart_budget, a_refusal_costs_nothing) {
  restart_budget budget{1, 60s};
  ASSERT_TRUE(budget.spend(start));
  for (auto i = 0; i < 5; ++i)
    EXPECT_FALSE(budget.spend(start + 59s));
  EXPECT_TRUE(budget.spend(start + 60s));
}

TEST(restart_budget, slides_and_does_not_jump) {
  restart_budget budget{2, 60s};
  ASSERT_TRUE(budget.spend(start));
  ASSERT_TRUE(budget.spend(start + 30s));
  EXPECT_TRUE(budget.spend(start + 60s));   // The first is forgotten,
  EXPECT_FALSE(budget.spend(start + 60s));  // the second is not.
  EXPECT_TRUE(budget.spend(start + 90s));
}

TEST(restart_budget, of_zero_forgives_nothing) {
  restart_budget budget{0, 60s};
  EXPECT_FALSE(budget.spend(start));
}

TEST(restart_pause, is_none_the_first_time_then_doubles_up_to_its_limit) {
  constexpr std::pair<std::uint32_t, std::chrono::milliseconds> cases[] = {
      {0, 0ms},   {1, 0ms},    {2, 100ms},  {3, 200ms},  {4, 400ms},
      {5, 800ms}, {6, 1600ms}, {7, 3000ms}, {8, 3000ms}, {4000000000, 3000ms},
  };
  for (const auto& [nth, pause] : cases)
    EXPECT_EQ(restart_pause(nth), pause) << "restart " << nth;
}

}  // namespace
}  // namespace troupe
