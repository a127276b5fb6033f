// What one key lends, and what it counts while and after it does.

#include "actors/api_key/key_guard.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace troupe {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1h};
constexpr auto ttl = 11min;

key_guard guard_of(const config::key_limits& limits) {
  return key_guard{
      {.limits = limits, .breaker = {}, .lease_ttl = ttl}, nullptr, start};
}

lease_report report(lease_id id, fault f = fault::none) {
  lease_report r;
  r.id = id;
  r.fault = f;
  return r;
}

lease_report served(lease_id id, std::uint64_t tokens) {
  auto r = report(id);
  r.usage.reported = true;
  r.usage.out_text = tokens;
  return r;
}

/// What an answer tells of one of its limits.
limits_ptr reading(limit_kind kind, const limit_reading& told) {
  limit_readings all;
  all.of[static_cast<std::size_t>(kind)] = told;
  all.at = start;
  return std::make_shared<const limit_readings>(all);
}

TEST(key_guard, without_limits_it_lends_and_numbers_every_lease) {
  auto g = guard_of({});
  for (std::uint64_t i = 1; i <= 1000; ++i)
    ASSERT_EQ(g.lend({1'000'000}, start).id.value(), i);
  EXPECT_EQ(g.standing(0, start).in_flight, 1000u);
}

TEST(key_guard, each_limit_refuses_by_its_name_until_it_has_room) {
  struct row {
    config::key_limits limits;
    key_refusal why;
    std::chrono::nanoseconds wait;
  };
  for (const auto& [limits, why, wait] : {
           row{{.rpm = 1}, key_refusal::requests_minute, 1min},
           row{{.rph = 1}, key_refusal::requests_hour, 1h},
           row{{.rpd = 1}, key_refusal::requests_day, 24h},
           row{{.tpm = 10}, key_refusal::tokens_minute, 1min},
           row{{.rpm = 1, .rpd = 1}, key_refusal::requests_minute, 24h},
       }) {
    SCOPED_TRACE(name_of(why));
    auto g = guard_of(limits);
    const auto first = g.lend({10}, start);
    ASSERT_EQ(first.refusal, key_refusal::none);
    g.settle(served(first.id, 10), start, 0.5);
    const auto second = g.lend({1}, start);
    EXPECT_EQ(second.refusal, why);
    EXPECT_EQ(second.usable_at, start + wait);
    EXPECT_EQ(g.standing(0, start).condition, key_condition::spent);
    EXPECT_EQ(g.standing(0, start).headroom, 0);
    EXPECT_EQ(g.lend({1}, second.usable_at - 1ns).refusal == key_refusal::none,
              false);
    EXPECT_EQ(g.lend({1}, second.usable_at).refusal, key_refusal::none);
  }
}

TEST(key_guard, calls_in_flight_are_limited_until_one_comes_back) {
  auto g = guard_of({.concurrent = 2});
  const auto first = g.lend({0}, start);
  EXPECT_EQ(g.standing(0, start).headroom, 0.5);
  g.lend({0}, start);
  const auto refused = g.lend({0}, start);
  EXPECT_EQ(refused.refusal, key_refusal::in_flight);
  EXPECT_EQ(refused.usable_at, start + key_guard::turnover);
  EXPECT_EQ(g.standing(0, start).condition, key_condition::busy);
  g.settle(report(first.id), start, 0.5);
  EXPECT_EQ(g.lend({0}, start).refusal, key_refusal::none);
}

TEST(key_guard, gives_back_what_was_reserved_beyond_the_real_usage) {
  auto g = guard_of({.tpm = 100});
  const auto big = g.lend({90}, start);
  EXPECT_EQ(g.lend({20}, start).refusal, key_refusal::tokens_minute);
  g.settle(served(big.id, 15), start + 1s, 0.5);
  EXPECT_EQ(g.lend({85}, start + 1s).refusal, key_refusal::none);
  EXPECT_EQ(g.lend({1}, start + 1s).refusal, key_refusal::tokens_minute);
}

TEST(key_guard, charges_what_was_used_beyond_the_estimate) {
  auto g = guard_of({.tpm = 100});
  g.settle(served(g.lend({10}, start).id, 100), start, 0.5);
  EXPECT_EQ(g.lend({1}, start).refusal, key_refusal::tokens_minute);
}

TEST(key_guard, charges_by_fault_when_no_usage_was_reported) {
  struct row {
    fault f;
    bool charged;
  };
  for (const auto& [f, charged] :
       {row{fault::none, true}, row{fault::transient, true},
        row{fault::content_filter, true}, row{fault::malformed, true},
        row{fault::abandoned, true}, row{fault::client, false},
        row{fault::context_length, false}}) {
    auto g = guard_of({.tpm = 100});
    g.settle(report(g.lend({100}, start).id, f), start, 0.5);
    EXPECT_EQ(g.lend({1}, start).refusal == key_refusal::tokens_minute, charged)
        << name_of(f);
  }
}

TEST(key_guard, a_withdrawn_call_leaves_no_trace) {
  auto g = guard_of({.rpm = 1, .rph = 1, .rpd = 1, .tpm = 10, .concurrent = 1});
  for (int i = 0; i < 100; ++i) {
    const auto answer = g.lend({10}, start);
    ASSERT_EQ(answer.refusal, key_refusal::none);
    g.withdraw(answer.id);
  }
  EXPECT_EQ(g.standing(0, start).headroom, 1);
  EXPECT_EQ(g.standing(0, start).in_flight, 0u);
}

TEST(key_guard, a_withdrawn_probe_frees_its_place) {
  auto g = guard_of({});
  g.settle(report(g.lend({1}, start).id, fault::credential), start, 0.5);
  const auto tried = start + breaker::dead_rest;
  g.withdraw(g.lend({1}, tried).id);
  EXPECT_EQ(g.lend({1}, tried).refusal, key_refusal::none);
}

TEST(key_guard, knows_each_lease_once) {
  auto g = guard_of({});
  const auto id = g.lend({1}, start).id;
  EXPECT_FALSE(g.settle(report(lease_id{99}), start, 0.5).known);
  EXPECT_TRUE(g.settle(report(id), start, 0.5).known);
  EXPECT_FALSE(g.settle(report(id), start, 0.5).known);
}

TEST(key_guard, takes_back_leases_that_outlived_their_time) {
  auto g = guard_of({.tpm = 10, .concurrent = 1});
  EXPECT_EQ(g.next_overdue(), std::nullopt);
  const auto id = g.lend({10}, start).id;
  EXPECT_EQ(g.next_overdue(), start + ttl);
  EXPECT_EQ(g.reclaim_overdue(start + ttl - 1ns), 0u);
  EXPECT_EQ(g.reclaim_overdue(start + ttl), 1u);
  EXPECT_FALSE(g.settle(report(id), start + ttl, 0.5).known);
  EXPECT_EQ(g.lend({1}, start + ttl).refusal, key_refusal::tokens_minute)
      << "charged as reserved";
  EXPECT_EQ(g.lend({1}, start + ttl + 1min).refusal, key_refusal::none);
}

TEST(key_guard, an_expired_probe_frees_its_place) {
  auto g = guard_of({});
  g.settle(report(g.lend({1}, start).id, fault::credential), start, 0.5);
  const auto tried = start + breaker::dead_rest;
  ASSERT_EQ(g.lend({1}, tried).refusal, key_refusal::none);
  EXPECT_EQ(g.lend({1}, tried).refusal, key_refusal::breaker);
  EXPECT_EQ(g.standing(0, tried).condition, key_condition::probing);
  g.reclaim_overdue(tried + ttl);
  EXPECT_EQ(g.lend({1}, tried + ttl).refusal, key_refusal::none);
}

TEST(key_guard, five_faults_open_it_and_the_answer_says_until_when) {
  auto g = guard_of({});
  for (int i = 0; i < 5; ++i) {
    const auto v =
        g.settle(report(g.lend({1}, start).id, fault::transient), start, 0.5);
    EXPECT_EQ(v.opened, i == 4);
  }
  const auto refused = g.lend({1}, start);
  EXPECT_EQ(refused.refusal, key_refusal::breaker);
  EXPECT_EQ(refused.usable_at, start + 15s);
}

TEST(key_guard, is_usable_again_when_the_last_of_its_obstacles_is_gone) {
  auto g = guard_of({.rpm = 1});
  auto resting = report(g.lend({1}, start).id, fault::rate);
  resting.retry_after = 90s;
  g.settle(resting, start, 0.5);
  EXPECT_EQ(g.standing(0, start).usable_at, start + 90s);
  EXPECT_EQ(g.lend({1}, start + 60s).refusal, key_refusal::breaker);
  EXPECT_EQ(g.lend({1}, start + 90s).refusal, key_refusal::none);
}

TEST(key_guard, each_learned_limit_refuses_by_its_name_until_it_has_refilled) {
  struct row {
    limit_kind kind;
    key_refusal why;
    std::chrono::nanoseconds wait;
  };
  for (const auto& [kind, why, wait] : {
           row{limit_kind::requests, key_refusal::learned_requests, 10ms},
           row{limit_kind::tokens, key_refusal::learned_tokens, 3s},
           row{limit_kind::input_tokens, key_refusal::learned_input_tokens, 1s},
           row{limit_kind::output_tokens, key_refusal::learned_output_tokens,
               2s},
       }) {
    SCOPED_TRACE(name_of(why));
    auto g = guard_of({});
    const auto first = g.lend({1}, start).id;
    EXPECT_TRUE(g.learn(
        first, reading(kind, {.limit = 6000, .remaining = 0, .reset = 60s}),
        start));
    const auto refused = g.lend({300, 100}, start);
    EXPECT_EQ(refused.refusal, why);
    EXPECT_EQ(refused.usable_at, start + wait);
    EXPECT_EQ(g.standing(0, start).condition, key_condition::spent);
    EXPECT_EQ(g.standing(0, start).headroom, 0);
    EXPECT_NE(g.lend({300, 100}, refused.usable_at - 1ns).refusal,
              key_refusal::none);
    EXPECT_EQ(g.lend({300, 100}, refused.usable_at).refusal, key_refusal::none);
  }
}

TEST(key_guard, configured_and_learned_limits_hold_together) {
  auto g = guard_of({.rpm = 2});
  g.learn(g.lend({1}, start).id,
          reading(limit_kind::requests, {.limit = 60, .remaining = 1}), start);
  EXPECT_EQ(g.lend({1}, start).refusal, key_refusal::none);
  const auto refused = g.lend({1}, start);
  EXPECT_EQ(refused.refusal, key_refusal::requests_minute);
  EXPECT_EQ(refused.usable_at, start + 1min) << "when the last one has room";
}

TEST(key_guard, the_answer_of_a_refusal_tells_of_limits_too) {
  auto g = guard_of({});
  auto refused = report(g.lend({1}, start).id, fault::rate);
  refused.retry_after = 1s;
  refused.limits = reading(limit_kind::requests,
                           {.limit = 10, .remaining = 0, .reset = 60s});
  g.settle(refused, start, 0.5);
  EXPECT_EQ(g.lend({1}, start + 2s).refusal, key_refusal::learned_requests);
  EXPECT_EQ(g.lend({1}, start + 6s).refusal, key_refusal::none);
}

TEST(key_guard, knows_nothing_of_the_answers_to_unknown_leases) {
  auto g = guard_of({});
  EXPECT_FALSE(g.learn(
      lease_id{7}, reading(limit_kind::requests, {.limit = 10, .remaining = 0}),
      start));
  EXPECT_FALSE(g.learn(g.lend({1}, start).id, nullptr, start));
  EXPECT_EQ(g.lend({1}, start).refusal, key_refusal::none);
}

TEST(key_guard, cached_input_does_not_count_towards_limits_of_input) {
  auto g = guard_of({});
  g.learn(g.lend({1}, start).id,
          reading(limit_kind::input_tokens, {.limit = 1000, .remaining = 500}),
          start);
  auto done = report(g.lend({300, 200}, start).id);
  done.usage.reported = true;
  done.usage.in_uncached = 20;
  done.usage.in_cache_read = 180;
  done.usage.out_text = 90;
  EXPECT_EQ(g.lend({301, 301}, start).refusal,
            key_refusal::learned_input_tokens);
  g.settle(done, start, 0.5);
  EXPECT_EQ(g.lend({480, 480}, start).refusal, key_refusal::none);
  EXPECT_EQ(g.lend({1, 1}, start).refusal, key_refusal::learned_input_tokens);
}

TEST(key_guard, tells_how_much_its_limits_would_let_out) {
  auto g = guard_of({});
  EXPECT_EQ(g.standing(0, start).calls_free, ~std::uint32_t{0});
  EXPECT_EQ(g.standing(0, start).tokens_free, ~std::uint64_t{0});
  g.adopt({.limits = {.rpm = 10, .tpm = 500, .concurrent = 9},
           .breaker = {},
           .lease_ttl = ttl});
  EXPECT_EQ(g.standing(0, start).calls_free, 9u);
  EXPECT_EQ(g.standing(0, start).tokens_free, ~std::uint64_t{0})
      << "one call of any size fits into an empty minute";
  const auto id = g.lend({100}, start).id;
  EXPECT_EQ(g.standing(0, start).calls_free, 8u);
  EXPECT_EQ(g.standing(0, start).tokens_free, 400u);
  g.learn(id, reading(limit_kind::requests, {.limit = 60, .remaining = 3}),
          start);
  EXPECT_EQ(g.standing(0, start).calls_free, 3u);
  const auto next = g.lend({1}, start).id;
  g.learn(next,
          reading(limit_kind::input_tokens, {.limit = 1000, .remaining = 70}),
          start);
  EXPECT_EQ(g.standing(0, start).tokens_free, 399u)
      << "a limit of input alone does not bound a call";
  const auto last = g.lend({1}, start).id;
  g.learn(last,
          reading(limit_kind::output_tokens, {.limit = 1000, .remaining = 50}),
          start);
  // The last call took one of the input's 70.
  EXPECT_EQ(g.standing(0, start).tokens_free, 69u + 50u);
}

TEST(key_guard, tells_how_soon_answers_begin) {
  auto g = guard_of({});
  EXPECT_EQ(g.standing(0, start).first_byte, 0ms);
  auto slow = report(g.lend({1}, start).id);
  slow.first_byte = 400ms;
  g.settle(slow, start, 0.5);
  auto failed = report(g.lend({1}, start).id, fault::transient);
  failed.first_byte = 9s;
  g.settle(failed, start + 1min, 0.5);
  EXPECT_EQ(g.standing(0, start).first_byte, 400ms);
}

TEST(key_guard, over_any_schedule_no_limit_is_overspent) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    const config::key_limits limits{.rpm = 1 + random() % 30,
                                    .rph = 1 + random() % 200,
                                    .rpd = 0,
                                    .tpm = 100 + random() % 3000,
                                    .concurrent = 1 + random() % 8};
    auto g = guard_of(limits);
    std::map<lease_id, std::uint64_t> out;
    std::vector<time_point> lent;
    auto now = start;
    for (int i = 0; i < 3000; ++i) {
      now += std::chrono::milliseconds{random() % 3000};
      if (random() % 2 == 0) {
        const auto tokens = 1 + random() % 100;
        const auto a = g.lend({tokens}, now);
        if (a.refusal != key_refusal::none) {
          EXPECT_GT(a.usable_at, now);
          continue;
        }
        if (random() % 10 == 0) {
          g.withdraw(a.id);
          continue;
        }
        out.emplace(a.id, tokens);
        lent.push_back(now);
      } else if (!out.empty()) {
        const auto [id, tokens] = *out.begin();
        out.erase(out.begin());
        ASSERT_TRUE(
            g.settle(served(id, random() % (tokens + 1)), now, 0.5).known);
      }
      ASSERT_LE(out.size(), limits.concurrent);
      ASSERT_EQ(g.standing(0, now).in_flight, out.size());
    }
    const auto most_within = [&](std::chrono::nanoseconds length) {
      std::size_t most = 0;
      std::size_t oldest = 0;
      for (std::size_t k = 0; k < lent.size(); ++k) {
        while (lent[k] - lent[oldest] >= length)
          ++oldest;
        most = std::max(most, k - oldest + 1);
      }
      return most;
    };
    EXPECT_LE(most_within(1min), limits.rpm);
    EXPECT_LE(most_within(1h), limits.rph);
    EXPECT_FALSE(lent.empty());
  }
}

}  // namespace
}  // namespace troupe
