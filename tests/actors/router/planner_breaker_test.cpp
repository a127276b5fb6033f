// The planner and the breakers of its targets: who probes, and for how long a
// recovered target goes without calls.

#include "actors/router/planner.hpp"
#include "tests/support/planner_test.hpp"

#include <deque>

namespace troupe {
namespace {

using namespace std::chrono_literals;

class planner_breaker_test : public testing::planner_test {};

TEST_F(planner_breaker_test, an_open_target_is_passed_over) {
  start(2);
  open("a");
  EXPECT_EQ(begin(), "lend b");
  EXPECT_EQ(fail(fault::transient), "wait 1000");
  EXPECT_EQ(resume(1s), "lend b");
}

TEST_F(planner_breaker_test, without_another_target_the_call_waits_for_it) {
  start(1);
  open("a");
  const auto cooldown = *plan->board().admits_at(at("a")) - now;
  const auto ms = std::chrono::ceil<milliseconds>(cooldown);
  EXPECT_EQ(begin(), "wait " + std::to_string(ms.count()));
  EXPECT_EQ(resume(ms), "lend a");
  EXPECT_TRUE(c.probes_target);
}

TEST_F(planner_breaker_test, a_wait_beyond_the_deadline_is_refused_at_once) {
  start(1);
  open("a");
  c.deadline = now + 10s;
  const auto told_to = begin();
  EXPECT_TRUE(told_to.starts_with("refuse targets_cooling 1")) << told_to;
}

TEST_F(planner_breaker_test, one_probe_is_lent_and_others_wait_for_its_word) {
  start(1);
  open("a");
  now += 20s;
  EXPECT_EQ(begin(), "lend a");
  EXPECT_TRUE(c.probes_target);
  EXPECT_TRUE(c.wants_telling());
  auto other = fresh_call();
  EXPECT_EQ(begin(other), "wait 1000");
  serve(c);
  EXPECT_EQ(resume(other, 1s), "lend a");
  EXPECT_FALSE(other.probes_target);
}

TEST_F(planner_breaker_test, a_call_waits_for_a_probe_so_often_and_no_more) {
  start(1);
  open("a");
  now += 20s;
  begin();
  auto other = fresh_call();
  EXPECT_EQ(begin(other), "wait 1000");
  for (int i = 0; i < 7; ++i)
    EXPECT_EQ(resume(other, 1s), "wait 1000");
  EXPECT_EQ(resume(other, 1s), "refuse targets_cooling 1000");
}

TEST_F(planner_breaker_test, a_failed_probe_goes_on_to_the_next_target) {
  start(2);
  open("a");
  now += 20s;
  EXPECT_EQ(begin(), "lend a");
  EXPECT_EQ(fail(fault::transient), "lend b");
  EXPECT_FALSE(c.probes_target);
  EXPECT_FALSE(c.wants_telling()) << "b is well";
  auto other = fresh_call();
  EXPECT_EQ(begin(other), "lend b") << "a is open again";
}

TEST_F(planner_breaker_test, a_probe_without_a_key_gives_its_place_back) {
  start(2);
  open("a");
  now += 20s;
  EXPECT_EQ(begin(), "lend a");
  EXPECT_EQ(postpone(5s), "lend b");
  auto other = fresh_call();
  EXPECT_EQ(begin(other), "lend a");
  EXPECT_TRUE(other.probes_target);
}

TEST_F(planner_breaker_test, a_probe_never_stands_in_line) {
  start(1);
  open("a");
  now += 20s;
  EXPECT_EQ(begin(), "lend a");
  EXPECT_FALSE(c.may_wait);
  EXPECT_EQ(postpone(5s), "wait 5000");
  EXPECT_FALSE(c.probes_target);
  EXPECT_EQ(resume(5s), "lend a");
  EXPECT_TRUE(c.probes_target);
  EXPECT_EQ(postpone(0s), "wait 1000") << "its keys are busy";
}

TEST_F(planner_breaker_test, a_probe_that_met_a_bad_key_probes_with_the_next) {
  start(1);
  open("a");
  now += 20s;
  begin();
  EXPECT_EQ(fail(fault::credential), "lend a");
  EXPECT_TRUE(c.probes_target);
}

TEST_F(planner_breaker_test, a_probe_nobody_waits_for_gives_its_place_back) {
  start(1);
  for (const bool was_tried : {false, true}) {
    start(1);
    open("a");
    now += 20s;
    begin();
    if (was_tried)
      plan->judge(c, {.fault = fault::rate}, now);
    else
      plan->dropped(c, now);
    EXPECT_FALSE(c.probes_target);
    auto other = fresh_call();
    EXPECT_EQ(begin(other), "lend a");
  }
}

TEST_F(planner_breaker_test, who_is_lent_a_suspect_tells_how_it_went) {
  start(1);
  begin();
  EXPECT_FALSE(c.wants_telling());
  auto other = fresh_call();
  begin(other);
  fail(other, fault::transient);
  auto third = fresh_call();
  begin(third);
  EXPECT_TRUE(third.wants_telling());
  serve(third);
  auto fourth = fresh_call();
  begin(fourth);
  EXPECT_FALSE(fourth.wants_telling());
}

TEST_F(planner_breaker_test, under_latency_everybody_tells) {
  settings = testing::serving(2, config::strategy::latency);
  start();
  begin();
  EXPECT_TRUE(c.wants_telling());
  serve(c, 500ms);
  EXPECT_EQ(plan->board().latency(at("a"), now), 500ms);
}

TEST_F(planner_breaker_test,
       a_slow_first_target_loses_its_calls_to_a_fast_one) {
  settings = testing::serving(2, config::strategy::latency);
  start();
  int fast = 0;
  for (int i = 0; i < 1000; ++i) {
    auto x = fresh_call();
    const bool is_fast = begin(x) == "lend b";
    serve(x, is_fast ? 100ms : 800ms);
    now += 10ms;
    fast += i >= 500 && is_fast;
  }
  EXPECT_EQ(fast, 500) << "found within five seconds";
}

// A target that is up and down by a schedule, traffic every 10 ms whose calls
// take 50 ms. Returns how long after its recovery it is lent the first call.
class flapping_test : public planner_breaker_test {
protected:
  milliseconds measure(milliseconds down, milliseconds up_at_last) {
    start(2);
    std::deque<std::pair<time_point, call>> out;
    const auto began = now;
    const auto end = began + down + up_at_last;
    std::optional<milliseconds> back;
    for (; now < end; now += 10ms) {
      while (!out.empty() && out.front().first <= now) {
        finish(out.front().second, now - began >= down);
        out.pop_front();
      }
      auto x = fresh_call();
      const auto to = begin(x);
      if (to == "lend a" && now - began >= down && !back)
        back = std::chrono::duration_cast<milliseconds>(now - began - down);
      out.emplace_back(now + 50ms, std::move(x));
    }
    return back.value_or(up_at_last);
  }

  void finish(call& x, bool is_up) {
    if (name_at(x) == "a" && !is_up)
      fail(x, fault::transient);
    else if (x.wants_telling())
      serve(x);
  }
};

TEST_F(flapping_test, a_recovered_target_is_asked_within_one_cool_down) {
  struct row {
    milliseconds down;
    milliseconds cooldown;  // That in force at the end, its jitter included.
  };
  for (const auto& [down, cooldown] : {
           row{1s, 16'500ms},
           row{14s, 16'500ms},
           row{40s, 33s},
           row{100s, 66s},
           row{10min, 2min},
           row{20min, 2min},
       }) {
    const auto took = measure(down, 3min);
    RecordProperty("back_after_ms_" + std::to_string(down.count()),
                   static_cast<int>(took.count()));
    EXPECT_LE(took, cooldown) << down.count();
  }
}

TEST_F(flapping_test, while_it_is_down_it_is_lent_a_probe_a_cool_down) {
  start(2);
  int lent = 0;
  for (const auto end = now + 10min; now < end; now += 10ms) {
    auto x = fresh_call();
    if (begin(x) == "lend a") {
      ++lent;
      fail(x, fault::transient);
    }
  }
  // Five that open it, then probes after 15, 45, 105, 225, 345, 465, 585 s.
  EXPECT_NEAR(lent, 12, 1);
}

}  // namespace
}  // namespace troupe
