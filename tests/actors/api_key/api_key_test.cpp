// What the actor adds to its guard: answers, timers, announcements, counting.

#include "tests/support/call_test.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;

class api_key_test : public testing::call_test {
protected:
  api_key_test() : call_test(1) {}

  /// Asks the key itself, past the pool.
  answer lend(const call_ptr& c = make_call()) {
    auto to = no_answer();
    caf::anon_send(keys_at[0].current(), atom::lend_v, ticket_for(c, to));
    settle();
    return to;
  }

  bool has_timer() { return clock().has_pending_timeout(); }
};

TEST_F(api_key_test, lends_its_secret_and_says_where_to_settle) {
  start();
  const auto c = make_call();
  c->provider_model = "gpt-6-mini";
  const auto got = lend(c);
  ASSERT_TRUE(*got && **got);
  const auto& l = ***got;
  EXPECT_EQ(l.key, key_id{"acme-1"});
  EXPECT_EQ(l.secret, "secret-1");
  EXPECT_EQ(l.model, "gpt-6-mini");
  EXPECT_EQ(l.attempt, 1u);
  EXPECT_EQ(l.provider, provider);
  EXPECT_EQ(l.settle_with, caf::actor_cast<caf::actor>(keys_at[0].current()));
  EXPECT_EQ(c->attempts, 1u);
}

TEST_F(api_key_test, takes_everything_back_when_nobody_waits_for_the_answer) {
  provider->limits = {.rpm = 1, .tpm = 10, .concurrent = 1};
  start();
  const auto gone = ticket_for(make_call(), no_answer());
  gone.answer(errc::deadline_exceeded);
  caf::anon_send(keys_at[0].current(), atom::lend_v, gone);
  settle();
  EXPECT_EQ(status()[0].in_flight, 0u);
  EXPECT_FALSE(has_timer());
  EXPECT_TRUE(**lend()) << "the only request of this minute is still there";
}

TEST_F(api_key_test, takes_a_lease_back_after_the_providers_timeout) {
  provider->limits.concurrent = 1;
  start();
  const auto got = lend();
  advance(provider->timeouts.total + key_guard::lease_margin - 1ms);
  EXPECT_EQ(status()[0].in_flight, 1u);
  advance(1ms);
  EXPECT_EQ(status()[0].in_flight, 0u);
  const std::string labels = R"({key="acme-1",provider="acme"})";
  EXPECT_EQ(exported("troupe_api_key_leases_expired_total" + labels), 1);
  give_back(***got);
  EXPECT_EQ(exported("troupe_api_key_strange_reports_total" + labels), 1);
  EXPECT_FALSE(has_timer()) << "an idle key has none";
}

TEST_F(api_key_test, holds_few_timers_however_many_calls_it_serves) {
  provider->limits.rpm = 10;
  provider->waiting.calls = 0;  // The line has a timer of its own.
  start();
  for (int i = 0; i < 500; ++i) {
    if (const auto got = lend(); *got && **got)
      give_back(***got);
    advance(1s);
    ASSERT_LE(clock().schedule().size(), 2u);
  }
  advance(12min);
  EXPECT_FALSE(has_timer()) << "an idle key has none";
}

TEST_F(api_key_test, says_when_it_is_usable_again_without_being_asked) {
  start();
  give_back(***lend(), fault::rate, 30s);
  const std::string usable =
      R"(troupe_api_key_usable{key="acme-1",provider="acme"})";
  EXPECT_EQ(status()[0].condition, "cooling");
  EXPECT_EQ(status()[0].usable_in_ms, 30'000);
  EXPECT_EQ(exported(usable), 0);
  advance(30s);
  EXPECT_EQ(status()[0].condition, "usable");
  EXPECT_EQ(exported(usable), 1);
}

TEST_F(api_key_test, counts_each_attempt_by_how_it_ended) {
  start();
  for (const auto f : {fault::none, fault::none, fault::transient})
    give_back(***lend(), f);
  EXPECT_EQ(
      exported(
          R"(api_key_requests_total{key="acme-1",outcome="ok",provider="acme"})"),
      2);
  EXPECT_EQ(
      exported(
          R"(api_key_requests_total{key="acme-1",outcome="transient",provider="acme"})"),
      1);
}

TEST_F(api_key_test, no_metric_and_no_status_names_the_secret) {
  start();
  give_back(***lend(), fault::credential);
  lend();
  const auto text = prometheus::TextSerializer{}.Serialize(registry.Collect());
  EXPECT_EQ(text.find("secret-1"), std::string::npos);
  EXPECT_EQ(status()[0].key, "acme-1");
  EXPECT_EQ(status()[0].condition, "dead");
}

TEST_F(api_key_test, a_lease_prints_without_its_secret) {
  start();
  const auto printed = caf::deep_to_string(
      caf::make_message(atom::lend_v, ticket_for(make_call(), no_answer())));
  EXPECT_NE(printed.find("<unprintable>"), std::string::npos) << printed;
}

}  // namespace
}  // namespace troupe
