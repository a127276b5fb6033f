// Who is hired, let go and mourned; the budget of restarts and its pauses.

#include "actors/worker_pool/crew.hpp"
#include "runtime/supervision/restart_pause.hpp"

#include <gtest/gtest.h>

#include <set>

namespace troupe {
namespace {

using namespace std::chrono_literals;

class crew_test : public ::testing::Test {
protected:
  /// Hires as many as wanted and may be; returns their places.
  std::vector<std::uint32_t> places(std::uint32_t wanted) {
    std::vector<std::uint32_t> result;
    for (const auto& h : people.fill(wanted, now).hire)
      result.push_back(h.place);
    return result;
  }

  config::worker_budget_settings budget;  // 5 in 60 s.
  crew people{budget};
  crew::time_point now{1h};
};

using numbers = std::vector<std::uint32_t>;

TEST_F(crew_test, hires_as_many_as_are_wanted) {
  EXPECT_EQ(places(3), (numbers{0, 1, 2}));
  EXPECT_EQ(places(3), numbers{});
  EXPECT_EQ(people.size(), 3u);
}

TEST_F(crew_test, lets_the_largest_places_go) {
  const auto hired = people.fill(3, now).hire;
  const auto todo = people.fill(1, now);
  EXPECT_EQ(todo.let_go, (std::vector{hired[1].id, hired[2].id}));
  EXPECT_TRUE(people.fill(1, now).let_go.empty());
  EXPECT_EQ(people.size(), 1u);
  EXPECT_EQ(people.all().size(), 3u);
  EXPECT_FALSE(people.gone(hired[1].id, now));
  EXPECT_EQ(people.all().size(), 2u);
}

TEST_F(crew_test, a_place_is_free_while_its_last_worker_leaves) {
  people.fill(2, now);
  people.fill(1, now);
  EXPECT_EQ(places(2), (numbers{1}));
}

TEST_F(crew_test, the_first_death_is_made_up_for_at_once) {
  const auto hired = people.fill(2, now).hire;
  EXPECT_TRUE(people.gone(hired[0].id, now));
  const auto again = people.fill(2, now).hire;
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].place, 0u);
  EXPECT_TRUE(again[0].again);
  EXPECT_NE(again[0].id, hired[0].id);
  EXPECT_EQ(people.restarts(), 1u);
}

TEST_F(crew_test, further_deaths_are_made_up_for_after_growing_pauses) {
  auto who = people.fill(1, now).hire[0].id;
  for (std::uint32_t nth = 1; nth <= budget.max; ++nth) {
    people.gone(who, now);
    const auto pause = restart_pause(nth);
    EXPECT_EQ(people.next_call(), now + pause);
    if (pause > 0ms) {
      now += pause - 1ms;
      EXPECT_EQ(places(1), numbers{});
      now += 1ms;
    }
    const auto again = people.fill(1, now).hire;
    ASSERT_EQ(again.size(), 1u) << nth;
    who = again[0].id;
  }
}

TEST_F(crew_test, a_spent_budget_keeps_the_place_empty_for_its_window) {
  for (std::uint32_t i = 0; i < budget.max; ++i) {
    people.gone(people.fill(1, now).hire[0].id, now);
    now = people.next_call();
  }
  people.gone(people.fill(1, now).hire[0].id, now);
  now += budget.per - 1ms;
  EXPECT_EQ(places(1), numbers{});
  now += 1ms;
  EXPECT_EQ(places(1), (numbers{0}));
}

TEST_F(crew_test, who_is_not_wanted_any_more_is_not_made_up_for) {
  const auto hired = people.fill(2, now).hire;
  people.gone(hired[1].id, now);
  people.fill(1, now);
  EXPECT_EQ(people.next_call(), crew::time_point::max());
  const auto back = people.fill(2, now).hire;
  ASSERT_EQ(back.size(), 1u);
  EXPECT_FALSE(back[0].again);
  EXPECT_EQ(people.restarts(), 0u);
}

TEST_F(crew_test, somebody_unknown_is_nobodys_death) {
  people.fill(1, now);
  EXPECT_FALSE(people.gone(99, now));
  EXPECT_EQ(people.size(), 1u);
}

TEST_F(crew_test, another_budget_forgets_what_was_spent) {
  for (std::uint32_t i = 0; i < budget.max; ++i) {
    people.gone(people.fill(1, now).hire[0].id, now);
    now = people.next_call();
  }
  budget.max = 2;
  people.adopt(budget);
  people.gone(people.fill(1, now).hire[0].id, now);
  EXPECT_EQ(people.next_call(), now);
}

}  // namespace
}  // namespace troupe
