// What the actors add to their brains: messages, time, deaths, and counting. A
// desk in front of real shards, and of shards that do not answer.

#include "actors/cache_desk/cache_desk.hpp"
#include "actors/cache_shard/cache_shard.hpp"
#include "tests/support/actor_test.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe {
namespace {

using namespace std::chrono_literals;

/// Hears what it is asked and says nothing.
struct silence {
  struct heard {
    caf::actor desk;
    std::uint64_t number = 0;
  };
  std::vector<heard> finds;
  std::vector<cache_change> changes;
};

cache_shard_actor::behavior_type silent_shard(cache_shard_actor::pointer,
                                              std::shared_ptr<silence> to) {
  return {
      [to](atom::find, const caf::actor& desk, std::uint64_t number,
           const cache_questions&) {
        to->finds.push_back({desk, number});
      },
      [to](atom::keep, const caf::actor&, std::uint64_t,
           const cache_changes& c) {
        to->changes.insert(to->changes.end(), c.begin(), c.end());
      },
      [](atom::purge, const caf::actor&, std::uint64_t, const cache_purge&) {},
      [](atom::status, cache_space, const std::string&) {
        return cache_statistics{.entries = 5};
      },
      [](atom::adopt, const settings_ptr&) {},
      [](atom::sweep) {},
  };
}

class cache_desk_test : public testing::actor_test {
protected:
  template <class T>
  using answer = std::shared_ptr<std::optional<caf::expected<T>>>;

  void start(std::uint32_t shards, std::size_t open_max = 100) {
    settings.shards = shards;
    at.resize(shards);
    for (std::size_t i = 0; i < shards; ++i) {
      gauges.push_back(
          std::make_shared<cache_gauges>(cache_metrics_of(catalog)));
      at[i].replace(start_shard(i));
    }
    start_desk(open_max);
  }

  void start_silent() {
    at.resize(1);
    at[0].replace(spawn(silent_shard, heard));
    start_desk(3);
  }

  void start_desk(std::size_t open_max) {
    desk = spawn(
        cache_desk,
        cache_desk_deps{std::make_shared<const cache_directory>(
                            std::vector<cache_directory::member>{{"here", at}}),
                        open_max});
  }

  cache_shard_actor start_shard(std::size_t number) {
    return spawn(cache_shard,
                 cache_shard_deps{settings, cache_metrics_of(catalog),
                                  gauges[number], ++seed});
  }

  static cache_key key(const std::string& name) {
    return {cache_space::application, "t", name};
  }

  static cache_question ask_for(const std::string& name,
                                std::uint64_t lead_ms = 0,
                                std::uint64_t wait_ms = 0) {
    cache_question q;
    q.key = key(name);
    q.lead_ms = lead_ms;
    q.wait_ms = wait_ms;
    return q;
  }

  static cache_change put(const std::string& name, const std::string& value) {
    cache_change c;
    c.key = key(name);
    c.entry.value = shared_bytes{value};
    c.ttl_ms = 60'000;
    return c;
  }

  template <class Ticket, class Answer, class Atom, class Matter>
  answer<Answer> send(Atom verb, Matter matter) {
    auto to = std::make_shared<std::optional<caf::expected<Answer>>>();
    Ticket t{std::move(matter), [to](caf::expected<Answer>&& x) {
               *to = std::move(x);
             }};
    caf::anon_send(desk, verb, std::move(t));
    settle();
    return to;
  }

  answer<cache_findings> find(cache_questions q) {
    return send<find_ticket, cache_findings>(atom::find_v, std::move(q));
  }
  answer<cache_receipts> change(cache_changes c) {
    return send<keep_ticket, cache_receipts>(atom::keep_v, std::move(c));
  }
  answer<cache_receipt> purge(cache_purge p) {
    return send<purge_ticket, cache_receipt>(atom::purge_v, std::move(p));
  }

  double counted(const std::string& operation) {
    return catalog
        .counter(metric::cache_operations_total, {"application", operation})
        .Value();
  }
  double held() {
    return catalog.gauge(metric::cache_entries, {"application"}).Value();
  }

  config::cache_settings settings;
  prometheus::Registry registry;
  metric_catalog catalog{registry};
  std::vector<address<cache_shard_actor>> at;
  std::vector<std::shared_ptr<cache_gauges>> gauges;
  std::shared_ptr<silence> heard = std::make_shared<silence>();
  cache_desk_actor desk;
  std::uint64_t seed = 0;
};

TEST_F(cache_desk_test, answers_for_many_shards_in_the_order_of_the_question) {
  start(8);
  cache_changes changes;
  cache_questions questions;
  for (int i = 0; i < 50; ++i) {
    if (i % 3 != 0)
      changes.push_back(put("k" + std::to_string(i), std::to_string(i)));
    questions.push_back(ask_for("k" + std::to_string(i)));
  }
  const auto kept = change(changes);
  ASSERT_TRUE(*kept && **kept);
  for (const auto& r : ***kept)
    EXPECT_EQ(r.outcome, cache_outcome::done);
  const auto found = find(questions);
  ASSERT_TRUE(*found && **found);
  for (std::size_t i = 0; i < 50; ++i) {
    const auto& f = (***found)[i];
    if (i % 3 != 0) {
      EXPECT_EQ(f.entry.value.view(), std::to_string(i));
    } else {
      EXPECT_EQ(f.state, cache_state::absent);
    }
  }
  EXPECT_EQ(held(), 33);
  EXPECT_EQ(counted("keep"), 33);
  EXPECT_EQ(counted("hit"), 33);
  EXPECT_EQ(counted("miss"), 17);
  const auto sum = ask<cache_statistics>(
      desk, atom::status_v, cache_space::application, std::string{"t"});
  EXPECT_EQ(sum->entries, 33u);
  EXPECT_EQ(sum->hits, 33u);
}

TEST_F(cache_desk_test, a_purge_reaches_all_shards_and_counts) {
  start(4);
  settings.max_entries = 10'000;
  cache_changes changes;
  for (int i = 0; i < 200; ++i)
    changes.push_back(put((i % 2 == 0 ? "a" : "b") + std::to_string(i), "x"));
  change(changes);
  const auto done = purge({.space = cache_space::application,
                           .tenant = "t",
                           .every_tenant = false,
                           .pattern = "a*",
                           .tag = {}});
  ASSERT_TRUE(*done && **done);
  EXPECT_EQ((**done)->outcome, cache_outcome::done);
  EXPECT_EQ((**done)->count, 100u);
  EXPECT_EQ(held(), 100);
  EXPECT_EQ(counted("purge"), 100);
}

TEST_F(cache_desk_test, those_who_wait_hear_when_the_entry_comes) {
  start(2);
  const auto lead = find({ask_for("a", 1000, 1000)});
  ASSERT_EQ((**lead)->front().state, cache_state::lead);
  const auto waiting = find({ask_for("a", 1000, 1000)});
  EXPECT_FALSE(*waiting);
  auto c = put("a", "x");
  c.token = (**lead)->front().token;
  change({c});
  ASSERT_TRUE(*waiting);
  EXPECT_EQ((**waiting)->front().entry.value.view(), "x");
}

TEST_F(cache_desk_test, a_lead_ends_with_its_time_and_the_next_one_leads) {
  start(1);
  find({ask_for("a", 5000, 0)});
  const auto waiting = find({ask_for("a", 1000, 60'000)});
  advance(4999ms);
  EXPECT_FALSE(*waiting);
  advance(1ms);
  ASSERT_TRUE(*waiting);
  EXPECT_EQ((**waiting)->front().state, cache_state::lead);
}

TEST_F(cache_desk_test, entries_go_by_themselves_when_their_time_is_over) {
  start(1);
  change({put("a", "x")});
  EXPECT_EQ(held(), 1);
  advance(59s);
  EXPECT_EQ(held(), 1);
  advance(3s);
  EXPECT_EQ(held(), 0);
  EXPECT_EQ(counted("expire"), 1);
  EXPECT_FALSE(clock().has_pending_timeout()) << "an empty shard has no timer";
}

TEST_F(cache_desk_test, a_shard_that_dies_answers_those_who_wait_at_it) {
  start(1);
  change({put("kept", "x")});
  find({ask_for("a", 1000, 0)});
  const auto waiting = find({ask_for("a", 1000, 60'000)});
  caf::anon_send_exit(at[0].current(), caf::exit_reason::kill);
  settle();
  ASSERT_TRUE(*waiting);
  EXPECT_EQ((**waiting)->front().state, cache_state::absent);
  const auto nobody = find({ask_for("kept")});
  ASSERT_TRUE(*nobody);
  EXPECT_EQ((**nobody)->front().state, cache_state::absent);
  EXPECT_EQ((**change({put("a", "x")}))->front().outcome, cache_outcome::lost);
  at[0].replace(start_shard(0));
  EXPECT_EQ(held(), 0) << "what the dead one held is given back";
  EXPECT_EQ((**change({put("a", "x")}))->front().outcome, cache_outcome::done);
  EXPECT_EQ((**find({ask_for("a")}))->front().state, cache_state::fresh);
}

TEST_F(cache_desk_test, one_dead_shard_of_many_costs_only_its_own_keys) {
  start(4);
  cache_changes changes;
  cache_questions questions;
  for (int i = 0; i < 40; ++i) {
    changes.push_back(put(std::to_string(i), "x"));
    questions.push_back(ask_for(std::to_string(i)));
  }
  change(changes);
  caf::anon_send_exit(at[2].current(), caf::exit_reason::kill);
  settle();
  const auto found = find(questions);
  ASSERT_TRUE(*found && **found);
  std::size_t fresh = 0;
  for (const auto& f : ***found)
    fresh += f.state == cache_state::fresh;
  EXPECT_GT(fresh, 20u);
  EXPECT_LT(fresh, 40u);
  EXPECT_EQ((**purge({.space = cache_space::application,
                      .tenant = "t",
                      .every_tenant = false,
                      .pattern = "*",
                      .tag = {}}))
                ->outcome,
            cache_outcome::lost);
}

TEST_F(cache_desk_test, a_full_desk_says_so) {
  start_silent();
  for (int i = 0; i < 3; ++i)
    find({ask_for("a")});
  const auto refused = find({ask_for("a")});
  ASSERT_TRUE(*refused);
  EXPECT_EQ(code_of(**refused), errc::overloaded);
}

TEST_F(cache_desk_test, nobody_waits_for_a_shard_that_does_not_answer) {
  start_silent();
  const auto quick = find({ask_for("a")});
  const auto patient = find({ask_for("a", 0, 5000)});
  const auto kept = change({put("a", "x")});
  advance(999ms);
  EXPECT_FALSE(*quick);
  advance(1s);
  ASSERT_TRUE(*quick && *kept);
  EXPECT_EQ((**quick)->front().state, cache_state::absent);
  EXPECT_EQ((**kept)->front().outcome, cache_outcome::lost);
  EXPECT_FALSE(*patient);
  advance(5s);
  EXPECT_TRUE(*patient);
  advance(20s);
  EXPECT_FALSE(clock().has_pending_timeout()) << "what is late is forgotten";
}

TEST_F(cache_desk_test, a_lead_that_comes_too_late_is_given_back) {
  start_silent();
  find({ask_for("a", 1000)});
  advance(2s);
  cache_finding f;
  f.state = cache_state::lead;
  f.token = 77;
  ASSERT_EQ(heard->finds.size(), 1u);
  for (int i = 0; i < 2; ++i) {
    caf::anon_send(desk, atom::found_v, heard->finds[0].number,
                   cache_findings{f});
    settle();
  }
  ASSERT_EQ(heard->changes.size(), 1u) << "and no stranger's answer counts";
  EXPECT_EQ(heard->changes[0].verb, cache_verb::yield);
  EXPECT_EQ(heard->changes[0].token, 77u);
  EXPECT_EQ(heard->changes[0].key, key("a"));
}

TEST_F(cache_desk_test, a_lead_for_somebody_who_has_left_is_given_back) {
  start(1);
  find({ask_for("a", 1000, 0)});
  auto to = std::make_shared<int>(0);
  const find_ticket t{{ask_for("a", 60'000, 60'000)},
                      [to](caf::expected<cache_findings>&&) {
                        ++*to;
                      }};
  caf::anon_send(desk, atom::find_v, t);
  settle();
  t.answer(errc::deadline_exceeded);
  advance(1s);
  EXPECT_EQ(*to, 1);
  EXPECT_EQ((**find({ask_for("a", 1000, 0)}))->front().state, cache_state::lead)
      << "its lead would have lasted for a minute";
}

}  // namespace
}  // namespace troupe
