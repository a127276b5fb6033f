// The line of waiting jobs, rule by rule: order in a group, turns between
// groups, limits, and what it forgets.

#include "actors/queue/ready_line.hpp"
#include "tests/actors/queue/line_rig.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::test;

namespace {

using numbers = std::vector<job_number>;

numbers take_all(line_rig& r) {
  numbers all;
  while (const auto n = r.take())
    all.push_back(n);
  return all;
}

/// Whose jobs went, of the next so many.
std::string serve(line_rig& r, int count) {
  std::string who;
  for (int i = 0; i < count; ++i)
    who += r.serve();
  return who;
}

void add(line_rig& r, const waiting_job& w, int count) {
  for (int i = 0; i < count; ++i)
    r.add(w);
}

}  // namespace

// -- in a group ---------------------------------------------------------------

TEST(ready_line_test, first_come_is_first_served_in_a_priority) {
  line_rig r;
  add(r, {}, 3);
  r.now += 10;
  add(r, {}, 2);
  EXPECT_EQ(take_all(r), (numbers{1, 2, 3, 4, 5}));
}

TEST(ready_line_test, the_larger_priority_goes_first) {
  line_rig r;
  for (const auto p : std::initializer_list<std::uint8_t>{0, 5, 10, 8, 10})
    r.add({.priority = p});
  EXPECT_EQ(take_all(r), (numbers{3, 5, 4, 2, 1}));
}

TEST(ready_line_test, aging_makes_up_for_a_priority) {
  line_rig r;
  r.add({.priority = 4});
  r.now += 999;
  r.add({.priority = 5});  // 1 ms too early to be after it.
  r.now += 2;
  r.add({.priority = 5});
  EXPECT_EQ(take_all(r), (numbers{2, 1, 3}));
}

TEST(ready_line_test, of_equal_keys_who_waits_longer_goes_first) {
  line_rig r;
  r.add({.priority = 4});
  r.now += 1'000;
  r.add({.priority = 5});
  EXPECT_EQ(take_all(r), (numbers{1, 2}));
}

TEST(ready_line_test, a_job_handed_back_has_its_old_place) {
  line_rig r;
  add(r, {}, 3);
  ASSERT_EQ(r.take(), 1u);
  r.now += 500;
  r.line().gone(r.job(1), r.now);
  r.line().add(r.job(1), r.now);
  EXPECT_EQ(take_all(r), (numbers{1, 2, 3}));
}

TEST(ready_line_test, a_job_taken_out_does_not_begin) {
  line_rig r;
  add(r, {}, 3);
  r.line().remove(r.job(1), r.now);
  r.line().remove(r.job(3), r.now);
  EXPECT_EQ(r.line().size(), 1u);
  EXPECT_EQ(take_all(r), (numbers{2}));
  EXPECT_EQ(r.line().active(), 1u);
}

// -- between groups -----------------------------------------------------------

TEST(ready_line_test, groups_take_turns) {
  line_rig r;
  add(r, {"a"}, 4);
  add(r, {"b"}, 2);
  add(r, {"c"}, 1);
  EXPECT_EQ(serve(r, 7), "abcabaa");
}

TEST(ready_line_test, the_same_name_is_another_group_for_another_tenant) {
  line_rig r;
  add(r, {.tenant = "x"}, 2);
  r.add({.tenant = "y"});
  EXPECT_EQ(take_all(r), (numbers{1, 3, 2}));
}

TEST(ready_line_test, a_group_has_as_many_turns_as_its_weight) {
  auto s = no_limits();
  s.weights = {{"a", 3}};
  line_rig r{s};
  add(r, {"a"}, 300);
  add(r, {"b"}, 300);
  const auto who = serve(r, 200);
  EXPECT_EQ(std::count(who.begin(), who.end(), 'a'), 150);
}

TEST(ready_line_test, jobs_without_a_group_have_their_tenants_weight) {
  auto s = no_limits();
  s.weights = {{"x", 4}};
  line_rig r{s};
  add(r, {.group = "", .tenant = "x"}, 100);
  add(r, {.group = "", .tenant = "y"}, 100);
  int of_x = 0;
  for (int i = 0; i < 50; ++i)
    of_x += r.take() <= 100;
  EXPECT_EQ(of_x, 40);
}

TEST(ready_line_test, the_larger_priority_goes_before_other_groups_turns) {
  line_rig r;
  add(r, {"a", 5}, 2);
  add(r, {"b", 8}, 2);
  EXPECT_EQ(serve(r, 4), "bbaa");
}

TEST(ready_line_test, a_group_that_comes_anew_waits_for_a_round) {
  line_rig r;
  add(r, {"a"}, 3);
  add(r, {"b"}, 3);
  EXPECT_EQ(serve(r, 2), "ab");
  r.add({"c"});
  EXPECT_EQ(serve(r, 3), "abc");
}

TEST(ready_line_test, who_was_away_has_not_saved_up_turns) {
  line_rig r;
  add(r, {"a"}, 200);
  r.add({"b"});
  serve(r, 102);
  add(r, {"b"}, 10);
  EXPECT_EQ(serve(r, 6), "ababab");
}

TEST(ready_line_test, an_aged_backlog_shares_with_what_is_urgent) {
  line_rig r;
  add(r, {"a", priority_low}, 100);
  r.now += 10'000;  // 10 priorities of a second each.
  add(r, {"b", priority_critical}, 100);
  EXPECT_EQ(serve(r, 6), "ababab");
}

TEST(ready_line_test, a_backlog_that_is_not_aged_lets_pass_what_is_urgent) {
  line_rig r;
  add(r, {"a", priority_low}, 100);
  r.now += 9'999;
  add(r, {"b", priority_critical}, 3);
  EXPECT_EQ(serve(r, 5), "bbbaa");
}

TEST(ready_line_test, a_groups_level_rises_while_it_waits) {
  line_rig r;
  add(r, {"a", 4}, 1);
  r.now += 1'500;
  add(r, {"b", 5}, 2);
  EXPECT_EQ(serve(r, 3), "abb");
}

TEST(ready_line_test, a_group_that_rises_keeps_how_far_it_was_from_its_turn) {
  line_rig r;
  r.add({"y", 4});
  r.add({"x", 4});
  EXPECT_EQ(r.serve(), "y");
  r.now += 500;
  r.add({"z", 5});
  r.now += 500;
  EXPECT_EQ(serve(r, 2), "xz");
}

// -- limits -------------------------------------------------------------------

TEST(ready_line_test, no_more_are_active_than_the_queue_may_have) {
  auto s = no_limits();
  s.concurrency = 2;
  line_rig r{s};
  add(r, {}, 4);
  EXPECT_EQ(take_all(r), (numbers{1, 2}));
  r.end(r.job(1));
  EXPECT_EQ(take_all(r), (numbers{3}));
  EXPECT_EQ(r.line().next_call(r.now), std::nullopt);
}

TEST(ready_line_test, a_group_at_its_concurrency_does_not_hinder_others) {
  auto s = no_limits();
  s.group_concurrency = 1;
  line_rig r{s};
  add(r, {"a"}, 3);
  add(r, {"b"}, 2);
  EXPECT_EQ(take_all(r), (numbers{1, 4}));
  EXPECT_EQ(r.line().next_call(r.now), std::nullopt);
  r.end(r.job(4));
  EXPECT_EQ(take_all(r), (numbers{5}));
}

TEST(ready_line_test, a_rate_tells_when_the_next_may_begin) {
  auto s = no_limits();
  s.rate = {2, std::chrono::milliseconds{100}};
  line_rig r{s};
  add(r, {}, 4);
  EXPECT_EQ(r.line().next_call(r.now), std::nullopt);  // It may now.
  r.take();
  r.now += 30;
  r.take();
  EXPECT_EQ(r.take(), 0u);
  EXPECT_EQ(r.line().next_call(r.now), r.now + 70);
  r.now += 69;
  EXPECT_EQ(r.take(), 0u);
  r.now += 1;
  EXPECT_EQ(take_all(r), (numbers{3}));
}

TEST(ready_line_test, a_group_at_its_rate_does_not_hinder_others) {
  auto s = no_limits();
  s.group_rate = {1, std::chrono::milliseconds{100}};
  line_rig r{s};
  add(r, {"a"}, 2);
  add(r, {"b"}, 2);
  EXPECT_EQ(take_all(r), (numbers{1, 3}));
  EXPECT_EQ(r.line().next_call(r.now), r.now + 100);
  r.now += 100;
  EXPECT_EQ(r.line().next_call(r.now), std::nullopt);  // They may now.
  EXPECT_EQ(take_all(r), (numbers{2, 4}));
}

TEST(ready_line_test, the_later_of_two_rates_is_told) {
  auto s = no_limits();
  s.rate = {1, std::chrono::milliseconds{50}};
  s.group_rate = {1, std::chrono::milliseconds{100}};
  line_rig r{s};
  add(r, {"a"}, 2);
  r.take();
  EXPECT_EQ(r.line().next_call(r.now), r.now + 100);
  r.add({"b"});
  EXPECT_EQ(r.line().next_call(r.now), r.now + 50);
}

TEST(ready_line_test, a_group_without_jobs_does_not_get_a_new_rate) {
  auto s = no_limits();
  s.group_rate = {1, std::chrono::milliseconds{100}};
  line_rig r{s};
  r.add({"a"});
  r.serve();
  r.add({"a"});
  EXPECT_EQ(r.serve(), "");
  r.now += 100;
  EXPECT_EQ(r.serve(), "a");
}

TEST(ready_line_test, nothing_is_taken_from_a_paused_queue) {
  line_rig r;
  r.add();
  r.line().pause(true);
  EXPECT_EQ(r.take(), 0u);
  EXPECT_EQ(r.line().next_call(r.now), std::nullopt);
  r.line().pause(false);
  EXPECT_EQ(r.take(), 1u);
}

TEST(ready_line_test, what_was_active_before_a_restart_counts) {
  auto s = no_limits();
  s.concurrency = 2;
  s.group_concurrency = 1;
  s.rate = {2, std::chrono::milliseconds{100}};
  line_rig r{s};
  add(r, {"a"}, 2);
  r.line().remove(r.job(1), r.now);
  r.line().resume(r.job(1), r.now - 40, r.now);
  EXPECT_EQ(r.take(), 0u);  // Its group has one.
  r.add({"b"});
  EXPECT_EQ(r.take(), 3u);
  r.end(r.job(1));
  EXPECT_EQ(r.line().next_call(r.now), r.now + 60);
}

// -- wishes, settings, counts -------------------------------------------------

TEST(ready_line_test, a_tenants_wish_finds_only_its_jobs) {
  line_rig r;
  add(r, {"a", 5, "x"}, 2);
  r.add({"b", 5, "y"});
  r.add({"c", 8, "y"});
  EXPECT_EQ(r.take("y"), 4u);
  EXPECT_EQ(r.take("y"), 3u);
  EXPECT_EQ(r.take("y"), 0u);
  EXPECT_EQ(r.take("z"), 0u);
  EXPECT_EQ(r.take("x"), 1u);
}

TEST(ready_line_test, a_tenants_groups_take_turns_in_its_wishes) {
  line_rig r;
  add(r, {"a", 5, "x"}, 2);
  add(r, {"b", 5, "x"}, 2);
  add(r, {"c", 5, "y"}, 2);
  numbers all;
  while (const auto n = r.take("x"))
    all.push_back(n);
  EXPECT_EQ(all, (numbers{1, 3, 2, 4}));
}

TEST(ready_line_test, newcomers_wait_for_those_a_wish_made_go_out_of_turn) {
  line_rig r;
  add(r, {"a", 5, "x"}, 3);
  add(r, {"b", 5, "y"}, 5);
  for (int i = 0; i < 3; ++i)
    r.take("y");
  EXPECT_EQ(r.serve(), "a");
  r.add({"c"});
  EXPECT_EQ(serve(r, 3), "bac");
}

TEST(ready_line_test, another_aging_holds_for_who_waits) {
  line_rig r;
  r.add({.priority = 4});
  r.now += 1'500;
  r.add({.priority = 5});
  auto s = no_limits();
  s.aging = std::chrono::seconds{2};
  r.adopt(s);
  EXPECT_EQ(take_all(r), (numbers{2, 1}));
}

TEST(ready_line_test, wider_limits_hold_at_once) {
  auto s = no_limits();
  s.group_concurrency = 1;
  line_rig r{s};
  add(r, {"a"}, 3);
  EXPECT_EQ(take_all(r), (numbers{1}));
  r.adopt(no_limits());
  EXPECT_EQ(take_all(r), (numbers{2, 3}));
}

TEST(ready_line_test, groups_without_jobs_are_forgotten) {
  auto s = no_limits();
  s.group_rate = {5, std::chrono::milliseconds{100}};
  line_rig r{s};
  for (int i = 0; i < 1'000; ++i) {
    r.add({std::to_string(i)});
    r.serve();
    r.now += 10;
    EXPECT_LE(r.line().groups(), 12u);  // Those of one window.
  }
}

TEST(ready_line_test, the_oldest_is_told_whatever_its_priority) {
  line_rig r;
  EXPECT_EQ(r.line().oldest(), std::nullopt);
  const auto first = r.now;
  r.add({"a", priority_low});
  r.now += 5;
  r.add({"a", priority_critical});
  r.add({"b", priority_critical});
  EXPECT_EQ(r.line().oldest(), first);
  r.line().remove(r.job(1), r.now);
  EXPECT_EQ(r.line().oldest(), first + 5);
}
