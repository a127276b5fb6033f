// The rules of a shard's brain, one by one, at their edges.

#include "actors/cache_shard/cache_keeper.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace troupe {
namespace {

using namespace std::chrono_literals;

class keeper_test : public ::testing::Test {
protected:
  static cache_key key(const std::string& name) {
    return {cache_space::completion, "tenant", name};
  }

  static cache_keeper_options roomy() {
    return {.bounds = {.entries_max = 1000, .bytes_max = 1 << 20},
            .waiting = {.leads_max = 10, .waiters_max = 4, .line_max = 3},
            .seed = 1};
  }

  cache_question ask(const std::string& name) {
    cache_question q;
    q.key = key(name);
    return q;
  }

  cache_question wish(const std::string& name, std::uint64_t lead_ms,
                      std::uint64_t wait_ms) {
    auto q = ask(name);
    q.lead_ms = lead_ms;
    q.wait_ms = wait_ms;
    return q;
  }

  cache_change put(const std::string& name, const std::string& value) {
    cache_change c;
    c.key = key(name);
    c.entry.value = shared_bytes{value};
    c.ttl_ms = 1000;
    return c;
  }

  cache_finding find(const cache_question& q) {
    const auto got = keeper.find(++number, {q}, now, out);
    EXPECT_TRUE(got) << "it waits";
    return got ? got->front() : cache_finding{};
  }

  /// The number under which the answer comes.
  std::uint64_t wait(const cache_question& q) {
    EXPECT_FALSE(keeper.find(++number, {q}, now, out)) << "it does not wait";
    return number;
  }

  cache_receipt change(const cache_change& c) {
    return keeper.change({c}, now, out).front();
  }

  /// What somebody who waited has heard.
  std::optional<cache_finding> heard(std::uint64_t by) {
    for (const auto& a : out.found)
      if (a.question == by)
        return a.findings.front();
    return std::nullopt;
  }

  cache_keeper keeper{roomy()};
  cache_keeper::outbox out;
  cache_keeper::time_point now{1h};
  std::uint64_t number = 0;
};

TEST_F(keeper_test, an_entry_is_fresh_then_stale_then_gone) {
  auto c = put("a", "x");
  c.stale_ms = 500;
  change(c);
  auto q = ask("a");
  now += 999ms;
  EXPECT_EQ(find(q).state, cache_state::fresh);
  EXPECT_EQ(find(q).age_ms, 999u);
  EXPECT_EQ(find(q).ttl_ms, 1u);
  now += 1ms;
  EXPECT_EQ(find(q).state, cache_state::absent);
  q.stale_is_good = true;
  EXPECT_EQ(find(q).state, cache_state::stale);
  now += 499ms;
  EXPECT_EQ(find(q).state, cache_state::stale);
  now += 1ms;
  EXPECT_EQ(find(q).state, cache_state::absent);
}

TEST_F(keeper_test, who_wants_a_younger_entry_does_not_get_this_one) {
  change(put("a", "x"));
  auto q = ask("a");
  q.max_age_ms = 100;
  now += 100ms;
  EXPECT_EQ(find(q).state, cache_state::fresh);
  now += 1ms;
  EXPECT_EQ(find(q).state, cache_state::absent);
  q.max_age_ms = 500;
  q.refresh = true;
  EXPECT_EQ(find(q).state, cache_state::absent);
}

TEST_F(keeper_test, one_leads_and_all_who_wait_get_what_it_brings) {
  const auto lead = find(wish("a", 100, 100));
  ASSERT_EQ(lead.state, cache_state::lead);
  const auto first = wait(wish("a", 100, 100));
  const auto second = wait(wish("a", 0, 50));
  const auto busy = find(wish("a", 100, 0));
  EXPECT_EQ(busy.state, cache_state::busy);
  EXPECT_EQ(busy.token, lead.token);
  auto c = put("a", "x");
  c.token = lead.token;
  EXPECT_EQ(change(c).outcome, cache_outcome::done);
  for (const auto who : {first, second}) {
    ASSERT_TRUE(heard(who));
    EXPECT_EQ(heard(who)->state, cache_state::fresh);
    EXPECT_EQ(heard(who)->entry.value.view(), "x");
  }
  EXPECT_EQ(change(c).outcome, cache_outcome::lead_lost)
      << "the token is spent";
}

TEST_F(keeper_test, the_first_who_wants_to_leads_when_the_leader_does_not) {
  const auto lead = find(wish("a", 100, 0));
  const auto patient = wait(wish("a", 0, 500));
  const auto eager = wait(wish("a", 100, 500));
  cache_change c;
  c.key = key("a");
  c.verb = cache_verb::yield;
  c.token = lead.token;
  EXPECT_EQ(change(c).outcome, cache_outcome::done);
  EXPECT_FALSE(heard(patient)) << "he waits for the next";
  ASSERT_TRUE(heard(eager));
  EXPECT_EQ(heard(eager)->state, cache_state::lead);
  EXPECT_NE(heard(eager)->token, lead.token);
  now += 100ms;
  keeper.sweep(now, out);
  ASSERT_TRUE(heard(patient)) << "nobody is left who would lead";
  EXPECT_EQ(heard(patient)->state, cache_state::absent);
}

TEST_F(keeper_test, a_wait_ends_with_its_time) {
  const auto lead = find(wish("a", 1000, 0));
  const auto waiting = wait(wish("a", 100, 30));
  EXPECT_EQ(keeper.next_call(), now + 30ms);
  now += 29ms;
  keeper.sweep(now, out);
  EXPECT_FALSE(heard(waiting));
  now += 1ms;
  keeper.sweep(now, out);
  ASSERT_TRUE(heard(waiting));
  EXPECT_EQ(heard(waiting)->state, cache_state::busy);
  EXPECT_EQ(heard(waiting)->token, lead.token);
}

TEST_F(keeper_test, a_stale_entry_is_given_at_once_while_another_leads) {
  auto c = put("a", "old");
  c.stale_ms = 1000;
  change(c);
  now += 1s;
  auto q = wish("a", 100, 100);
  q.stale_is_good = true;
  EXPECT_EQ(find(q).state, cache_state::lead) << "somebody has to compute";
  EXPECT_EQ(find(q).state, cache_state::stale);
  q.refresh = true;
  wait(q);
}

TEST_F(keeper_test, a_full_line_says_busy_at_once) {
  find(wish("a", 100, 0));
  for (int i = 0; i < 3; ++i)
    wait(wish("a", 100, 100));
  EXPECT_EQ(find(wish("a", 100, 100)).state, cache_state::busy) << "one key";
  find(wish("b", 100, 0));
  wait(wish("b", 100, 100));
  EXPECT_EQ(find(wish("b", 100, 100)).state, cache_state::busy) << "in all";
}

TEST_F(keeper_test, who_asks_twice_in_one_question_does_not_wait_for_himself) {
  const auto q = wish("a", 100, 100);
  const auto got = keeper.find(1, {q, q}, now, out);
  ASSERT_TRUE(got);
  EXPECT_EQ((*got)[0].state, cache_state::lead);
  EXPECT_EQ((*got)[1].state, cache_state::busy);
}

TEST_F(keeper_test, what_was_begun_before_a_removal_or_a_purge_is_refused) {
  for (const auto* how : {"remove", "pattern", "exact", "tag"}) {
    const auto lead = find(wish(how, 100, 0));
    ASSERT_EQ(lead.state, cache_state::lead) << how;
    cache_purge p;
    p.space = cache_space::completion;
    p.tenant = "tenant";
    if (how == std::string{"remove"}) {
      cache_change c;
      c.key = key(how);
      c.verb = cache_verb::remove;
      change(c);
    } else {
      (how == std::string{"tag"} ? p.tag : p.pattern) = how;
      if (how == std::string{"pattern"})
        p.pattern += '*';
      keeper.purge(++number, p, now, out);
    }
    auto c = put(how, "old");
    c.token = lead.token;
    c.entry.tags = {"tag"};
    EXPECT_EQ(change(c).outcome, cache_outcome::lead_lost) << how;
    EXPECT_EQ(find(ask(how)).state, cache_state::absent) << how;
    auto later = put(how, "new");
    EXPECT_EQ(change(later).outcome, cache_outcome::done) << how;
  }
}

TEST_F(keeper_test, a_change_without_a_token_ends_the_lead_of_another) {
  const auto lead = find(wish("a", 100, 0));
  const auto waiting = wait(wish("a", 0, 100));
  EXPECT_EQ(change(put("a", "theirs")).outcome, cache_outcome::done);
  EXPECT_EQ(heard(waiting)->entry.value.view(), "theirs");
  auto c = put("a", "mine");
  c.token = lead.token;
  EXPECT_EQ(change(c).outcome, cache_outcome::lead_lost);
}

TEST_F(keeper_test, what_is_too_large_is_told_to_those_who_wait_and_not_kept) {
  const auto lead = find(wish("a", 100, 0));
  const auto waiting = wait(wish("a", 100, 100));
  auto c = put("a", std::string(1 << 20, 'x'));
  c.token = lead.token;
  EXPECT_EQ(change(c).outcome, cache_outcome::too_large);
  ASSERT_TRUE(heard(waiting));
  EXPECT_EQ(heard(waiting)->entry.value.size(), 1u << 20);
  EXPECT_EQ(find(ask("a")).state, cache_state::absent);
}

TEST_F(keeper_test, a_tenant_over_its_bound_loses_its_own_least_used) {
  keeper.adopt({.entries_max = 1000,
                .bytes_max = 1 << 20,
                .tenant_entries_max = 2,
                .tenant_bytes_max = 0});
  auto other = put("other", "x");
  other.key.tenant = "another";
  change(other);
  change(put("a", "x"));
  change(put("b", "x"));
  find(ask("a"));
  change(put("c", "x"));
  EXPECT_EQ(find(ask("b")).state, cache_state::absent);
  EXPECT_EQ(find(ask("a")).state, cache_state::fresh);
  auto q = ask("other");
  q.key.tenant = "another";
  EXPECT_EQ(find(q).state, cache_state::fresh);
}

TEST_F(keeper_test, smaller_bounds_make_the_least_used_go) {
  auto plain = roomy();
  plain.retention = make_lru;
  keeper = cache_keeper{plain};
  for (const auto* name : {"a", "b", "c"})
    change(put(name, "x"));
  find(ask("a"));
  keeper.adopt({.entries_max = 2, .bytes_max = 1 << 20});
  EXPECT_EQ(find(ask("b")).state, cache_state::absent);
  EXPECT_EQ(find(ask("a")).state, cache_state::fresh);
  change(put("d", "x"));
  EXPECT_EQ(find(ask("c")).state, cache_state::absent);
}

TEST_F(keeper_test, a_flood_of_purges_refuses_what_it_cannot_judge) {
  const auto lead = find(wish("a", 1000, 0));
  for (std::size_t i = 0; i <= purge_book::past_max; ++i)
    keeper.purge(++number,
                 {.space = cache_space::completion,
                  .tenant = "tenant",
                  .every_tenant = false,
                  .pattern = "x*",
                  .tag = {}},
                 now, out);
  auto c = put("a", "x");
  c.token = lead.token;
  EXPECT_EQ(change(c).outcome, cache_outcome::lead_lost);
}

TEST_F(keeper_test, nonsense_from_another_node_is_harmless) {
  auto q = ask("a");
  q.key.space = static_cast<cache_space>(200);
  EXPECT_EQ(find(q).state, cache_state::absent);
  auto c = put("a", "x");
  c.key.space = static_cast<cache_space>(200);
  EXPECT_EQ(change(c).outcome, cache_outcome::lost);
  EXPECT_EQ(keeper.entries().statistics(q.key.space, {}).entries, 0u);
  auto forever = put("a", "x");
  forever.ttl_ms = forever.stale_ms = ~std::uint64_t{0};
  change(forever);
  auto long_wait = wish("b", ~std::uint64_t{0}, ~std::uint64_t{0});
  find(long_wait);
  wait(long_wait);
  EXPECT_EQ(find(ask("a")).state, cache_state::fresh);
}

TEST_F(keeper_test, counts_by_space_and_by_tenant) {
  change(put("a", "x"));
  find(ask("a"));
  find(ask("b"));
  const auto of = [&](const std::string& tenant) {
    return keeper.entries().statistics(cache_space::completion, tenant);
  };
  for (const auto* tenant : {"", "tenant"}) {
    EXPECT_EQ(of(tenant).entries, 1u);
    EXPECT_EQ(of(tenant).hits, 1u);
    EXPECT_EQ(of(tenant).misses, 1u);
  }
  EXPECT_EQ(of("another").hits, 0u);
}

}  // namespace
}  // namespace troupe
