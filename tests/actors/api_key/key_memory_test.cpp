// What a key's next incarnation still knows, and what changes under a living
// one.

#include "tests/support/call_test.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;

class key_memory_test : public testing::call_test {
protected:
  // Nobody stands in line: what the key declines is refused.
  key_memory_test() : call_test(1) { provider->waiting.calls = 0; }

  /// Asks the key itself, past the pool.
  answer lend(std::uint64_t tokens = 10) {
    auto c = make_call();
    c->tokens_estimated = tokens;
    auto to = no_answer();
    caf::anon_send(keys_at[0].current(), atom::lend_v, ticket_for(c, to));
    settle();
    return to;
  }

  /// Whether the key lends one call, which is given back with that fault.
  bool lends(fault f = fault::none) {
    const auto got = lend();
    if (!*got || !**got)
      return false;
    give_back(***got, f);
    return true;
  }

  void die_and_come_back() {
    kill(keys_at[0]);
    start_key(0);
    settle();
  }

  void tell(const lease& l, const limit_reading& requests) {
    limit_readings told;
    told.of[static_cast<std::size_t>(limit_kind::requests)] = requests;
    told.at = now();
    caf::anon_send(l.settle_with, atom::learn_v, l.id,
                   std::make_shared<const limit_readings>(told));
    settle();
  }

  void adopt(const config::provider_settings& p, std::string secret) {
    key_brief brief;
    brief.provider = std::make_shared<config::provider_settings>(p);
    brief.entry = {key_id{"acme-1"}, std::move(secret)};
    caf::anon_send(keys_at[0].current(), atom::adopt_v, brief);
    settle();
  }

  std::string condition() { return status()[0].condition; }

  static std::string line(const std::string& metric) {
    return metric + R"({key="acme-1",provider="acme"})";
  }
};

TEST_F(key_memory_test, remembers_what_minute_hour_and_day_have_spent) {
  struct row {
    config::key_limits limits;
    std::chrono::nanoseconds length;
  };
  for (const auto& [limits, length] :
       {row{{.rpm = 3}, 1min}, row{{.rph = 3}, 1h}, row{{.rpd = 3}, 24h}}) {
    provider->limits = limits;
    memories.clear();
    start();
    EXPECT_TRUE(lends());
    die_and_come_back();
    EXPECT_TRUE(lends());
    EXPECT_TRUE(lends());
    die_and_come_back();
    EXPECT_FALSE(lends());
    advance(length - 1ms);
    EXPECT_FALSE(lends());
    advance(1ms);
    EXPECT_TRUE(lends());
  }
}

TEST_F(key_memory_test, what_the_dead_one_held_in_tokens_is_spent) {
  provider->limits = {.tpm = 100};
  start();
  ASSERT_TRUE(**lend(90));
  die_and_come_back();
  EXPECT_FALSE(**lend(20));
  EXPECT_EQ(status()[0].in_flight, 0u) << "its leases are forgotten";
  advance(1min);
  EXPECT_TRUE(**lend(100));
}

TEST_F(key_memory_test, what_the_provider_told_holds_for_the_next_one) {
  start();
  tell(***lend(), {.limit = 60, .remaining = 0, .reset = 60s});
  die_and_come_back();
  EXPECT_FALSE(lends());
  EXPECT_EQ(condition(), "spent");
  advance(1s);
  EXPECT_TRUE(lends());
}

TEST_F(key_memory_test, a_lease_of_the_dead_one_is_older_than_all_later_ones) {
  start();
  const auto first = (**lend())->id;
  die_and_come_back();
  EXPECT_GT((**lend())->id, first);
}

TEST_F(key_memory_test, a_dead_or_spent_key_stays_so) {
  for (const auto& [f, what] :
       {std::pair{fault::credential, "dead"}, {fault::quota, "spent"}}) {
    memories.clear();
    start();
    EXPECT_TRUE(lends(f));
    die_and_come_back();
    EXPECT_EQ(condition(), what);
    EXPECT_FALSE(lends());
  }
}

TEST_F(key_memory_test, a_probe_that_died_with_its_key_frees_its_place) {
  start();
  EXPECT_TRUE(lends(fault::credential));
  advance(breaker::dead_rest);
  ASSERT_TRUE(**lend());
  EXPECT_FALSE(**lend());
  die_and_come_back();
  EXPECT_TRUE(**lend());
}

TEST_F(key_memory_test, without_a_memory_a_key_begins_anew) {
  provider->limits = {.rpm = 1};
  start();
  EXPECT_TRUE(lends());
  memories.clear();
  die_and_come_back();
  EXPECT_TRUE(lends());
}

// -- adopt

TEST_F(key_memory_test, new_limits_do_not_forget_what_was_spent) {
  provider->limits = {};
  start();
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(lends());
  auto other = *provider;
  other.limits = {.rpm = 4};
  adopt(other, "secret-1");
  EXPECT_TRUE(lends());
  EXPECT_FALSE(lends());
  other.limits = {.rpm = 6};
  adopt(other, "secret-1");
  EXPECT_TRUE(lends());
  EXPECT_TRUE(lends());
  EXPECT_FALSE(lends());
}

TEST_F(key_memory_test, a_new_secret_closes_the_breaker_and_is_lent_at_once) {
  start();
  EXPECT_TRUE(lends(fault::credential));
  adopt(*provider, "secret-1");
  EXPECT_EQ(condition(), "dead") << "it is the same secret";
  adopt(*provider, "secret-2");
  EXPECT_EQ(condition(), "usable");
  EXPECT_EQ((**lend())->secret, "secret-2");
}

TEST_F(key_memory_test, leases_under_way_do_not_judge_the_new_secret) {
  start();
  const auto old = lend();
  adopt(*provider, "secret-2");
  EXPECT_EQ(status()[0].in_flight, 1u);
  give_back(***old, fault::credential);
  EXPECT_EQ(condition(), "usable");
  EXPECT_EQ(status()[0].in_flight, 0u);
}

TEST_F(key_memory_test, what_was_adopted_outlives_the_recipe) {
  start();
  auto other = *provider;
  other.limits = {.rpm = 1};
  adopt(other, "secret-2");
  die_and_come_back();
  EXPECT_EQ((**lend())->secret, "secret-2");
  EXPECT_FALSE(lends());
}

// -- learned limits and alarms

TEST_F(key_memory_test, no_call_goes_that_the_provider_would_refuse) {
  start();
  const auto got = lend();
  tell(***got, {.limit = 60, .remaining = 2, .reset = 58s});
  EXPECT_TRUE(lends());
  EXPECT_TRUE(lends());
  EXPECT_FALSE(lends());
  EXPECT_EQ(exported(R"(troupe_api_key_refusals_total{key="acme-1",)"
                     R"(provider="acme",reason="learned_requests"})"),
            1);
  advance(1s);
  EXPECT_TRUE(lends());
}

TEST_F(key_memory_test, warns_once_a_crossing_of_each_level) {
  provider->limits = {.rpm = 20};
  start();
  const std::string alerts =
      R"(troupe_api_key_limit_alerts_total{key="acme-1",limit="rpm",)"
      R"(provider="acme"})";
  for (int i = 0; i < 13; ++i)
    lends();
  EXPECT_EQ(exported(alerts), 0);
  EXPECT_EQ(exported(line("troupe_api_key_limit_used_ratio")), 0.65);
  for (int i = 0; i < 7; ++i)
    lends();
  EXPECT_EQ(exported(alerts), 3) << "at 70, 85 and 95 %";
  EXPECT_EQ(exported(line("troupe_api_key_limit_used_ratio")), 1);
  advance(10min);
  for (int i = 0; i < 20; ++i)
    lends();
  EXPECT_EQ(exported(alerts), 6) << "armed again, though nobody looked";
}

}  // namespace
}  // namespace troupe
