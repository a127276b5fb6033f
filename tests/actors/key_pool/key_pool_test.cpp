// What the actor adds to its desk: messages, time, counting, and its death.
//
// Keys and the router are doubles (doubles.hpp): a key lends while it has room,
// as the test says, and the router remembers whom it was handed back.

#include "actors/key_pool/key_pool.hpp"
#include "tests/actors/key_pool/doubles.hpp"
#include "tests/actors/key_pool/rosters.hpp"
#include "tests/support/actor_test.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using testing::acme;
using testing::key_script;
using testing::postponed_call;
using testing::recording_router;
using testing::roster_of;
using testing::scripted_key;
using enum key_roster::duty;

class key_pool_test : public testing::actor_test {
protected:
  using answer = std::shared_ptr<std::optional<caf::expected<lease>>>;

  void start(std::size_t keys,
             std::shared_ptr<config::provider_settings> p = acme()) {
    provider = std::move(p);
    auto made = roster_of(keys, provider);
    for (key_index i = 0; i < keys; ++i)
      made->places[i].at = start_key();
    roster = std::move(made);
    router_at.replace(spawn(recording_router, postponed));
    start_pool();
  }

  address<api_key_actor> start_key() {
    scripts.push_back(std::make_shared<key_script>());
    scripts.back()->standing.index = static_cast<key_index>(scripts.size() - 1);
    address<api_key_actor> at;
    at.replace(spawn(scripted_key, scripts.back(), pool_at));
    return at;
  }

  void start_pool() {
    pool_at.replace(
        spawn(key_pool,
              key_pool_deps{.roster = roster,
                            .router = router_at,
                            .metrics = key_pool_metrics_of(catalog, *provider),
                            .seed = 1}));
  }

  void rest(key_index i, caf::timespan by,
            key_condition how = key_condition::spent) {
    scripts[i]->standing.condition = how;
    scripts[i]->standing.usable_at = now() + by;
    announce(i);
  }

  void recover(key_index i, std::uint32_t calls) {
    scripts[i]->standing.condition = key_condition::usable;
    scripts[i]->standing.calls_free = calls;
    announce(i);
  }

  void announce(key_index i) {
    scripts[i]->standing.after_lend = false;
    caf::anon_send(pool_at.current(), atom::stand_v, scripts[i]->standing);
    settle();
  }

  static call_ptr make_call() {
    auto c = std::make_shared<call>();
    c->tokens_estimated = 10;
    c->may_wait = true;
    return c;
  }

  answer ask_pool(const call_ptr& c = make_call()) {
    auto to = std::make_shared<std::optional<caf::expected<lease>>>();
    const call_ticket t{c, [to](caf::expected<lease>&& x) {
                          *to = std::move(x);
                        }};
    caf::anon_send(pool_at.current(), atom::lend_v, t);
    settle();
    return to;
  }

  void adopt_roster(roster_ptr next) {
    roster = std::move(next);
    caf::anon_send(pool_at.current(), atom::adopt_v, roster);
    settle();
  }

  static errc error_in(const answer& a) {
    return *a ? code_of(**a) : errc::none;
  }

  static std::uint64_t wait_in(const answer& a) {
    return (*a)->error().context().get_as<std::uint64_t>(0);
  }

  std::string shown() {
    std::string result;
    const auto keys =
        ask<std::vector<key_status>>(pool_at.current(), atom::status_v);
    for (const auto& k : *keys)
      result += k.key + " " + k.condition + " " + std::to_string(k.in_flight)
                + " " + std::to_string(k.usable_in_ms) + "\n";
    return result;
  }

  /// The value of one exported line, or -1.
  double exported(const std::string& line) {
    const auto text =
        prometheus::TextSerializer{}.Serialize(registry.Collect());
    const auto at = text.find("\n" + line + " ");
    return at == std::string::npos
               ? -1
               : std::stod(text.substr(at + line.size() + 2));
  }

  double waits_that(const std::string& end) {
    return exported("troupe_key_pool_waits_total{end=\"" + end
                    + "\",provider=\"acme\"}");
  }

  std::shared_ptr<config::provider_settings> provider;
  roster_ptr roster;
  std::vector<std::shared_ptr<key_script>> scripts;
  std::shared_ptr<std::vector<postponed_call>> postponed =
      std::make_shared<std::vector<postponed_call>>();
  prometheus::Registry registry;
  metric_catalog catalog{registry};
  address<router_actor> router_at;
  address<key_pool_actor> pool_at;
};

TEST_F(key_pool_test, spreads_calls_that_come_before_any_key_was_heard_of) {
  start(2);
  const auto first = ask_pool();
  const auto second = ask_pool();
  EXPECT_NE((**first)->key, (**second)->key);
}

TEST_F(key_pool_test, asks_again_who_declined_an_earlier_attempt) {
  start(2);
  const auto c = make_call();
  c->declined = {0, 1};
  EXPECT_TRUE(**ask_pool(c));
}

TEST_F(key_pool_test, tries_the_next_key_when_one_declines) {
  start(2);
  for (const auto& s : scripts)
    s->standing.tokens_free = 15;
  EXPECT_TRUE(**ask_pool());
  EXPECT_TRUE(**ask_pool());
  EXPECT_EQ(scripts[0]->standing.in_flight, 1u);
  EXPECT_EQ(scripts[1]->standing.in_flight, 1u);
}

TEST_F(key_pool_test, says_when_the_soonest_key_recovers) {
  start(2);
  rest(0, 90s);
  rest(1, 80s);
  const auto refused = ask_pool();
  ASSERT_EQ(error_in(refused), errc::keys_cooling);
  EXPECT_EQ(wait_in(refused), 80'000u);
  EXPECT_EQ(
      exported(
          R"(troupe_key_pool_refusals_total{provider="acme",reason="keys_cooling"})"),
      1);
}

TEST_F(key_pool_test, says_so_when_every_key_is_refused) {
  start(2);
  rest(0, 10min, key_condition::dead);
  rest(1, 10min, key_condition::dead);
  EXPECT_EQ(error_in(ask_pool()), errc::keys_dead);
  EXPECT_EQ(
      exported(
          R"(troupe_key_pool_refusals_total{provider="acme",reason="keys_dead"})"),
      1);
}

TEST_F(key_pool_test, who_may_not_wait_goes_back_to_the_router) {
  start(1);
  rest(0, 30s);
  const auto c = make_call();
  c->may_wait = false;
  const auto got = ask_pool(c);
  EXPECT_FALSE(*got);
  ASSERT_EQ(postponed->size(), 1u);
  EXPECT_EQ(postponed->front().ticket.matter(), c);
  EXPECT_EQ(postponed->front().until, now() + 30s);
}

TEST_F(key_pool_test, who_waits_is_served_when_a_key_recovers) {
  start(1);
  rest(0, 30s);
  const auto first = ask_pool();
  const auto second = ask_pool();
  EXPECT_EQ(exported(R"(troupe_key_pool_waiting{provider="acme"})"), 2);
  advance(29s);
  EXPECT_FALSE(*first);
  recover(0, 1);
  EXPECT_TRUE(**first);
  EXPECT_FALSE(*second);
  EXPECT_EQ(scripts[0]->declined, 0u) << "one slot moves one call";
  EXPECT_EQ(exported(R"(troupe_key_pool_waiting{provider="acme"})"), 1);
  EXPECT_EQ(waits_that("asked"), 1);
  EXPECT_EQ(exported(R"(troupe_key_pool_wait_seconds_sum{provider="acme"})"),
            29);
}

TEST_F(key_pool_test, a_burst_of_room_costs_no_detour) {
  start(1);
  rest(0, 30s);
  std::vector<answer> answers;
  for (int i = 0; i < 200; ++i)
    answers.push_back(ask_pool());
  recover(0, 60);
  const auto served = std::count_if(answers.begin(), answers.end(),
                                    [](const answer& a) { return !!*a; });
  EXPECT_EQ(served, 60);
  EXPECT_EQ(scripts[0]->asked, 60u);
}

TEST_F(key_pool_test, who_waited_too_long_is_told_with_one_timer_out) {
  start(1);
  rest(0, 50s);
  std::vector<answer> answers;
  for (int i = 0; i < 10; ++i)
    answers.push_back(ask_pool());
  const auto hurried = make_call();
  hurried->deadline = now() + 50s;
  answers.push_back(ask_pool(hurried));
  EXPECT_EQ(clock().schedule().size(), 1u);
  rest(0, 1h);
  advance(50s + key_pool_state::sweep_step);
  EXPECT_EQ(error_in(answers.back()), errc::keys_cooling);
  EXPECT_FALSE(*answers.front());
  EXPECT_EQ(clock().schedule().size(), 1u);
  advance(10s);
  for (const auto& a : answers)
    EXPECT_EQ(error_in(a), errc::keys_cooling);
  EXPECT_EQ(wait_in(answers.front()), 3'540'000u) << "as it is known then";
  EXPECT_EQ(waits_that("overdue"), 11);
  advance(key_pool_state::sweep_step);
  EXPECT_TRUE(clock().schedule().empty()) << "nobody waits: no timer";
}

TEST_F(key_pool_test, a_full_line_answers_and_says_how_long) {
  start(1, acme(2));
  rest(0, 30s);
  ask_pool();
  ask_pool();
  const auto refused = ask_pool();
  ASSERT_EQ(error_in(refused), errc::overloaded);
  EXPECT_EQ(wait_in(refused), 30'000u);
  EXPECT_EQ(
      exported(
          R"(troupe_key_pool_refusals_total{provider="acme",reason="overloaded"})"),
      1);
}

TEST_F(key_pool_test, its_death_answers_everybody_in_line) {
  start(1);
  rest(0, 30s);
  std::vector<answer> answers;
  for (int i = 0; i < 100; ++i)
    answers.push_back(ask_pool());
  caf::anon_send_exit(pool_at.current(), caf::exit_reason::kill);
  settle();
  for (const auto& a : answers)
    EXPECT_EQ(error_in(a), errc::actor_lost);
  start_pool();
  EXPECT_EQ(exported(R"(troupe_key_pool_waiting{provider="acme"})"), 0);
}

TEST_F(key_pool_test, a_timer_of_a_dead_pool_does_no_harm) {
  start(1);
  rest(0, 30s);
  ask_pool();
  caf::anon_send_exit(pool_at.current(), caf::exit_reason::kill);
  settle();
  start_pool();
  advance(1min);
  recover(0, 1);
  EXPECT_TRUE(**ask_pool());
}

TEST_F(key_pool_test, a_new_pool_learns_from_keys_that_decline) {
  start(2);
  for (const key_index i : {0u, 1u}) {
    rest(i, 90s, key_condition::cooling);
    scripts[i]->soonest = now() + 90s;
  }
  start_pool();
  EXPECT_EQ(shown(), "acme-1 usable 0 0\nacme-2 usable 0 0\n")
      << "it does not know better yet";
  EXPECT_EQ(error_in(ask_pool()), errc::keys_cooling);
  EXPECT_EQ(shown(), "acme-1 cooling 0 90000\nacme-2 cooling 0 90000\n");
}

TEST_F(key_pool_test, a_new_roster_serves_those_who_wait) {
  start(1);
  rest(0, 30s);
  const auto got = ask_pool();
  auto next = std::make_shared<key_roster>(*roster);
  next->places[0].on = gone;
  next->places.push_back({key_id{"acme-2"}, start_key(), lends});
  adopt_roster(next);
  EXPECT_EQ((**got)->key, key_id{"acme-2"});
}

TEST_F(key_pool_test, a_key_that_drains_lends_no_more_and_is_shown_as_such) {
  start(2);
  rest(0, 15s, key_condition::cooling);
  ask_pool();
  auto next = std::make_shared<key_roster>(*roster);
  next->places[1].on = drains;
  adopt_roster(next);
  EXPECT_EQ(shown(), "acme-1 cooling 0 15000\nacme-2 draining 1 0\n");
  EXPECT_FALSE(*ask_pool()) << "waits for the first";
  next = std::make_shared<key_roster>(*next);
  next->places[1].on = gone;
  adopt_roster(next);
  EXPECT_EQ(shown(), "acme-1 cooling 0 15000\n");
}

TEST_F(key_pool_test, drops_tickets_nobody_waits_for) {
  start(1);
  const call_ticket t{make_call(), [](auto&&) {
                      }};
  t.answer(errc::deadline_exceeded);
  caf::anon_send(pool_at.current(), atom::lend_v, t);
  settle();
  EXPECT_EQ(scripts[0]->asked, 0u);
}

}  // namespace
}  // namespace troupe
