// Who is restarted and when, who is let go, when the supervisor itself gives
// up, and in which order things end.

#include "tests/runtime/supervision/supervisor_stage.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;
using testing::strings;

using counting_actor =
    caf::typed_actor<caf::replies_to<caf::get_atom>::with<std::int32_t>>;

counting_actor::behavior_type counting(counting_actor::pointer,
                                       std::int32_t base) {
  return {[base](caf::get_atom) {
    return base;
  }};
}

using supervisor_test = testing::supervisor_stage;

TEST_F(supervisor_test, restarts_a_child_that_dies) {
  const auto sup = start({child("worker")});
  end(sup, "worker");
  EXPECT_EQ(spawned_["worker"], 2);
  EXPECT_TRUE(find(sup, "worker"));
  EXPECT_EQ(std::pair(deaths_, restarts_), std::pair(1, 1));
}

TEST_F(supervisor_test, a_death_does_not_touch_the_siblings) {
  const auto sup = start({child("a"), child("b"), child("c")});
  end(sup, "b");
  EXPECT_EQ(spawned_,
            (std::map<std::string, int>{{"a", 1}, {"b", 2}, {"c", 1}}));
  EXPECT_EQ(*ended_, strings{"b"});
}

TEST_F(supervisor_test, lets_a_child_go_that_ends_in_order) {
  const auto sup = start({child("done"), child("told"), child("other")});
  auto done = find(sup, "done");
  ASSERT_TRUE(done);
  caf::anon_send(*done, caf::close_atom_v);
  end(sup, "told", caf::exit_reason::user_shutdown);
  EXPECT_EQ(*ended_, (strings{"done", "told"}));
  EXPECT_EQ(deaths_, 0);
  EXPECT_EQ(code_of(find(sup, "done")), errc::unknown_child);
  EXPECT_EQ(code_of(find(sup, "told")), errc::unknown_child);
  EXPECT_TRUE(find(sup, "other"));
}

TEST_F(supervisor_test, knows_only_its_own_children) {
  const auto sup = start({child("worker")});
  EXPECT_EQ(code_of(find(sup, "nobody")), errc::unknown_child);
}

TEST_F(supervisor_test, the_first_restart_is_immediate_the_next_ones_wait) {
  const auto sup = start({child("worker")});
  end(sup, "worker");
  EXPECT_EQ(spawned_["worker"], 2);
  end(sup, "worker");
  EXPECT_EQ(code_of(find(sup, "worker")), errc::unknown_child);
  advance(99ms);
  EXPECT_EQ(spawned_["worker"], 2);
  advance(1ms);
  EXPECT_EQ(spawned_["worker"], 3);
  end(sup, "worker");
  advance(199ms);
  EXPECT_EQ(spawned_["worker"], 3);
  advance(1ms);
  EXPECT_EQ(spawned_["worker"], 4);
}

TEST_F(supervisor_test, gives_up_once_the_budget_is_spent) {
  const auto sup = start({child("worker", 1), child("other")});
  end(sup, "worker");
  end(sup, "worker");
  EXPECT_EQ(code_of(exit_reason_of(sup)), errc::restart_budget_spent);
  EXPECT_EQ(spawned_["worker"], 2);
  EXPECT_EQ(*ended_, (strings{"worker", "worker", "other"}));
}

TEST_F(supervisor_test, the_budget_recovers_with_time) {
  const auto sup = start({child("worker", 1)});
  end(sup, "worker");
  advance(60s);
  end(sup, "worker");
  EXPECT_TRUE(is_running(sup));
  EXPECT_EQ(spawned_["worker"], 3);
}

TEST_F(supervisor_test, each_child_has_a_budget_of_its_own) {
  const auto sup = start({child("a", 1), child("b", 1)});
  end(sup, "a");
  end(sup, "b");
  EXPECT_TRUE(is_running(sup));
}

TEST_F(supervisor_test, a_recipe_that_throws_counts_as_a_death) {
  broken_.insert("worker");
  const auto sup = start({child("worker")});
  EXPECT_EQ(std::pair(deaths_, restarts_), std::pair(2, 1));
  broken_.clear();
  advance(100ms);
  EXPECT_TRUE(find(sup, "worker"));
}

TEST_F(supervisor_test, a_recipe_that_returns_nobody_counts_as_a_death) {
  missing_.insert("worker");
  const auto sup = start({child("worker")});
  EXPECT_EQ(std::pair(deaths_, restarts_), std::pair(2, 1));
  missing_.clear();
  advance(100ms);
  EXPECT_TRUE(find(sup, "worker"));
}

TEST_F(supervisor_test, a_recipe_that_always_throws_spends_the_budget) {
  broken_.insert("worker");
  const auto sup = start({child("first"), child("worker", 5), child("last")});
  advance(100ms + 200ms + 400ms + 800ms - 1ms);
  EXPECT_TRUE(is_running(sup));
  advance(1ms);
  EXPECT_EQ(code_of(exit_reason_of(sup)), errc::restart_budget_spent);
  EXPECT_EQ(*ended_, (strings{"last", "first"}));
}

TEST_F(supervisor_test, a_budget_spent_at_the_start_ends_it_at_the_start) {
  broken_.insert("worker");
  const auto alone = start({child("worker", 0)});
  EXPECT_EQ(code_of(exit_reason_of(alone)), errc::restart_budget_spent);
  const auto sup = start({child("first"), child("worker", 0), child("last")});
  EXPECT_EQ(code_of(exit_reason_of(sup)), errc::restart_budget_spent);
  EXPECT_EQ(*ended_, strings{"first"});
  EXPECT_EQ(spawned_["last"], 0);
}

TEST_F(supervisor_test, refuses_two_children_of_one_name) {
  const auto sup = start({child("worker"), child("worker")});
  EXPECT_EQ(code_of(exit_reason_of(sup)), errc::invalid_setting);
  EXPECT_EQ(spawned_["worker"], 0);
}

TEST_F(supervisor_test, refuses_a_child_without_a_recipe) {
  const auto sup = start({{.name = "worker", .start = nullptr, .budget = {}}});
  EXPECT_EQ(code_of(exit_reason_of(sup)), errc::invalid_setting);
}

TEST_F(supervisor_test, stops_its_children_in_reverse_order) {
  const auto sup = start({child("a"), child("b"), child("c")});
  shut_down(sup);
  EXPECT_EQ(exit_reason_of(sup), caf::exit_reason::user_shutdown);
  EXPECT_EQ(*ended_, (strings{"c", "b", "a"}));
}

TEST_F(supervisor_test, waits_for_each_child_before_it_stops_the_next) {
  const auto sup =
      start({child("first"), stubborn_child("slow"), child("last")});
  shut_down(sup);
  EXPECT_EQ(*ended_, strings{"last"});
  advance(3s - 1ms);
  EXPECT_EQ(*ended_, strings{"last"});
  advance(1ms);  // The stubborn one is killed.
  EXPECT_EQ(*ended_, (strings{"last", "first"}));
  EXPECT_EQ(exit_reason_of(sup), caf::exit_reason::user_shutdown);
}

TEST_F(supervisor_test, gives_up_on_a_child_that_cannot_even_be_killed) {
  const auto sup = start({child("first"), deaf_child("deaf")});
  shut_down(sup);
  advance(6s - 1ms);
  EXPECT_TRUE(ended_->empty());
  advance(1ms);
  EXPECT_EQ(*ended_, strings{"first"});
  EXPECT_EQ(exit_reason_of(sup), caf::exit_reason::user_shutdown);
}

TEST_F(supervisor_test, restarts_nobody_while_it_stops) {
  const auto sup = start({child("worker")});
  end(sup, "worker");
  end(sup, "worker");  // Waits 100 ms.
  shut_down(sup);
  advance(1s);
  EXPECT_EQ(spawned_["worker"], 2);
  EXPECT_FALSE(is_running(sup));
}

TEST_F(supervisor_test, nobody_outlives_a_supervisor_that_is_killed) {
  const auto sup = start({child("a"), child("b")});
  caf::anon_send_exit(sup, caf::exit_reason::kill);
  settle();
  EXPECT_EQ(*ended_, (strings{"b", "a"}));
}

TEST_F(supervisor_test, a_supervisor_that_gave_up_is_restarted_by_its_own) {
  child_spec branch{.name = "branch",
                    .start =
                        [this](caf::actor_system& sys) {
                          return caf::actor_cast<caf::actor>(
                              sys.spawn(supervisor, deps({child("leaf", 0)})));
                        },
                    .budget = {1, 60s}};
  const auto sup = start({std::move(branch)});
  auto kill_leaf = [&] {
    auto inner = find(sup, "branch");
    ASSERT_TRUE(inner);
    end(caf::actor_cast<supervisor_actor>(*inner), "leaf");
  };
  kill_leaf();
  EXPECT_EQ(spawned_["leaf"], 2);
  EXPECT_TRUE(is_running(sup));
  kill_leaf();
  EXPECT_EQ(code_of(exit_reason_of(sup)), errc::restart_budget_spent);
  EXPECT_EQ(spawned_["leaf"], 2);
}

TEST_F(supervisor_test, an_address_names_the_incarnation_that_lives) {
  const address<counting_actor> at;
  const auto sup =
      start({child_at({.name = "counter", .thread = 0, .budget = {}}, at,
                      counting, std::int32_t{7})});
  const auto first = at.current();
  EXPECT_EQ(ask<std::int32_t>(first, caf::get_atom_v), 7);
  end(sup, "counter");
  EXPECT_NE(at.current(), first);
  EXPECT_EQ(ask<std::int32_t>(at.current(), caf::get_atom_v), 7);
  shut_down(sup);
}

}  // namespace
}  // namespace troupe
