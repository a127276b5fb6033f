// When a key is worth trying: every fault in every state, to the tick.

#include "actors/api_key/breaker.hpp"

#include <gtest/gtest.h>

#include <random>

namespace troupe {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1h};
constexpr double no_jitter = 0.5;

class breaker_test : public ::testing::Test {
protected:
  bool judge(fault f, bool probe = false,
             std::optional<std::chrono::milliseconds> retry_after = {}) {
    return key.judge({.fault = f, .retry_after = retry_after, .probe = probe},
                     now, no_jitter);
  }

  /// Opens by as many faults as it takes.
  void open() {
    for (int i = 0; i < 5; ++i)
      judge(fault::transient);
  }

  /// Waits out the cool-down and sends the probe.
  void probe() {
    now = *key.admits_at();
    ASSERT_TRUE(key.admits(now));
    ASSERT_TRUE(key.lend());
  }

  /// How long from now until it admits a call.
  auto rest() { return *key.admits_at() - now; }

  time_point now = start;
  breaker key{config::breaker_settings{}};  // 5 faults, 15 s up to 2 min.
};

TEST_F(breaker_test, opens_after_five_faults_in_a_row) {
  for (int i = 0; i < 4; ++i)
    EXPECT_FALSE(judge(i % 2 ? fault::transient : fault::malformed));
  EXPECT_TRUE(key.admits(now));
  EXPECT_TRUE(judge(fault::transient));
  EXPECT_FALSE(key.admits(now));
  EXPECT_EQ(key.condition(now), key_condition::cooling);
}

TEST_F(breaker_test, a_served_call_resets_the_count) {
  for (int i = 0; i < 4; ++i)
    judge(fault::transient);
  judge(fault::none);
  for (int i = 0; i < 4; ++i)
    EXPECT_FALSE(judge(fault::transient));
  EXPECT_TRUE(judge(fault::transient));
}

TEST_F(breaker_test, faults_that_say_nothing_about_the_key_change_nothing) {
  for (const auto f : {fault::client, fault::content_filter,
                       fault::context_length, fault::abandoned}) {
    for (int i = 0; i < 10; ++i)
      judge(f);
    EXPECT_EQ(key.condition(now), key_condition::usable) << name_of(f);
  }
  for (int i = 0; i < 4; ++i)
    judge(fault::transient);
  judge(fault::client);
  EXPECT_TRUE(judge(fault::transient)) << "the count went on";
}

TEST_F(breaker_test, admits_one_probe_when_the_cool_down_is_over) {
  open();
  EXPECT_FALSE(key.admits(now + 15s - 1ns));
  now += 15s;
  EXPECT_TRUE(key.admits(now));
  EXPECT_TRUE(key.lend());
  EXPECT_FALSE(key.admits(now + 24h)) << "the probe is out";
  EXPECT_EQ(key.admits_at(), std::nullopt);
  EXPECT_EQ(key.condition(now), key_condition::probing);
}

TEST_F(breaker_test, a_served_probe_closes_it) {
  open();
  probe();
  judge(fault::none, true);
  EXPECT_EQ(key.condition(now), key_condition::usable);
  EXPECT_FALSE(key.lend()) << "an ordinary call";
  open();
  EXPECT_EQ(rest(), 15s) << "the cool-down begins anew";
}

TEST_F(breaker_test, a_failed_probe_doubles_the_cool_down_up_to_its_maximum) {
  open();
  for (const auto expected : {15s, 30s, 60s, 120s, 120s, 120s}) {
    EXPECT_EQ(rest(), expected);
    probe();
    EXPECT_TRUE(judge(fault::transient, true));
  }
}

TEST_F(breaker_test, a_probe_that_says_nothing_frees_its_place) {
  for (const auto f : {fault::abandoned, fault::client, fault::content_filter,
                       fault::context_length}) {
    open();
    probe();
    judge(f, true);
    EXPECT_TRUE(key.admits(now)) << name_of(f);
    EXPECT_TRUE(key.lend()) << "the next one probes";
    judge(fault::none, true);
  }
}

TEST_F(breaker_test, a_withdrawn_probe_frees_its_place) {
  open();
  probe();
  key.withdraw(true);
  EXPECT_TRUE(key.admits(now));
  EXPECT_TRUE(key.lend());
}

TEST_F(breaker_test, while_open_older_calls_say_nothing_new) {
  open();
  judge(fault::none);
  EXPECT_FALSE(key.admits(now)) << "only the probe closes it";
  for (int i = 0; i < 20; ++i)
    EXPECT_FALSE(judge(fault::transient));
  EXPECT_EQ(rest(), 15s);
}

TEST_F(breaker_test, while_probing_only_the_probe_speaks) {
  for (const auto f : {fault::none, fault::transient, fault::quota,
                       fault::credential, fault::abandoned}) {
    breaker fresh{config::breaker_settings{}};
    key = fresh;
    open();
    probe();
    judge(f, false);
    EXPECT_EQ(key.condition(now), key_condition::probing) << name_of(f);
  }
}

TEST_F(breaker_test, what_the_provider_asks_for_is_a_floor_of_the_cool_down) {
  for (int i = 0; i < 4; ++i)
    judge(fault::transient);
  judge(fault::transient, false, 40s);
  EXPECT_EQ(rest(), 40s);
  probe();
  judge(fault::transient, true, 1s);
  EXPECT_EQ(rest(), 30s) << "a shorter wish changes nothing";
}

TEST_F(breaker_test, a_rate_limit_rests_the_key_and_is_no_fault) {
  judge(fault::rate, false, 7s);
  EXPECT_EQ(key.condition(now), key_condition::cooling);
  EXPECT_EQ(rest(), 7s);
  now += 7s;
  EXPECT_FALSE(key.lend()) << "no probe is needed";
  for (int i = 0; i < 20; ++i)
    EXPECT_FALSE(judge(fault::rate));
  EXPECT_EQ(rest(), breaker::rate_rest);
}

TEST_F(breaker_test, a_later_rate_limit_never_shortens_a_rest) {
  judge(fault::rate, false, 60s);
  judge(fault::rate, false, 1s);
  EXPECT_EQ(rest(), 60s);
}

TEST_F(breaker_test, a_rate_limited_probe_rests_and_probes_again) {
  open();
  probe();
  judge(fault::rate, true, 20s);
  EXPECT_EQ(rest(), 20s);
  probe();
}

TEST_F(breaker_test, a_spent_quota_rests_long_and_ends_with_one_probe) {
  judge(fault::quota);
  EXPECT_EQ(key.condition(now), key_condition::spent);
  EXPECT_EQ(rest(), breaker::quota_rest);
  judge(fault::quota, false, 2h);
  EXPECT_EQ(rest(), 2h) << "as the provider says, if it says so";
  probe();
  judge(fault::none, true);
  EXPECT_EQ(key.condition(now), key_condition::usable);
}

TEST_F(breaker_test, a_refused_credential_is_dead_until_a_probe_is_served) {
  judge(fault::credential);
  EXPECT_EQ(key.condition(now), key_condition::dead);
  EXPECT_EQ(rest(), breaker::dead_rest);
  for (const auto f : {fault::credential, fault::transient}) {
    probe();
    judge(f, true);
    EXPECT_EQ(key.condition(now), key_condition::dead) << name_of(f);
    EXPECT_EQ(rest(), breaker::dead_rest);
  }
  now = *key.admits_at();
  EXPECT_EQ(key.condition(now), key_condition::dead) << "but may be tried";
  probe();
  judge(fault::none, true);
  EXPECT_EQ(key.condition(now), key_condition::usable);
}

TEST_F(breaker_test, a_dead_key_stays_dead_whatever_older_calls_say) {
  judge(fault::credential);
  for (const auto f : {fault::none, fault::quota, fault::transient})
    judge(f);
  EXPECT_EQ(key.condition(now), key_condition::dead);
  EXPECT_EQ(rest(), breaker::dead_rest);
}

TEST_F(breaker_test, no_provider_can_ask_for_more_than_a_day) {
  for (const auto f : {fault::rate, fault::quota, fault::credential}) {
    breaker fresh{config::breaker_settings{}};
    key = fresh;
    judge(f, false, std::chrono::milliseconds::max());
    EXPECT_EQ(rest(), breaker::rest_max) << name_of(f);
    key = fresh;
    judge(f, false, -5s);
    EXPECT_LE(rest(), 0s) << name_of(f);
  }
}

TEST_F(breaker_test, the_cool_down_strays_within_its_jitter) {
  for (const double random : {0.0, 0.25, 0.5, 0.75, 0.999}) {
    breaker strayed{config::breaker_settings{}};
    for (int i = 0; i < 5; ++i)
      strayed.judge({.fault = fault::transient, .retry_after = {}}, now,
                    random);
    const auto wait = *strayed.admits_at() - now;
    EXPECT_GE(wait, 13'500ms);
    EXPECT_LE(wait, 16'500ms);
    EXPECT_EQ(wait < 15s, random < 0.5);
  }
}

TEST_F(breaker_test, a_probe_nobody_will_hear_of_frees_its_place) {
  key.lose_calls();
  EXPECT_EQ(key.condition(now), key_condition::usable);
  judge(fault::credential);
  key.lose_calls();
  EXPECT_EQ(key.condition(now), key_condition::dead);
  probe();
  key.lose_calls();
  EXPECT_EQ(key.condition(now), key_condition::dead);
  EXPECT_TRUE(key.lend()) << "the next one probes";
}

TEST_F(breaker_test, a_renewed_key_is_as_new) {
  for (const auto f :
       {fault::rate, fault::quota, fault::credential, fault::transient}) {
    open();
    judge(f);
    key.renew();
    EXPECT_EQ(key.condition(now), key_condition::usable) << name_of(f);
    EXPECT_FALSE(key.lend()) << "an ordinary call";
    open();
    EXPECT_EQ(rest(), 15s) << "the count and the cool-down begin anew";
    key.renew();
  }
}

TEST_F(breaker_test,
       over_any_schedule_at_most_one_call_is_out_while_not_closed) {
  constexpr std::array all{fault::none,      fault::transient,  fault::rate,
                           fault::quota,     fault::credential, fault::client,
                           fault::malformed, fault::abandoned};
  for (unsigned seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    breaker b{config::breaker_settings{}};
    std::vector<bool> out;  // Calls under way: whether each is a probe.
    auto t = start;
    for (int i = 0; i < 2000; ++i) {
      t += std::chrono::milliseconds{random() % 5000};
      if (random() % 50 == 0)
        t += 1h;
      if (b.admits(t) && random() % 2 == 0) {
        out.push_back(b.lend());
      } else if (!out.empty()) {
        const auto which = random() % out.size();
        const bool probe = out[which];
        out.erase(out.begin() + static_cast<std::ptrdiff_t>(which));
        // Mostly faults, so that it opens often.
        const auto f =
            random() % 3 == 0 ? all[random() % all.size()] : fault::transient;
        b.judge({.fault = f, .retry_after = {}, .probe = probe}, t, 0.3);
      }
      const auto probes = std::count(out.begin(), out.end(), true);
      ASSERT_LE(probes, 1);
      ASSERT_EQ(probes == 1, b.condition(t) == key_condition::probing);
      ASSERT_EQ(b.admits_at().has_value(), probes == 0);
    }
  }
}

}  // namespace
}  // namespace troupe
