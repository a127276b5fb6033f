// Children that come and go while their supervisor runs.

#include "tests/runtime/supervision/supervisor_stage.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;
using testing::strings;
using supervisor_hiring_test = testing::supervisor_stage;

TEST_F(supervisor_hiring_test, keeps_a_child_alive_that_was_hired_later) {
  const auto sup = start({child("old")});
  EXPECT_EQ(hire(sup, child("new", 1)), errc::none);
  end(sup, "new");
  EXPECT_TRUE(find(sup, "new"));
  EXPECT_EQ(std::pair(spawned_["new"], restarts_), std::pair(2, 1));
  end(sup, "new");
  EXPECT_EQ(code_of(exit_reason_of(sup)), errc::restart_budget_spent);
}

TEST_F(supervisor_hiring_test, hires_nobody_twice_and_nobody_without_a_recipe) {
  const auto sup = start({child("worker")});
  EXPECT_EQ(hire(sup, child("worker")), errc::child_exists);
  EXPECT_EQ(hire(sup, {.name = "x", .start = nullptr, .budget = {}}),
            errc::invalid_setting);
  EXPECT_EQ(spawned_["worker"], 1);
}

TEST_F(supervisor_hiring_test, stops_and_forgets_a_child_that_is_dismissed) {
  const auto sup = start({child("a"), child("b")});
  EXPECT_TRUE(is_done(dismiss(sup, "a")));
  EXPECT_EQ(*ended_, strings{"a"});
  EXPECT_EQ(std::pair(spawned_["a"], deaths_), std::pair(1, 0));
  EXPECT_EQ(code_of(**dismiss(sup, "a")), errc::unknown_child);
  EXPECT_EQ(hire(sup, child("a")), errc::none) << "the name is free again";
  shut_down(sup);
  EXPECT_EQ(*ended_, (strings{"a", "a", "b"})) << "hired last, stopped first";
}

TEST_F(supervisor_hiring_test,
       a_name_is_free_when_its_child_is_gone_not_before) {
  const auto sup = start({stubborn_child("slow")});
  const auto gone = dismiss(sup, "slow");
  const auto again = dismiss(sup, "slow");
  EXPECT_EQ(hire(sup, child("slow")), errc::child_exists);
  advance(3s - 1ms);
  EXPECT_FALSE(*gone);
  advance(1ms);  // It is killed.
  EXPECT_TRUE(is_done(gone) && is_done(again));
  EXPECT_EQ(std::pair(deaths_, restarts_), std::pair(0, 0));
  EXPECT_EQ(hire(sup, child("slow")), errc::none);
}

TEST_F(supervisor_hiring_test, dismisses_also_who_cannot_be_killed_or_waits) {
  const auto sup = start({deaf_child("deaf"), child("worker")});
  const auto gone = dismiss(sup, "deaf");
  advance(6s - 1ms);
  EXPECT_FALSE(*gone);
  advance(1ms);
  EXPECT_TRUE(is_done(gone));
  end(sup, "worker");
  end(sup, "worker");  // Waits 100 ms.
  EXPECT_TRUE(is_done(dismiss(sup, "worker")));
  advance(1s);
  EXPECT_EQ(spawned_["worker"], 2);
}

TEST_F(supervisor_hiring_test,
       tells_who_waits_for_a_dismissal_that_all_is_over) {
  const auto sup = start({stubborn_child("slow")});
  const auto gone = dismiss(sup, "slow");
  shut_down(sup);
  EXPECT_EQ(code_of(**gone), errc::shutting_down);
}

}  // namespace
}  // namespace troupe
