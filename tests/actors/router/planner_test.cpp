// What happens to a call: every fault, breakers, reloads, budgets.

#include "tests/support/planner_test.hpp"

#include "actors/router/planner.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;
using testing::planner_test;

// -- the table of faults

TEST_F(planner_test, follows_the_table_of_faults) {
  struct row {
    fault met;
    const char* with_one_target;
    const char* with_two;
  };
  constexpr auto spent = "refuse retries_spent";
  for (const auto& [met, one, two] : {
           row{fault::none, spent, spent},
           row{fault::transient, "wait 1000", "lend b"},
           row{fault::rate, "lend a", "lend a"},
           row{fault::quota, "lend a", "lend a"},
           row{fault::credential, "lend a", "lend a"},
           row{fault::context_length, spent, "lend b"},
           row{fault::content_filter, spent, spent},
           row{fault::client, spent, spent},
           row{fault::malformed, "wait 1000", "lend b"},
           row{fault::abandoned, spent, spent},
       }) {
    SCOPED_TRACE(name_of(met));
    start(1);
    EXPECT_EQ(begin(), "lend a");
    EXPECT_EQ(fail(met), one);
    start(2);
    EXPECT_EQ(begin(), "lend a");
    EXPECT_EQ(fail(met), two);
  }
}

TEST_F(planner_test, a_failing_target_is_retried_after_ever_longer_pauses) {
  testing::provider_at(settings, 0).breaker.open_after = 100;
  start();
  begin();
  for (const auto pause : {1000, 2000, 4000, 8000, 16'000, 32'000, 64'000}) {
    EXPECT_EQ(fail(fault::transient), "wait " + std::to_string(pause));
    EXPECT_EQ(resume(std::chrono::milliseconds{pause}), "lend a");
  }
  EXPECT_EQ(fail(fault::transient), "refuse retries_spent") << "8 attempts";
}

TEST_F(planner_test, others_are_tried_at_once_then_all_of_them_after_a_pause) {
  start(3);
  EXPECT_EQ(begin(), "lend a");
  EXPECT_EQ(fail(fault::transient), "lend b");
  EXPECT_EQ(fail(fault::malformed), "lend c");
  EXPECT_EQ(fail(fault::transient), "wait 1000");
  EXPECT_EQ(resume(1s), "lend a");
  EXPECT_EQ(fail(fault::transient), "lend b")
      << "the pause was for all of them";
  EXPECT_EQ(fail(fault::transient), "lend c");
  EXPECT_EQ(fail(fault::transient), "wait 2000");
}

TEST_F(planner_test, another_key_is_tried_at_once_as_often_as_allowed) {
  for (const auto f : {fault::credential, fault::quota, fault::rate}) {
    SCOPED_TRACE(name_of(f));
    start(1);
    begin();
    for (key_index i = 0; i < 7; ++i) {
      c.key = i;
      EXPECT_EQ(fail(f, 60s), "lend a") << "its wish is the key's affair";
      EXPECT_EQ(c.burnt.size(), i + 1u);
    }
    EXPECT_EQ(fail(f), "refuse retries_spent");
  }
}

TEST_F(planner_test, a_target_without_another_key_is_left_at_once) {
  start(2);
  begin();
  EXPECT_EQ(fail(fault::quota), "lend a");
  EXPECT_EQ(postpone(1h), "lend b");
  EXPECT_EQ(fail(fault::transient), "wait 1000");
}

TEST_F(planner_test, key_faults_do_not_lengthen_the_pause) {
  start(1);
  begin();
  for (int i = 0; i < 5; ++i)
    fail(fault::rate);
  EXPECT_EQ(fail(fault::transient), "wait 1000");
}

// -- windows

TEST_F(planner_test, too_long_a_request_goes_to_a_larger_window) {
  struct row {
    std::uint64_t a, b, c;
    const char* next;
  };
  constexpr auto spent = "refuse retries_spent";
  for (const auto& [a, b, c_, next] : {
           row{8, 16, 32, "lend b"},
           row{8, 8, 32, "lend c"},
           row{8, 4, 32, "lend c"},
           row{8, 4, 8, spent},
           row{8, 0, 32, "lend b"},  // Not known: it may be larger.
           row{0, 4, 32, "lend b"},
           row{0, 0, 0, "lend b"},
       }) {
    settings = testing::serving(3);
    settings.models[0].targets[0].context = a;
    settings.models[0].targets[1].context = b;
    settings.models[0].targets[2].context = c_;
    start();
    begin();
    EXPECT_EQ(fail(fault::context_length), next) << a << ' ' << b << ' ' << c_;
  }
}

TEST_F(planner_test, what_was_too_small_is_never_asked_again) {
  start(2);
  begin();
  EXPECT_EQ(fail(fault::context_length), "lend b");
  EXPECT_EQ(fail(fault::transient), "wait 1000");
  EXPECT_EQ(resume(1s), "lend b");
  EXPECT_EQ(fail(fault::context_length), "refuse retries_spent");
}

TEST_F(planner_test, too_small_a_fallback_does_not_spare_the_pause) {
  start(2);
  begin();
  EXPECT_EQ(fail(fault::transient), "lend b");
  EXPECT_EQ(fail(fault::context_length), "wait 1000");
  EXPECT_EQ(resume(1s), "lend a");
}

// -- refusals

TEST_F(planner_test, a_fallback_that_refuses_what_another_failed_is_barred) {
  for (const auto f : {fault::client, fault::content_filter}) {
    SCOPED_TRACE(name_of(f));
    start(3);
    begin();
    EXPECT_EQ(fail(fault::transient), "lend b");
    EXPECT_EQ(fail(f), "lend c");
    EXPECT_EQ(fail(fault::transient), "wait 1000");
    EXPECT_EQ(resume(1s), "lend a");
    EXPECT_EQ(fail(fault::transient), "lend c") << "not b";
    EXPECT_EQ(fail(f), "wait 2000");
    EXPECT_EQ(resume(2s), "lend a");
    EXPECT_EQ(fail(f), "refuse retries_spent") << "all of them refused";
  }
}

TEST_F(planner_test, who_left_or_was_served_is_not_retried_after_a_fault) {
  for (const auto f : {fault::abandoned, fault::none}) {
    start(2);
    begin();
    EXPECT_EQ(fail(fault::transient), "lend b");
    EXPECT_EQ(fail(f), "refuse retries_spent") << name_of(f);
  }
}

// -- wishes and deadlines

TEST_F(planner_test, what_a_target_asks_for_is_a_floor_of_its_pause) {
  start(1);
  begin();
  EXPECT_EQ(fail(fault::transient, 10s), "wait 10000");
  EXPECT_EQ(resume(10s), "lend a");
  EXPECT_EQ(fail(fault::transient, 6min), "refuse targets_cooling 360000");
}

TEST_F(planner_test, the_wish_of_one_target_is_none_of_another) {
  start(2);
  begin();
  EXPECT_EQ(fail(fault::transient, 20s), "lend b");
  EXPECT_EQ(fail(fault::transient), "wait 1000") << "for b";
  EXPECT_EQ(resume(1s), "lend b") << "a wants to be left alone";
  EXPECT_EQ(fail(fault::transient, 60s), "wait 19000") << "for a";
  EXPECT_EQ(resume(19s), "lend a");
}

TEST_F(planner_test, any_wish_of_a_provider_can_be_borne) {
  start(1);
  begin();
  EXPECT_EQ(fail(fault::transient, milliseconds::max()),
            "refuse targets_cooling 86400000");
  start(1);
  begin();
  EXPECT_EQ(fail(fault::transient, milliseconds::min()), "wait 1000");
}

TEST_F(planner_test, nothing_is_done_at_the_deadline_or_after) {
  start(2);
  c.deadline = now;
  EXPECT_EQ(begin(), "refuse deadline_exceeded");
  c.deadline = now + 5s;
  EXPECT_EQ(begin(), "lend a");
  now += 5s;
  EXPECT_EQ(postpone(1s), "refuse deadline_exceeded");
  EXPECT_EQ(fail(fault::transient), "refuse deadline_exceeded");
  EXPECT_EQ(resume(0s), "refuse deadline_exceeded");
}

TEST_F(planner_test, no_pause_ends_after_the_deadline) {
  start(1);
  c.deadline = now + 1s;
  begin();
  EXPECT_EQ(fail(fault::transient), "refuse retries_spent");
  start(1);
  c.deadline = now + 10s;
  begin();
  EXPECT_EQ(fail(fault::transient, 30s), "refuse targets_cooling 30000");
}

// -- pools without a key

TEST_F(planner_test, the_last_that_can_serve_may_keep_the_call_in_line) {
  start(1);
  begin();
  EXPECT_TRUE(c.may_wait) << "there is no other";
  start(2);
  begin();
  EXPECT_FALSE(c.may_wait);
  EXPECT_EQ(postpone(9s), "lend b");
  EXPECT_FALSE(c.may_wait);
  EXPECT_EQ(postpone(20s), "lend a") << "its key comes sooner";
  EXPECT_TRUE(c.may_wait);
}

TEST_F(planner_test, a_pool_whose_keys_are_busy_is_not_asked_in_circles) {
  start(2);
  begin();
  EXPECT_EQ(postpone(0s), "lend b");
  now += 5ms;
  EXPECT_EQ(postpone(0s), "lend a");
  EXPECT_TRUE(c.may_wait);
  EXPECT_EQ(postpone(0s), "wait 1000") << "though it was to keep the call";
  EXPECT_EQ(resume(1s), "lend a");
}

TEST_F(planner_test, a_pool_that_never_has_a_key_is_not_asked_again) {
  start(2);
  begin();
  EXPECT_EQ(postpone_forever(), "lend b");
  EXPECT_TRUE(c.may_wait);
  EXPECT_EQ(postpone_forever(), "refuse keys_dead");
}

TEST_F(planner_test, a_fallback_without_keys_does_not_spare_the_pause) {
  start(2);
  begin();
  EXPECT_EQ(fail(fault::transient), "lend b");
  EXPECT_EQ(postpone(1h), "wait 1000");
  EXPECT_EQ(resume(1s), "lend a");
}

TEST_F(planner_test, each_target_has_its_own_burnt_keys) {
  start(2);
  begin();
  c.key = 3;
  EXPECT_EQ(fail(fault::rate), "lend a");
  c.key = 4;
  EXPECT_EQ(fail(fault::transient), "lend b");
  EXPECT_TRUE(c.burnt.empty());
  c.key = 3;
  EXPECT_EQ(fail(fault::transient), "wait 1000");
  EXPECT_EQ(resume(1s), "lend a");
  EXPECT_EQ(c.burnt, (std::vector<key_index>{3, 4}));
  EXPECT_EQ(fail(fault::transient), "lend b");
  EXPECT_EQ(c.burnt, (std::vector<key_index>{3}));
}

// -- the budget

TEST_F(planner_test, pauses_are_a_part_of_the_traffic_and_other_targets_free) {
  settings = testing::serving(2);
  for (std::size_t i = 0; i < 2; ++i)
    testing::provider_at(settings, i).breaker.open_after = 1'000'000;
  start();
  std::size_t paused = 0, over = 0;
  for (int i = 0; i < 500; ++i) {
    auto x = fresh_call();
    EXPECT_EQ(begin(x), "lend a");
    EXPECT_EQ(fail(x, fault::transient), "lend b");
    ++x.attempts;
    const auto s = plan->failed(x, {.fault = fault::transient}, now);
    paused += told(x, s) == "wait 1000";
    over += s.over_budget;
    EXPECT_TRUE(!s.over_budget || told(x, s) == "refuse retries_spent");
    now += 10ms;
  }
  EXPECT_EQ(paused, 100u) << "20 % of 500";
  EXPECT_EQ(over, 400u);
}

// -- what cannot be routed

TEST_F(planner_test, says_why_a_call_cannot_be_routed) {
  start(1);
  c.model = "gemini-4";
  c.protocol = config::protocol::gemini;
  EXPECT_EQ(begin(), "refuse no_provider");
  c.model = "m";
  EXPECT_EQ(begin(), "refuse unknown_model") << "nobody translates";
  c.wires = 1u << static_cast<unsigned>(config::protocol::openai);
  EXPECT_EQ(begin(), "lend a");
  EXPECT_EQ(c.provider_model, "m-a");
  c.protocol = config::protocol::openai;
  c.model = "gpt-7";
  EXPECT_EQ(begin(), "lend a");
  EXPECT_EQ(c.provider_model, "gpt-7");
}

TEST_F(planner_test, targets_of_other_wires_are_passed_over) {
  settings = testing::serving(2);
  testing::provider_at(settings, 0).protocol = config::protocol::anthropic;
  start();
  EXPECT_EQ(begin(), "lend b");
  EXPECT_EQ(fail(fault::transient), "wait 1000");
}

}  // namespace
}  // namespace troupe
