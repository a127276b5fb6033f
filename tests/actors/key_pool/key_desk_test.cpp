// Who is sent, who waits, who is turned away: one table of steps an event.

#include "actors/key_pool/key_desk.hpp"
#include "tests/actors/key_pool/rosters.hpp"

#include <gtest/gtest.h>

#include <string>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using testing::acme;
using testing::roster_of;
using kind = key_desk::step::kind;
using enum key_roster::duty;

constexpr time_point start{1h};

class key_desk_test : public ::testing::Test {
protected:
  /// Starts with keys that are all spent until `until`.
  void open(std::size_t keys, time_point until,
            std::shared_ptr<config::provider_settings> p = acme()) {
    provider = std::move(p);
    desk.emplace(roster_of(keys, provider));
    for (key_index i = 0; i < keys; ++i)
      rest(i, until);
  }

  call_ticket make(std::string name, std::uint64_t tokens = 10,
                   std::uint8_t priority = priority_normal) {
    auto c = std::make_shared<call>();
    c->id = std::move(name);
    c->tokens_estimated = tokens;
    c->priority = priority;
    c->may_wait = true;
    return call_ticket{std::move(c), [](auto&&) {
                       }};
  }

  key_desk::steps lend(const call_ticket& t) {
    return desk->lend(t, now, random);
  }

  key_desk::steps lend(std::string name) { return lend(make(std::move(name))); }

  key_desk::steps rest(key_index i, time_point until,
                       key_condition how = key_condition::spent) {
    key_standing s;
    s.index = i;
    s.condition = how;
    s.usable_at = until;
    return desk->stand(s, now, random);
  }

  static key_standing with_room(key_index i, std::uint32_t calls,
                                std::uint64_t tokens = 1000) {
    key_standing s;
    s.index = i;
    s.calls_free = calls;
    s.tokens_free = tokens;
    return s;
  }

  key_desk::steps recover(key_index i, std::uint32_t calls,
                          std::uint64_t tokens = 1000) {
    return desk->stand(with_room(i, calls, tokens), now, random);
  }

  key_desk::steps granted(key_index i, std::uint32_t calls_left) {
    auto s = with_room(i, calls_left);
    s.after_lend = true;
    return desk->stand(s, now, random);
  }

  /// What was done with whom, as `ask 1, refuse 2`.
  static std::string text(const key_desk::steps& steps) {
    constexpr const char* names[] = {"ask", "postpone", "refuse", "forget"};
    std::string result;
    for (const auto& s : steps)
      result += (result.empty() ? "" : ", ")
                + std::string{names[static_cast<int>(s.what)]} + " "
                + s.ticket.matter()->id;
    return result;
  }

  time_point now = start;
  std::shared_ptr<config::provider_settings> provider;
  std::optional<key_desk> desk;
  key_desk::randomness random{1};
};

TEST_F(key_desk_test, a_call_goes_to_a_key_that_is_usable) {
  open(1, start + 1s);
  recover(0, 1);
  EXPECT_EQ(text(lend("1")), "ask 1");
  EXPECT_EQ(desk->waiting(), 0u);
  EXPECT_EQ(desk->next_sweep(now), std::nullopt) << "nobody waits";
}

TEST_F(key_desk_test, one_slot_that_comes_back_moves_one_call) {
  open(2, start + 30s);
  for (const auto* name : {"1", "2", "3"})
    EXPECT_EQ(text(lend(name)), "");
  EXPECT_EQ(text(recover(0, 1)), "ask 1");
  EXPECT_EQ(text(granted(0, 0)), "");
  EXPECT_EQ(text(recover(1, 1)), "ask 2");
  EXPECT_EQ(desk->waiting(), 1u);
}

TEST_F(key_desk_test, many_slots_move_as_many_calls_however_the_key_answers) {
  open(1, start + 30s);
  for (int i = 0; i < 9; ++i)
    lend("x");
  EXPECT_EQ(recover(0, 4).size(), 4u);
  for (const std::uint32_t left : {3u, 2u, 1u, 0u})
    EXPECT_EQ(text(granted(0, left)), "")
        << "what it has left is spoken for by those under way";
  EXPECT_EQ(desk->waiting(), 5u);
}

TEST_F(key_desk_test, who_may_not_wait_is_postponed_to_the_soonest_recovery) {
  open(2, start + 30s);
  rest(1, start + 20s);
  const auto t = make("1");
  t.matter()->may_wait = false;
  t.matter()->attempts = 3;
  const auto steps = lend(t);
  ASSERT_EQ(text(steps), "postpone 1");
  EXPECT_EQ(steps[0].at, start + 20s);
}

TEST_F(key_desk_test, who_may_not_wait_hears_never_when_all_keys_are_dead) {
  open(2, start);
  for (const key_index i : {0u, 1u})
    rest(i, start + 1h, key_condition::dead);
  const auto t = make("1");
  t.matter()->may_wait = false;
  auto steps = lend(t);
  ASSERT_EQ(text(steps), "postpone 1");
  EXPECT_EQ(steps[0].at, time_point::max());
  desk->adopt(roster_of({gone, drains}, provider), now, random);
  steps = lend(t);
  ASSERT_EQ(text(steps), "postpone 1");
  EXPECT_EQ(steps[0].at, time_point::max());
}

TEST_F(key_desk_test, a_retried_call_waits_like_any_other) {
  open(1, start + 1s);
  const auto t = make("1");
  t.matter()->attempts = 3;
  EXPECT_EQ(text(lend(t)), "");
  EXPECT_EQ(desk->waiting(), 1u);
}

TEST_F(key_desk_test, waits_only_if_the_soonest_recovery_fits) {
  struct row {
    std::chrono::nanoseconds recovery, deadline;
    std::size_t waiting;
  };
  for (const auto& r : {
           row{60s, 10min, 1},
           row{60s + 1ns, 10min, 0},  // The provider's `waiting.time`.
           row{30s, 30s, 1},
           row{30s, 30s - 1ns, 0},
       }) {
    open(1, start + r.recovery);
    const auto t = make("1");
    t.matter()->deadline = start + r.deadline;
    const auto steps = lend(t);
    EXPECT_EQ(desk->waiting(), r.waiting);
    if (r.waiting > 0)
      continue;
    ASSERT_EQ(text(steps), "refuse 1");
    EXPECT_EQ(steps[0].why, errc::keys_cooling);
    EXPECT_EQ(steps[0].at, start + r.recovery);
    EXPECT_EQ(steps[0].ended, wait_end::none);
  }
}

TEST_F(key_desk_test, says_overloaded_and_until_when_if_the_line_is_full) {
  open(1, start + 5s, acme(2));
  lend("1");
  lend(make("2", 10, 0));
  auto steps = lend(make("3", 10, 0));
  ASSERT_EQ(text(steps), "refuse 3");
  EXPECT_EQ(steps[0].why, errc::overloaded);
  EXPECT_EQ(steps[0].at, start + 5s);
  EXPECT_EQ(steps[0].ended, wait_end::none) << "it never waited";
  steps = lend("4");
  ASSERT_EQ(text(steps), "refuse 2") << "the least important goes";
  EXPECT_EQ(steps[0].why, errc::overloaded);
  EXPECT_EQ(steps[0].ended, wait_end::shed);
}

TEST_F(key_desk_test, who_waited_too_long_hears_the_time_as_it_is_known_then) {
  open(1, start + 50s);
  lend("1");
  EXPECT_EQ(desk->next_sweep(now), start + 60s);
  now = start + 40s;
  rest(0, start + 2h);
  now = start + 60s;
  const auto steps = desk->sweep(now, random);
  ASSERT_EQ(text(steps), "refuse 1");
  EXPECT_EQ(steps[0].why, errc::keys_cooling);
  EXPECT_EQ(steps[0].at, start + 2h);
  EXPECT_EQ(steps[0].ended, wait_end::overdue);
  EXPECT_EQ(steps[0].waited_since, start);
}

TEST_F(key_desk_test, who_can_be_served_at_the_last_moment_is) {
  open(1, start + 60s);
  lend("1");
  now = start + 60s;
  EXPECT_EQ(text(desk->sweep(now, random)), "ask 1");
}

TEST_F(key_desk_test, who_waits_hears_at_once_that_all_keys_are_dead) {
  open(2, start + 5s);
  lend("1");
  EXPECT_EQ(text(rest(0, start + 1h, key_condition::dead)), "");
  const auto steps = rest(1, start + 1h, key_condition::dead);
  ASSERT_EQ(text(steps), "refuse 1");
  EXPECT_EQ(steps[0].why, errc::keys_dead);
  EXPECT_EQ(steps[0].ended, wait_end::dead);
  EXPECT_EQ(text(lend("2")), "refuse 2");
}

TEST_F(key_desk_test, who_waits_is_kept_when_the_keys_change) {
  open(2, start + 5s);
  lend("1");
  EXPECT_EQ(text(desk->adopt(roster_of({gone, gone}, provider), now, random)),
            "");
  EXPECT_EQ(desk->waiting(), 1u) << "the next roster may bring new keys";
  EXPECT_EQ(
      text(desk->adopt(roster_of({gone, gone, lends}, provider), now, random)),
      "ask 1");
}

TEST_F(key_desk_test, a_new_call_does_not_overtake_whom_the_key_could_serve) {
  open(1, start + 10s);
  lend("1");
  now = start + 10s;  // The key is past its time, and has not said so yet.
  EXPECT_EQ(text(lend("2")), "ask 1");
  EXPECT_EQ(text(granted(0, 1)), "ask 2");
}

TEST_F(key_desk_test, a_more_important_call_goes_first) {
  open(1, start + 10s);
  lend("1");
  now = start + 10s;
  EXPECT_EQ(text(lend(make("2", 10, priority_max))), "ask 2");
}

TEST_F(key_desk_test, a_small_call_passes_one_that_does_not_fit) {
  open(1, start + 10s);
  recover(0, 9, 40);
  auto big = make("big", 60);
  auto steps = lend(big);
  ASSERT_EQ(text(steps), "ask big") << "for the time only";
  big.matter()->soonest = start + 7s;
  steps = desk->decline(big, with_room(0, 9, 40), now, random);
  EXPECT_EQ(text(steps), "");
  EXPECT_EQ(desk->waiting(), 1u);
  EXPECT_EQ(text(lend("small")), "ask small");
  EXPECT_EQ(text(granted(0, 8)), "ask big") << "it has room for 1000 now";
}

TEST_F(key_desk_test, a_large_call_is_sent_when_its_time_has_come) {
  open(1, start + 10s);
  recover(0, 9, 40);
  auto big = make("big", 60);
  lend(big);
  big.matter()->soonest = start + 7s;
  desk->decline(big, with_room(0, 9, 40), now, random);
  EXPECT_EQ(desk->next_sweep(now), start + 7s);
  now = start + 7s - 1ns;
  EXPECT_EQ(text(desk->sweep(now, random)), "");
  now = start + 7s;
  EXPECT_EQ(text(desk->sweep(now, random)), "ask big");
}

TEST_F(key_desk_test, who_is_declined_returns_to_its_old_place) {
  open(2, start + 10s);
  const auto first = make("1");
  lend(first);
  lend("2");
  EXPECT_EQ(text(recover(0, 1)), "ask 1");
  key_standing changed;
  changed.condition = key_condition::cooling;
  changed.usable_at = start + 20s;
  EXPECT_EQ(text(desk->decline(first, changed, now, random)), "");
  EXPECT_EQ(text(recover(1, 1)), "ask 1");
}

TEST_F(key_desk_test, time_in_line_is_counted_from_the_first_arrival) {
  open(1, start + 10s);
  const auto t = make("1");
  lend(t);
  now = start + 10s;
  EXPECT_EQ(text(recover(0, 1)), "ask 1");
  key_standing again;
  again.condition = key_condition::cooling;
  again.usable_at = start + 59s;
  t.matter()->soonest = start + 59s;
  desk->decline(t, again, now, random);
  EXPECT_EQ(desk->waiting(), 1u);
  EXPECT_LE(desk->next_sweep(now), start + 60s);
}

TEST_F(key_desk_test, a_key_that_died_does_not_hold_its_room_for_ever) {
  open(1, start + 10s);
  recover(0, 1);
  EXPECT_EQ(text(lend("1")), "ask 1");
  recover(0, 1);  // The next incarnation announces itself.
  EXPECT_EQ(desk->ring().room(now), 0u) << "the call may be on its way";
  lend("2");
  lend("3");
  now = start + key_desk::patience;
  desk->sweep(now, random);
  EXPECT_GT(desk->ring().room(now), 0u);
}

TEST_F(key_desk_test, drops_whom_nobody_waits_for) {
  open(1, start + 10s);
  const auto t = make("1");
  lend(t);
  t.answer(errc::deadline_exceeded);
  const auto steps = recover(0, 1);
  ASSERT_EQ(text(steps), "forget 1");
  EXPECT_EQ(steps[0].ended, wait_end::left);
  EXPECT_EQ(text(lend(t)), "");
}

}  // namespace
}  // namespace troupe
