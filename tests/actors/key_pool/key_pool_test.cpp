// What the actor adds to its ring: detours, answers, and what keys tell it.

#include "tests/support/call_test.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;

class key_pool_test : public testing::call_test {};

TEST_F(key_pool_test, spreads_calls_over_its_keys) {
  start();
  const auto first = admit();
  const auto second = admit();
  EXPECT_NE((**first)->key, (**second)->key)
      << "the busier key is not the better one";
}

TEST_F(key_pool_test, spreads_calls_that_come_before_any_key_was_heard_of) {
  start();
  std::vector<answer> answers{no_answer(), no_answer()};
  for (const auto& to : answers)
    caf::anon_send(pool_at.current(), atom::lend_v,
                   ticket_for(make_call(), to));
  settle();
  EXPECT_NE((**answers[0])->key, (**answers[1])->key);
}

TEST_F(key_pool_test, asks_again_who_declined_an_earlier_attempt) {
  start();
  const auto c = make_call();
  c->declined = {0, 1};
  EXPECT_TRUE(**admit(c));
}

TEST_F(key_pool_test, tries_the_next_key_when_one_declines) {
  provider->limits.tpm = 100;
  start();
  // The first key has room for small calls only, and says it is usable.
  auto c = make_call();
  c->tokens_estimated = 60;
  const auto first = admit(c);
  auto big = make_call();
  big->tokens_estimated = 60;
  const auto second = admit(big);
  ASSERT_TRUE(*second && **second);
  EXPECT_NE((**first)->key, (**second)->key);
}

TEST_F(key_pool_test, says_when_the_soonest_key_recovers) {
  start();
  const auto first = admit();
  const auto second = admit();
  give_back(***first, fault::rate, 30s);
  give_back(***second, fault::rate, 20s);
  const auto refused = admit();
  ASSERT_EQ(error_in(refused), errc::keys_cooling);
  EXPECT_EQ(wait_in(refused), 20'000u);
  advance(20s);
  EXPECT_TRUE(**admit()) << "who waits that long is served";
  EXPECT_EQ(
      exported(
          R"(troupe_key_pool_refusals_total{provider="acme",reason="keys_cooling"})"),
      1);
}

TEST_F(key_pool_test, tells_a_big_call_when_there_is_room_for_a_big_call) {
  provider->limits.tpm = 100;
  start();
  for (int i = 0; i < 2; ++i) {
    auto c = make_call();
    c->tokens_estimated = 60;
    give_back(***admit(c));
  }
  auto big = make_call();
  big->tokens_estimated = 60;
  const auto refused = admit(big);
  ASSERT_EQ(error_in(refused), errc::keys_cooling);
  EXPECT_EQ(wait_in(refused), 60'000u);
  EXPECT_EQ(status()[0].condition, "usable") << "for smaller calls";
  EXPECT_TRUE(**admit());
}

TEST_F(key_pool_test, says_so_when_every_key_is_refused) {
  start();
  EXPECT_TRUE(make_attempt(fault::credential));
  EXPECT_TRUE(make_attempt(fault::credential));
  EXPECT_EQ(error_in(admit()), errc::keys_dead);
  EXPECT_EQ(
      exported(
          R"(troupe_key_pool_refusals_total{provider="acme",reason="keys_dead"})"),
      1);
}

TEST_F(key_pool_test, drops_tickets_nobody_waits_for) {
  start();
  const auto gone = ticket_for(make_call(), no_answer());
  gone.answer(errc::deadline_exceeded);
  caf::anon_send(pool_at.current(), atom::lend_v, gone);
  settle();
  EXPECT_EQ(status()[0].in_flight + status()[1].in_flight, 0u);
  EXPECT_EQ(gone.matter()->attempts, 0u);
}

TEST_F(key_pool_test, a_new_pool_learns_from_keys_that_decline) {
  start();
  give_back(***admit(), fault::rate, 30s);
  give_back(***admit(), fault::rate, 30s);
  kill(pool_at);
  start_pool();
  EXPECT_EQ(status()[0].condition, "usable") << "it does not know better yet";
  EXPECT_EQ(error_in(admit()), errc::keys_cooling);
  EXPECT_EQ(status()[0].condition, "cooling");
}

TEST_F(key_pool_test, a_new_key_announces_itself) {
  start();
  while (make_attempt(fault::credential)) {
  }
  EXPECT_EQ(error_in(admit()), errc::keys_dead);
  kill(keys_at[0]);
  start_key(0);
  EXPECT_TRUE(**admit()) << "the new incarnation has not been refused yet";
}

TEST_F(key_pool_test, shows_every_key_with_its_public_name) {
  start();
  const auto got = admit();
  give_back(***got, fault::rate, 15s);
  std::vector<std::string> shown;
  for (const auto& k : status())
    shown.push_back(k.provider + " " + k.key + " " + k.condition + " "
                    + std::to_string(k.usable_in_ms));
  const auto resting = (**got)->key.value();
  for (const auto* key : {"acme-1", "acme-2"})
    EXPECT_NE(
        std::find(shown.begin(), shown.end(),
                  std::string{"acme "} + key
                      + (resting == key ? " cooling 15000" : " usable 0")),
        shown.end());
}

}  // namespace
}  // namespace troupe
