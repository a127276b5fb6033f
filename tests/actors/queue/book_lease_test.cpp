// What happens between a queue and its workers, by the rules of job.hpp.

#include "tests/actors/queue/book_rig.hpp"

namespace troupe {
namespace {

using testing::book_rig;
using testing::job_of;

TEST(BookLease, a_job_is_lent_with_all_a_worker_has_to_know) {
  book_rig q;
  auto job = job_of("{}");
  job.name = "welcome";
  job.group = "g";
  job.tenant = "t";
  job.priority = priority_high;
  job.attempts = 4;
  job.timeout_ms = 60'000;
  const auto id = q.add(job);
  q.now += 10;
  const auto l = q.take();
  ASSERT_TRUE(l);
  EXPECT_EQ(l->id, id);
  EXPECT_EQ(l->name, "welcome");
  EXPECT_EQ(l->group, "g");
  EXPECT_EQ(l->tenant, "t");
  EXPECT_EQ(l->priority, priority_high);
  EXPECT_EQ(l->attempt, 1u);
  EXPECT_EQ(l->attempts, 4u);
  EXPECT_EQ(l->timeout_ms, 60'000u);
  EXPECT_EQ(l->created_at, q.now - 10);
  EXPECT_EQ(l->lease_until, q.now + 30'000);
  EXPECT_EQ(l->lease_ms, 9'000u);
  EXPECT_EQ(q.view(id)->state, job_state::active);
  EXPECT_FALSE(q.take());
}

TEST(BookLease, a_job_ends_once_and_saying_so_twice_is_answered_twice) {
  book_rig q;
  const auto id = q.add();
  const auto l = *q.take();
  EXPECT_EQ(q.by_worker(job_verb::complete, l, "42").state,
            job_state::completed);
  const auto again = q.by_worker(job_verb::complete, l, "43");
  EXPECT_EQ(again.refused, job_refusal::none);
  EXPECT_EQ(again.state, job_state::completed);
  EXPECT_EQ(q.by_worker(job_verb::fail, l).refused, job_refusal::stale_token);
  EXPECT_EQ(q.view(id)->result.view(), "42");
  EXPECT_EQ(q.view(id)->attempts_made, 1u);
  EXPECT_EQ(q.book->tally().completed, 1u);
}

TEST(BookLease, a_failure_said_twice_burns_one_attempt) {
  book_rig q;
  const auto id = q.add();
  const auto l = *q.take();
  EXPECT_EQ(q.by_worker(job_verb::fail, l, "no").state, job_state::delayed);
  EXPECT_EQ(q.by_worker(job_verb::fail, l, "no").refused, job_refusal::none);
  EXPECT_EQ(q.by_worker(job_verb::complete, l).refused,
            job_refusal::stale_token);
  EXPECT_EQ(q.view(id)->attempts_made, 1u);
}

TEST(BookLease, tokens_grow_as_text_and_over_restarts) {
  book_rig q;
  std::string last;
  for (int i = 0; i < 30; ++i) {
    q.add();
    const auto l = *q.take();
    EXPECT_LT(last, l.token);
    last = l.token;
    if (i % 3 == 0)
      q.start();
  }
}

TEST(BookLease, nothing_is_lent_before_the_start_number_is_on_disk) {
  book_rig q;
  q.add();
  q.book =
      std::make_unique<queue_book>(q.settings, queue_book_options{.seed = 1});
  for (const auto& [key, value] : q.stored["mail.jobs"])
    ASSERT_TRUE(q.book->load({.key = key, .value = value}, q.now));
  q.book->begin(q.now);
  EXPECT_TRUE(q.book->take({}, q.now).empty());
  q.fail();
  EXPECT_TRUE(q.book->take({}, q.now).empty());
  q.now += 1'000;
  q.write();
  EXPECT_EQ(q.book->take({}, q.now).size(), 1u);
}

TEST(BookLease, a_new_job_is_lent_and_seen_once_it_is_on_disk) {
  book_rig q;
  auto job = job_of("1");
  job.id = "a";
  ASSERT_TRUE(q.book->add({job}, q.now));
  EXPECT_TRUE(q.book->take({}, q.now).empty());
  EXPECT_FALSE(q.view("a"));
  EXPECT_FALSE(q.book->follow("a", {}));
  auto cut = q.book->cut(q.now);
  ASSERT_TRUE(cut);
  EXPECT_TRUE(q.book->take({}, q.now).empty());
  EXPECT_TRUE(q.book->settle(cut->number, {}, q.now).leasable);
  EXPECT_TRUE(q.view("a"));
  EXPECT_EQ(q.book->take({}, q.now).size(), 1u);
}

TEST(BookLease, a_lease_lasts_30_s_and_from_the_first_heartbeat_on_9_s) {
  book_rig q;
  q.add();
  const auto l = *q.take();
  q.pass(29'999);
  EXPECT_EQ(q.state(l.id), job_state::active);
  EXPECT_EQ(q.by_worker(job_verb::heartbeat, l).lease_until, q.now + 9'000);
  q.pass(8'999);
  EXPECT_EQ(q.state(l.id), job_state::active);
  EXPECT_EQ(q.book->next_call(q.now), q.now + 1);
  q.pass(1);
  EXPECT_EQ(q.state(l.id), job_state::waiting);
  EXPECT_EQ(q.by_worker(job_verb::heartbeat, l).refused,
            job_refusal::stale_token);
  EXPECT_EQ(q.by_worker(job_verb::complete, l).refused,
            job_refusal::stale_token);
  EXPECT_EQ(q.book->tally().late, 2u);
}

TEST(BookLease, a_wish_for_another_lease_is_granted_at_each_heartbeat) {
  book_rig q;
  q.add();
  lease_wish wish;
  wish.lease_ms = 2'000;
  const auto l = *q.take(wish);
  EXPECT_EQ(l.lease_until, q.now + 2'000);
  EXPECT_EQ(q.by_worker(job_verb::heartbeat, l).lease_until, q.now + 2'000);
  job_change beat;
  beat.verb = job_verb::heartbeat;
  beat.id = l.id;
  beat.token = l.token;
  beat.lease_ms = 70'000;
  EXPECT_EQ(q.change(beat).lease_until, q.now + 70'000);
}

TEST(BookLease, a_heartbeat_writes_nothing) {
  book_rig q;
  q.add();
  const auto l = *q.take();
  const auto before = q.changes;
  job_change beat;
  beat.verb = job_verb::heartbeat;
  const auto said = q.by_worker(job_verb::heartbeat, l);
  EXPECT_EQ(q.changes, before);
  EXPECT_FALSE(queue_book::needs_disk(beat, said));
}

TEST(BookLease, a_lost_worker_burns_no_attempt_and_the_job_keeps_its_place) {
  book_rig q;
  const auto first = q.add();
  q.now += 1;
  const auto second = q.add();
  const auto l = *q.take();
  q.pass(30'000);
  EXPECT_EQ(q.view(first)->attempts_made, 0u);
  EXPECT_EQ(q.view(first)->workers_lost, 1u);
  const auto again = *q.take();
  EXPECT_EQ(again.id, first);
  EXPECT_EQ(again.attempt, 1u);
  EXPECT_EQ(q.take()->id, second);
}

TEST(BookLease, a_job_that_takes_two_workers_with_it_is_dead_and_says_so) {
  book_rig q;
  const auto id = q.add();
  lease_wish wish;
  wish.worker = "w1";
  q.take(wish);
  q.pass(30'000);
  wish.worker = "w2";
  const auto l = *q.take(wish);
  q.pass(30'000);
  const auto v = *q.view(id);
  EXPECT_EQ(v.state, job_state::dead);
  EXPECT_EQ(v.error, "took two workers with it: the last was 'w2'");
  ASSERT_EQ(v.failures.size(), 2u);
  EXPECT_EQ(v.failures[0].worker, "w1");
  EXPECT_EQ(v.failures[1].worker, "w2");
  EXPECT_EQ(q.by_worker(job_verb::complete, l).refused,
            job_refusal::stale_token);
  EXPECT_EQ(q.book->tally().lease_lost, 2u);
}

TEST(BookLease, an_attempt_that_takes_too_long_has_failed) {
  book_rig q;
  auto job = job_of("1");
  job.timeout_ms = 5'000;
  job.attempts = 2;
  const auto id = q.add(job);
  const auto l = *q.take();
  q.pass(5'000);
  EXPECT_EQ(q.state(id), job_state::delayed);
  EXPECT_EQ(q.view(id)->error, "timed out after 5000 ms");
  EXPECT_EQ(q.by_worker(job_verb::fail, l).refused, job_refusal::stale_token);
  q.pass(5'000);
  EXPECT_EQ(q.take()->attempt, 2u);
  q.pass(5'000);
  EXPECT_EQ(q.state(id), job_state::dead);
  EXPECT_EQ(q.view(id)->workers_lost, 0u);
}

TEST(BookLease, attempts_pause_by_the_backoff_and_the_last_one_is_final) {
  book_rig q;
  const auto id = q.add();
  for (const job_time pause : {5'000, 10'000}) {
    q.by_worker(job_verb::fail, *q.take(), "boom");
    EXPECT_EQ(q.view(id)->due_at, q.now + pause);
    q.pass(pause - 1);
    EXPECT_EQ(q.state(id), job_state::delayed);
    q.pass(1);
    EXPECT_EQ(q.state(id), job_state::waiting);
  }
  EXPECT_EQ(q.by_worker(job_verb::fail, *q.take(), "boom").state,
            job_state::dead);
  const auto v = *q.view(id);
  EXPECT_EQ(v.attempts_made, 3u);
  ASSERT_EQ(v.failures.size(), 3u);
  EXPECT_EQ(v.failures[2].attempt, 3u);
  EXPECT_EQ(v.failures[2].error, "boom");
  EXPECT_EQ(v.error, "boom");
}

TEST(BookLease, a_worker_may_say_never_again_or_when) {
  book_rig q;
  const auto no = q.add();
  job_change fail;
  fail.verb = job_verb::fail;
  fail.retry = retry_wish::never;
  fail.value = shared_bytes{std::string{"bad address"}};
  auto l = *q.take();
  fail.id = l.id;
  fail.token = l.token;
  EXPECT_EQ(q.change(fail).state, job_state::failed);
  EXPECT_EQ(q.view(no)->error, "bad address");
  const auto later = q.add();
  l = *q.take();
  fail.id = l.id;
  fail.token = l.token;
  fail.retry = retry_wish::after;
  fail.retry_in_ms = 77;
  EXPECT_EQ(q.change(fail).state, job_state::delayed);
  EXPECT_EQ(q.view(later)->due_at, q.now + 77);
}

TEST(BookLease, of_many_failures_the_last_20_are_kept_each_cut) {
  book_rig q;
  auto job = job_of("1");
  job.attempts = 100;
  const auto id = q.add(job);
  for (int i = 0; i < 30; ++i) {
    // "ä" has two bytes: the cut must not part them.
    std::string error = "x";
    for (int n = 0; n < 2'000; ++n)
      error += "\xC3\xA4";
    q.by_worker(job_verb::fail, *q.take(), error);
    q.pass(4'000'000);
  }
  const auto v = *q.view(id);
  ASSERT_EQ(v.failures.size(), failures_max);
  EXPECT_EQ(v.failures.front().attempt, 11u);
  EXPECT_EQ(v.failures.back().attempt, 30u);
  EXPECT_EQ(v.failures.back().error.size(), failure_text_max - 1);
  q.start();
  EXPECT_EQ(q.view(id)->failures.size(), failures_max);
}

TEST(BookLease, a_job_handed_back_is_unharmed_and_keeps_its_place) {
  book_rig q;
  const auto first = q.add();
  q.now += 5;
  q.add();
  const auto l = *q.take();
  q.now += 5;
  EXPECT_EQ(q.by_worker(job_verb::release, l).state, job_state::waiting);
  EXPECT_EQ(q.view(first)->attempts_made, 0u);
  EXPECT_EQ(q.view(first)->workers_lost, 0u);
  EXPECT_EQ(q.take()->id, first);
  EXPECT_EQ(q.by_worker(job_verb::release, l).refused,
            job_refusal::stale_token);
}

TEST(BookLease, a_checkpoint_is_there_for_the_next_attempt) {
  book_rig q;
  const auto id = q.add();
  auto taken = q.book->take({}, q.now);
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_FALSE(taken[0].has_checkpoint);
  q.by_worker(job_verb::checkpoint, taken[0].job, "{\"at\":1}");
  q.by_worker(job_verb::checkpoint, taken[0].job, "{\"at\":2}");
  q.by_worker(job_verb::fail, taken[0].job, "no");
  q.pass(5'000);
  taken = q.book->take({}, q.now);
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_TRUE(taken[0].has_checkpoint);
  EXPECT_EQ(q.view(id)->checkpoint.view(), "{\"at\":2}");
}

TEST(BookLease, cancelling_ends_an_active_job_and_its_worker_hears_of_it) {
  book_rig q;
  const auto id = q.add();
  const auto l = *q.take();
  EXPECT_EQ(q.by_others(job_verb::cancel, id).state, job_state::failed);
  EXPECT_EQ(q.view(id)->error, "cancelled");
  for (const auto verb : {job_verb::heartbeat, job_verb::progress,
                          job_verb::complete, job_verb::fail}) {
    const auto said = q.by_worker(verb, l, "1");
    EXPECT_EQ(said.refused, job_refusal::stale_token);
    EXPECT_TRUE(said.cancelled);
  }
  EXPECT_EQ(q.by_others(job_verb::cancel, id).refused,
            job_refusal::wrong_state);
  EXPECT_EQ(q.numbers().active, 0u);
}

TEST(BookLease, no_more_are_lent_than_the_concurrency_allows) {
  auto s = book_rig::usual();
  s.concurrency = 2;
  book_rig q{s};
  for (int i = 0; i < 5; ++i)
    q.add();
  lease_wish wish;
  wish.max = 10;
  const auto taken = q.book->take(wish, q.now);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_FALSE(q.take());
  q.by_worker(job_verb::complete, taken[0].job);
  EXPECT_TRUE(q.take());
  EXPECT_FALSE(q.take());
  q.pass(30'000);
  EXPECT_EQ(q.book->take(wish, q.now).size(), 2u);
}

TEST(BookLease, a_worker_of_one_tenant_is_lent_its_jobs_only) {
  book_rig q;
  auto job = job_of("1");
  job.tenant = "a";
  q.add(job);
  job.tenant = "b";
  const auto theirs = q.add(job);
  lease_wish wish;
  wish.tenant = "b";
  EXPECT_EQ(q.take(wish)->id, theirs);
  EXPECT_FALSE(q.take(wish));
}

TEST(BookLease, after_a_restart_who_holds_a_lease_has_a_heartbeat_to_say_so) {
  book_rig q;
  q.add();
  const auto l = *q.take();
  q.now += 3'600'000;
  q.start();
  EXPECT_EQ(q.by_worker(job_verb::heartbeat, l).refused, job_refusal::none);
  q.now += 3'600'000;
  q.start();
  q.pass(8'999);
  EXPECT_EQ(q.state(l.id), job_state::active);
  q.pass(1);
  EXPECT_EQ(q.state(l.id), job_state::waiting);
}

TEST(BookLease, a_lease_that_a_crash_forgets_is_over) {
  book_rig q;
  const auto id = q.add();
  const auto taken = q.book->take({}, q.now);
  ASSERT_EQ(taken.size(), 1u);
  q.start();
  EXPECT_EQ(q.by_worker(job_verb::complete, taken[0].job).refused,
            job_refusal::stale_token);
  EXPECT_EQ(q.take()->id, id);
}

}  // namespace
}  // namespace troupe
