// The way of a call through all four roles: back-off, detours, deaths.

#include "tests/support/call_test.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;

class router_test : public testing::call_test {
protected:
  router_test() { provider->retry.jitter = 0; }
};

TEST_F(router_test, a_call_gets_a_lease) {
  start();
  const auto c = make_call();
  const auto got = admit(c);
  ASSERT_TRUE(*got && **got);
  EXPECT_EQ((**got)->model, "gpt-6");
  EXPECT_EQ((**got)->provider->name, "acme");
}

TEST_F(router_test, a_configured_model_goes_by_its_name_over_there) {
  settings.models.push_back(
      {.name = "fast",
       .targets = {{.provider = "acme", .model = "gpt-6-mini", .price = {}}},
       .price = {},
       .hedge = {}});
  start();
  const auto c = make_call();
  c->model = "fast";
  EXPECT_EQ((**admit(c))->model, "gpt-6-mini");
}

TEST_F(router_test, refuses_what_nobody_serves_and_what_comes_too_late) {
  start();
  auto c = make_call();
  c->protocol = config::protocol::gemini;
  EXPECT_EQ(error_in(admit(c)), errc::no_provider);
  c = make_call();
  c->deadline = now();
  EXPECT_EQ(error_in(admit(c)), errc::deadline_exceeded);
  EXPECT_EQ(exported(R"(troupe_router_refusals_total{reason="no_provider"})"),
            1);
}

TEST_F(router_test, a_retry_waits_the_back_off_and_takes_another_key) {
  start();
  const auto c = make_call();
  const auto first = admit(c);
  const auto second = fail(c, ***first, {.fault = fault::transient});
  advance(999ms);
  EXPECT_FALSE(*second) << "too early";
  advance(1ms);
  ASSERT_TRUE(*second && **second);
  EXPECT_NE((**second)->key, (**first)->key);
  EXPECT_EQ((**second)->attempt, 2u);
  EXPECT_EQ(
      exported(
          R"(troupe_router_retries_total{fault="transient",provider="acme"})"),
      1);
}

TEST_F(router_test, eight_attempts_are_all) {
  provider->breaker.open_after = 100;
  start();
  const auto c = make_call();
  auto got = admit(c);
  const auto began = now();
  for (int i = 1; i < 8; ++i) {
    ASSERT_TRUE(*got && **got) << i;
    got = fail(c, ***got, {.fault = fault::transient});
    advance(64s);
  }
  ASSERT_TRUE(*got && **got);
  EXPECT_EQ((**got)->attempt, 8u);
  EXPECT_EQ(error_in(fail(c, ***got, {.fault = fault::transient})),
            errc::retries_spent);
  EXPECT_EQ(now() - began, 7 * 64s);
}

TEST_F(router_test, leaves_a_refused_key_at_once) {
  start();
  const auto c = make_call();
  const auto first = admit(c);
  const auto second = fail(c, ***first, {.fault = fault::credential});
  ASSERT_TRUE(*second && **second) << "without a wait";
  EXPECT_NE((**second)->key, (**first)->key);
  EXPECT_EQ(error_in(fail(c, ***second, {.fault = fault::credential})),
            errc::keys_dead);
}

TEST_F(router_test, a_retry_waits_for_a_rate_limited_key_if_there_is_no_other) {
  provider->keys.resize(1);
  start();
  const auto c = make_call();
  const auto first = admit(c);
  // Another call of the same key is told to wait even longer.
  const auto other = admit();
  const auto second =
      fail(c, ***first, {.fault = fault::rate, .retry_after = 5s});
  give_back(***other, fault::rate, 12s);
  advance(12s - 1ms);
  EXPECT_FALSE(*second);
  advance(1ms);
  ASSERT_TRUE(*second && **second);
  EXPECT_EQ(exported(R"(troupe_router_waits_total{provider="acme"})"), 0)
      << "it stood in the pool's line";
}

TEST_F(router_test, a_retry_that_cannot_wait_for_a_key_says_how_long_it_takes) {
  provider->keys.resize(1);
  start();
  const auto c = make_call();
  c->deadline = now() + 10s;
  const auto first = admit(c);
  const auto other = admit();
  const auto second = fail(c, ***first, {.fault = fault::transient});
  give_back(***other, fault::rate, 20s);
  advance(1s);
  ASSERT_EQ(error_in(second), errc::keys_cooling);
  EXPECT_EQ(wait_in(second), 19'000u);
}

TEST_F(router_test, a_wait_past_the_deadline_is_refused_at_once) {
  start();
  const auto c = make_call();
  c->deadline = now() + 10s;
  const auto first = admit(c);
  const auto refused =
      fail(c, ***first, {.fault = fault::transient, .retry_after = 30s});
  ASSERT_EQ(error_in(refused), errc::targets_cooling);
  EXPECT_EQ(wait_in(refused), 30'000u);
}

TEST_F(router_test, a_waiting_call_that_nobody_waits_for_takes_no_key) {
  start();
  const auto c = make_call();
  give_back(***admit(c), fault::transient);
  auto to = no_answer();
  const auto ticket = ticket_for(c, to);
  caf::anon_send(router_at.current(), atom::retry_v, ticket,
                 attempt_result{.fault = fault::transient});
  settle();
  ticket.answer(errc::deadline_exceeded);
  advance(1min);
  EXPECT_EQ(c->attempts, 1u);
  EXPECT_EQ(status()[0].in_flight + status()[1].in_flight, 0u);
}

TEST_F(router_test, five_faults_open_the_key_and_one_probe_closes_it) {
  provider->keys.resize(1);
  start();
  const auto hasty = [&] {
    const auto c = make_call();
    c->deadline = now() + 1s;
    return c;
  };
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(make_attempt(fault::transient));
  const auto refused = admit(hasty());
  ASSERT_EQ(error_in(refused), errc::keys_cooling);
  // 15 s, give or take the jitter.
  EXPECT_NEAR(static_cast<double>(wait_in(refused)), 15'000, 1'500);
  advance(std::chrono::milliseconds{wait_in(refused)});
  const auto probe = admit();
  ASSERT_TRUE(*probe && **probe);
  const auto second = admit(hasty());
  EXPECT_FALSE(*second && **second) << "one probe only";
  EXPECT_EQ(status()[0].condition, "probing");
  give_back(***probe);
  EXPECT_TRUE(**admit());
  EXPECT_TRUE(**admit());
}

TEST_F(router_test, five_failed_calls_open_the_target_whatever_their_keys) {
  provider->breaker.open_after = 5;
  start();
  std::vector<call_ptr> calls;
  std::vector<answer> leases;
  for (int i = 0; i < 5; ++i) {
    calls.push_back(make_call());
    leases.push_back(admit(calls.back()));
    ASSERT_TRUE(*leases.back() && **leases.back());
  }
  for (std::size_t i = 0; i < calls.size(); ++i)
    fail(calls[i], ***leases[i], {.fault = fault::transient});
  EXPECT_EQ(exported(R"(troupe_target_usable{model="*",provider="acme"})"), 0);
  const auto c = make_call();
  c->deadline = now() + 1s;
  EXPECT_EQ(error_in(admit(c)), errc::targets_cooling);
}

TEST_F(router_test,
       a_dead_key_actor_loses_its_tickets_and_the_next_call_works) {
  provider->keys.resize(1);
  start();
  // The key dies with the ticket in its mailbox.
  auto to = no_answer();
  caf::anon_send_exit(keys_at[0].current(), caf::exit_reason::kill);
  caf::anon_send(keys_at[0].current(), atom::lend_v,
                 ticket_for(make_call(), to));
  settle();
  EXPECT_EQ(error_in(to), errc::actor_lost);
  EXPECT_EQ(error_in(admit()), errc::actor_lost) << "nobody replaced it yet";
  start_key(0);
  EXPECT_TRUE(**admit());
}

TEST_F(router_test, whichever_role_dies_its_callers_have_an_answer) {
  start();
  const auto lost = [&](const auto& at) {
    kill(at);
    const auto a = admit();
    return error_in(a);
  };
  EXPECT_EQ(lost(pool_at), errc::actor_lost);
  start_pool();
  EXPECT_TRUE(**admit());
  EXPECT_EQ(lost(router_at), errc::actor_lost);
}

TEST_F(router_test, strangers_are_turned_away_at_the_door) {
  settings.auth.mode = config::auth_mode::required;
  settings.auth.clients.push_back({"web", std::string(64, 'a'), "acme-corp"});
  start();
  EXPECT_EQ(error_in(admit()), errc::unauthorized);
  EXPECT_EQ(exported(R"(troupe_ingress_refusals_total{reason="unauthorized"})"),
            1);
  const auto c = make_call();
  c->credential_sha256 = std::string(64, 'a');
  EXPECT_TRUE(**admit(c));
  EXPECT_EQ(c->client, "web");
}

}  // namespace
}  // namespace troupe
