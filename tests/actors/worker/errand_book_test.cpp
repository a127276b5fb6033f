// Every rule of a worker's way, with the time passed in.

#include "actors/worker/errand_book.hpp"

#include <gtest/gtest.h>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using enum job_outcome::kind;

leased_job a_job(std::string id = "7") {
  leased_job j;
  j.id = std::move(id);
  j.token = "000001-0000000001";
  j.lease_ms = 9'000;
  return j;
}

job_outcome outcome(job_outcome::kind how, std::string value = {},
                    std::uint64_t retry_in_ms = 0) {
  return {how, shared_bytes{std::move(value)}, retry_in_ms};
}

change_receipts fine(std::size_t count = 1) {
  return change_receipts(count);
}

change_receipts refusing(job_refusal why) {
  change_receipt r;
  r.refused = why;
  return {r};
}

class errand_book_test : public ::testing::Test {
protected:
  errand_book_test() {
    book.begin(now, out);
    wish = out.ask.value_or(0);
    out.clear();
  }

  /// A job comes; returns its errand.
  std::uint64_t get(leased_job job = a_job()) {
    book.offered(wish, {std::move(job)}, now, out);
    const auto errand = out.carry.value_or(0);
    out.clear();
    return errand;
  }

  void bring(std::uint64_t errand, std::string event, std::string data) {
    book.output(errand, {std::move(event), shared_bytes{std::move(data)}}, out);
  }

  void finish(std::uint64_t errand, job_outcome how) {
    book.done(errand, std::move(how), now, out);
  }

  /// The only message that is to be said; nothing is left to do afterwards.
  errand_book::message said() {
    EXPECT_EQ(out.say.size(), 1u);
    auto m = out.say.empty() ? errand_book::message{} : out.say.front();
    out.say.clear();
    return m;
  }

  void wait(std::chrono::milliseconds time) {
    now += time;
    book.sweep(now, out);
  }

  errand_book::time_point now{1h};
  errand_book book{"w-1"};
  errand_book::outbox out;
  std::uint64_t wish = 0;
};

TEST_F(errand_book_test, carries_what_it_was_given) {
  EXPECT_NE(wish, 0u);
  EXPECT_EQ(book.errand(), 0u);
  book.offered(wish, {a_job()}, now, out);
  ASSERT_TRUE(out.carry);
  EXPECT_EQ(book.errand(), *out.carry);
  EXPECT_EQ(book.job().id, "7");
}

TEST_F(errand_book_test, asks_again_when_there_was_nothing_to_do) {
  now += work_wait;
  book.offered(wish, {}, now, out);
  ASSERT_TRUE(out.ask);
  EXPECT_NE(*out.ask, wish);
}

TEST_F(errand_book_test, rests_when_the_queue_answers_too_soon) {
  book.offered(wish, {}, now + work_wait - 1ms, out);
  EXPECT_FALSE(out.ask);
  now += work_wait - 1ms;
  EXPECT_EQ(book.next_call(), now + idle_rest);
  wait(idle_rest - 1ms);
  EXPECT_FALSE(out.ask);
  wait(1ms);
  EXPECT_TRUE(out.ask);
}

TEST_F(errand_book_test, ignores_an_answer_to_an_older_wish) {
  get();
  book.offered(wish, {a_job("8")}, now, out);
  EXPECT_FALSE(out.carry);
  EXPECT_EQ(book.job().id, "7");
}

TEST_F(errand_book_test, an_older_wish_gives_no_job_to_a_newer_one) {
  now += work_wait;
  book.offered(wish, {}, now, out);
  out.clear();
  book.offered(wish, {a_job()}, now, out);
  EXPECT_FALSE(out.carry);
  EXPECT_EQ(book.errand(), 0u);
}

TEST_F(errand_book_test, every_outcome_has_its_word) {
  struct row {
    job_outcome how;
    job_verb verb;
    retry_wish retry;
    std::string value;
  };
  const row rows[] = {
      {outcome(completed, "{}"), job_verb::complete, retry_wish::as_usual,
       "{}"},
      {outcome(failed, "no"), job_verb::fail, retry_wish::as_usual, "no"},
      {outcome(failed, "no", 70), job_verb::fail, retry_wish::after, "no"},
      {outcome(job_outcome::kind::refused, "never"), job_verb::fail,
       retry_wish::never, "never"},
      {outcome(postponed, "", 50), job_verb::release, retry_wish::as_usual, ""},
      {outcome(dropped), job_verb::release, retry_wish::as_usual, ""},
  };
  for (const auto& r : rows) {
    errand_book fresh{"w"};
    errand_book::outbox o;
    fresh.begin(now, o);
    const auto w = *o.ask;
    o.clear();
    fresh.offered(w, {a_job()}, now, o);
    fresh.done(*o.carry, job_outcome{r.how}, now, o);
    ASSERT_EQ(o.say.size(), 1u);
    const auto& last = o.say[0].changes.back();
    EXPECT_EQ(last.verb, r.verb);
    EXPECT_EQ(last.id, "7");
    EXPECT_EQ(last.token, "000001-0000000001");
    EXPECT_EQ(last.retry, r.retry);
    EXPECT_EQ(last.value.view(), r.value);
    EXPECT_EQ(last.retry_in_ms, r.retry == retry_wish::after ? 70u : 0u);
  }
}

TEST_F(errand_book_test, asks_for_the_next_when_the_last_word_was_heard) {
  finish(get(), outcome(completed));
  const auto last = said();
  EXPECT_FALSE(out.ask);
  book.heard(last.number, fine(), now, out);
  EXPECT_TRUE(out.ask);
  EXPECT_EQ(book.errand(), 0u);
}

TEST_F(errand_book_test, a_refused_last_word_is_a_last_word) {
  finish(get(), outcome(completed));
  book.heard(said().number, refusing(job_refusal::stale_token), now, out);
  EXPECT_TRUE(out.ask);
}

TEST_F(errand_book_test, says_the_last_word_again_when_it_was_lost) {
  finish(get(), outcome(completed, "{}"));
  book.heard(said().number, {}, now, out);
  EXPECT_FALSE(out.ask);
  wait(settle_pause - 1ms);
  EXPECT_TRUE(out.say.empty());
  wait(1ms);
  const auto again = said();
  ASSERT_EQ(again.changes.size(), 1u);
  EXPECT_EQ(again.changes[0].verb, job_verb::complete);
  EXPECT_EQ(again.changes[0].value.view(), "{}");
  book.heard(again.number, fine(), now, out);
  EXPECT_TRUE(out.ask);
}

TEST_F(errand_book_test, gives_a_last_word_up_that_nobody_hears) {
  finish(get(), outcome(completed));
  out.clear();
  wait(settle_patience - 1ms);
  EXPECT_FALSE(out.ask);
  wait(1ms);
  EXPECT_TRUE(out.ask);
}

TEST_F(errand_book_test, output_goes_in_its_order_one_message_at_a_time) {
  const auto errand = get();
  bring(errand, "token", "1");
  const auto first = said();
  bring(errand, "token", "2");
  bring(errand, "progress", "3");
  EXPECT_TRUE(out.say.empty());
  book.heard(first.number, fine(), now, out);
  const auto second = said();
  ASSERT_EQ(second.changes.size(), 2u);
  EXPECT_EQ(second.changes[0].verb, job_verb::append);
  EXPECT_EQ(second.changes[0].event, "token");
  EXPECT_EQ(second.changes[0].value.view(), "2");
  EXPECT_EQ(second.changes[1].verb, job_verb::progress);
  EXPECT_EQ(second.changes[1].value.view(), "3");
}

TEST_F(errand_book_test, the_last_word_rides_behind_all_output) {
  const auto errand = get();
  bring(errand, "token", "1");
  out.clear();
  bring(errand, "token", "2");
  finish(errand, outcome(completed));
  const auto last = said();
  ASSERT_EQ(last.changes.size(), 2u);
  EXPECT_EQ(last.changes[0].value.view(), "2");
  EXPECT_EQ(last.changes[1].verb, job_verb::complete);
}

TEST_F(errand_book_test, of_a_lost_message_only_the_last_word_is_said_again) {
  const auto errand = get();
  bring(errand, "token", "1");
  out.clear();
  bring(errand, "token", "2");
  finish(errand, outcome(completed));
  book.heard(said().number, {}, now, out);
  wait(settle_pause);
  const auto again = said();
  ASSERT_EQ(again.changes.size(), 1u);
  EXPECT_EQ(again.changes[0].verb, job_verb::complete);
}

TEST_F(errand_book_test, output_that_was_lost_is_not_said_twice) {
  const auto errand = get();
  bring(errand, "token", "1");
  const auto lost = said();
  book.heard(lost.number, {}, now, out);
  EXPECT_TRUE(out.say.empty());
  bring(errand, "token", "2");
  EXPECT_EQ(said().changes.size(), 1u);
}

TEST_F(errand_book_test, beats_three_times_in_a_lease_whatever_is_under_way) {
  const auto errand = get();
  bring(errand, "token", "1");
  out.clear();
  EXPECT_EQ(book.next_call(), now + 3s);
  wait(3s - 1ms);
  EXPECT_TRUE(out.say.empty());
  wait(1ms);
  EXPECT_EQ(said().changes[0].verb, job_verb::heartbeat);
  wait(3s);
  EXPECT_EQ(said().changes[0].verb, job_verb::heartbeat);
}

TEST_F(errand_book_test, drops_a_job_whose_lease_is_over) {
  const auto errand = get();
  wait(3s);
  book.heard(said().number, refusing(job_refusal::stale_token), now, out);
  EXPECT_EQ(out.drop, errand);
  EXPECT_TRUE(out.ask);
  EXPECT_TRUE(out.say.empty());
}

TEST_F(errand_book_test, drops_a_job_that_was_cancelled) {
  const auto errand = get();
  bring(errand, "token", "1");
  auto receipts = fine();
  receipts[0].cancelled = true;
  book.heard(said().number, receipts, now, out);
  EXPECT_EQ(out.drop, errand);
  EXPECT_TRUE(out.ask);
}

TEST_F(errand_book_test, a_lost_heartbeat_changes_nothing) {
  const auto errand = get();
  wait(3s);
  book.heard(said().number, {}, now, out);
  EXPECT_FALSE(out.drop);
  EXPECT_EQ(book.errand(), errand);
}

TEST_F(errand_book_test, cuts_and_fails_what_takes_too_long) {
  auto job = a_job();
  job.timeout_ms = 2'000;
  const auto errand = get(job);
  wait(2s - 1ms);
  EXPECT_FALSE(out.drop);
  wait(1ms);
  EXPECT_EQ(out.drop, errand);
  const auto last = said();
  EXPECT_EQ(last.changes.back().verb, job_verb::fail);
  EXPECT_EQ(last.changes.back().value.view(), "timed out after 2000 ms");
  EXPECT_EQ(last.changes.back().retry, retry_wish::as_usual);
}

TEST_F(errand_book_test, what_comes_of_an_old_errand_is_nobodys) {
  auto job = a_job();
  job.timeout_ms = 1'000;
  const auto old = get(job);
  wait(1s);
  const auto last = said();
  finish(old, outcome(dropped));
  bring(old, "token", "late");
  EXPECT_TRUE(out.say.empty());
  book.heard(last.number, fine(), now, out);
  book.offered(*out.ask, {a_job("8")}, now, out);
  out.say.clear();
  finish(old, outcome(completed));
  bring(old, "token", "late");
  EXPECT_TRUE(out.say.empty());
  EXPECT_NE(book.errand(), old);
}

TEST_F(errand_book_test, rests_as_long_as_nobody_can_serve) {
  finish(get(), outcome(postponed, "", 5'000));
  book.heard(said().number, fine(), now, out);
  EXPECT_FALSE(out.ask);
  EXPECT_EQ(book.next_call(), now + 5s);
  wait(5s);
  EXPECT_TRUE(out.ask);
}

TEST_F(errand_book_test, rests_no_longer_than_a_minute) {
  finish(get(), outcome(postponed, "", ~std::uint64_t{0}));
  book.heard(said().number, fine(), now, out);
  EXPECT_EQ(book.next_call(), now + headroom_rest_max);
}

TEST_F(errand_book_test, leaves_when_it_is_drained_and_has_nothing) {
  book.drain(out);
  EXPECT_TRUE(out.withdraw);
  EXPECT_FALSE(out.leave);
  book.offered(wish, {}, now, out);
  EXPECT_TRUE(out.leave);
}

TEST_F(errand_book_test, hands_back_a_job_that_crossed_the_drain) {
  book.drain(out);
  out.clear();
  book.offered(wish, {a_job()}, now, out);
  EXPECT_FALSE(out.carry);
  const auto last = said();
  EXPECT_EQ(last.changes[0].verb, job_verb::release);
  book.heard(last.number, fine(), now, out);
  EXPECT_TRUE(out.leave);
}

TEST_F(errand_book_test, ends_what_it_has_in_hand_before_it_leaves) {
  const auto errand = get();
  book.drain(out);
  EXPECT_FALSE(out.withdraw);
  EXPECT_FALSE(out.leave);
  finish(errand, outcome(completed));
  book.heard(said().number, fine(), now, out);
  EXPECT_FALSE(out.ask);
  EXPECT_TRUE(out.leave);
}

TEST_F(errand_book_test, leaves_at_once_when_it_rests) {
  finish(get(), outcome(postponed, "", 5'000));
  book.heard(said().number, fine(), now, out);
  book.drain(out);
  EXPECT_TRUE(out.leave);
}

TEST_F(errand_book_test, hands_back_what_it_has_with_what_it_brought) {
  const auto errand = get();
  bring(errand, "token", "1");
  out.clear();
  bring(errand, "token", "2");
  book.hand_back(out);
  EXPECT_EQ(out.drop, errand);
  const auto last = said();
  ASSERT_EQ(last.changes.size(), 2u);
  EXPECT_EQ(last.changes[0].value.view(), "2");
  EXPECT_EQ(last.changes[1].verb, job_verb::release);
  EXPECT_TRUE(out.leave);
  EXPECT_EQ(book.next_call(), errand_book::time_point::max());
}

}  // namespace
}  // namespace troupe
