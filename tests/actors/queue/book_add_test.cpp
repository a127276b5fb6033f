// What becomes of new jobs: those that are not new, that are too many, that
// stand for one another.

#include "tests/actors/queue/book_rig.hpp"

namespace troupe {
namespace {

using testing::book_rig;
using testing::job_of;

new_job named(const std::string& id) {
  auto job = job_of("1");
  job.id = id;
  return job;
}

new_job keyed(dedup_mode mode, const std::string& bytes,
              std::uint64_t ttl_ms = 0) {
  auto job = job_of(bytes);
  job.dedup = job_dedup{.key = "k", .mode = mode, .ttl_ms = ttl_ms};
  return job;
}

job_receipt add(book_rig& q, const new_job& job) {
  auto r = q.book->add({job}, q.now);
  EXPECT_TRUE(r);
  q.write();
  return r->receipts.front();
}

TEST(BookAdd, a_job_without_an_id_is_called_by_its_number) {
  book_rig q;
  const auto first = add(q, {});
  const auto second = add(q, {});
  EXPECT_EQ(q.view(first.id)->number + 1, q.view(second.id)->number);
  EXPECT_EQ(std::to_string(q.view(second.id)->number), second.id);
  EXPECT_FALSE(first.duplicate);
}

TEST(BookAdd, numbers_are_not_used_twice_over_restarts_and_removals) {
  book_rig q;
  job_number last = 0;
  for (int i = 0; i < 5; ++i) {
    const auto id = q.add();
    EXPECT_GT(q.view(id)->number, last);
    last = q.view(id)->number;
    q.by_others(job_verb::remove, id);
    q.start();
  }
}

TEST(BookAdd, a_second_job_of_an_id_is_the_first) {
  book_rig q;
  add(q, named("a"));
  const auto again = add(q, named("a"));
  EXPECT_TRUE(again.duplicate);
  EXPECT_EQ(again.id, "a");
  EXPECT_EQ(q.numbers().waiting, 1u);
  const auto l = *q.take();
  EXPECT_EQ(add(q, named("a")).state, job_state::active);
  q.by_worker(job_verb::complete, l);
  EXPECT_EQ(add(q, named("a")).state, job_state::completed);
  q.start();
  EXPECT_TRUE(add(q, named("a")).duplicate);
  q.by_others(job_verb::remove, "a");
  EXPECT_FALSE(add(q, named("a")).duplicate);
  EXPECT_EQ(q.book->tally().duplicate, 1u);
}

TEST(BookAdd, in_one_bulk_too) {
  book_rig q;
  const auto r = q.book->add({named("a"), named("a")}, q.now);
  ASSERT_TRUE(r);
  EXPECT_FALSE(r->receipts[0].duplicate);
  EXPECT_TRUE(r->receipts[1].duplicate);
  EXPECT_NE(r->numbers[0], 0u);
  EXPECT_EQ(r->numbers[1], 0u);
}

TEST(BookAdd, two_tenants_may_use_one_id_and_do_not_meet) {
  book_rig q;
  auto a = named("x");
  a.tenant = "a";
  auto b = named("x");
  b.tenant = "b";
  add(q, a);
  EXPECT_FALSE(add(q, b).duplicate);
  EXPECT_EQ(q.view("x", "b")->tenant, "b");
  EXPECT_FALSE(q.view("x", "c"));
  // Without a tenant, a worker's token tells which one is meant.
  lease_wish wish;
  wish.tenant = "b";
  const auto l = *q.take(wish);
  EXPECT_EQ(q.by_worker(job_verb::complete, l).refused, job_refusal::none);
  EXPECT_EQ(q.view("x", "a")->state, job_state::waiting);
  EXPECT_EQ(q.view("x", "b")->state, job_state::completed);
  job_change change;
  change.verb = job_verb::cancel;
  change.id = "x";
  change.tenant = "c";
  EXPECT_EQ(q.change(change).refused, job_refusal::unknown_job);
}

TEST(BookAdd, more_than_may_wait_are_refused_all_or_none) {
  auto s = book_rig::usual();
  s.max_waiting = 3;
  book_rig q{s};
  auto later = job_of("1");
  later.delay_ms = 1'000;
  q.add(later);
  add(q, named("a"));
  const auto r = q.book->add({{}, {}}, q.now);
  ASSERT_FALSE(r);
  EXPECT_EQ(code_of(r.error()), errc::queue_full);
  EXPECT_GT(r.error().context().get_as<std::uint64_t>(0), 0u);
  EXPECT_EQ(q.numbers().waiting, 1u);
  EXPECT_EQ(q.book->tally().refused, 2u);
  q.add();
  // Who is known already needs no room.
  EXPECT_TRUE(add(q, named("a")).duplicate);
  EXPECT_EQ(q.add(), "queue_full");
  q.take();
  EXPECT_NE(q.add(), "queue_full");
}

TEST(BookAdd, a_delayed_job_waits_when_it_is_due_behind_those_before) {
  book_rig q;
  auto job = job_of("1");
  job.delay_ms = 500;
  const auto later = add(q, job);
  EXPECT_EQ(later.state, job_state::delayed);
  EXPECT_EQ(q.view(later.id)->due_at, q.now + 500);
  q.now += 100;
  const auto first = q.add();
  EXPECT_EQ(q.book->next_call(q.now), q.now + 400);
  q.pass(399);
  EXPECT_EQ(q.state(later.id), job_state::delayed);
  q.pass(1);
  EXPECT_EQ(q.state(later.id), job_state::waiting);
  EXPECT_EQ(q.take()->id, first);
  EXPECT_EQ(q.take()->id, later.id);
}

TEST(BookAdd, the_queue_says_what_a_job_does_not) {
  auto s = book_rig::usual();
  s.priority = 7;
  s.attempts = 9;
  s.timeout = std::chrono::seconds{3};
  book_rig q{s};
  const auto id = q.add();
  EXPECT_EQ(q.view(id)->priority, 7);
  EXPECT_EQ(q.view(id)->attempts, 9u);
  EXPECT_EQ(q.take()->timeout_ms, 3'000u);
}

TEST(BookDedup, simple_drops_until_the_other_one_has_ended) {
  book_rig q;
  const auto first = add(q, keyed(dedup_mode::simple, "1"));
  EXPECT_EQ(add(q, keyed(dedup_mode::simple, "2")).id, first.id);
  const auto l = *q.take();
  EXPECT_TRUE(add(q, keyed(dedup_mode::simple, "3")).duplicate);
  q.start();
  EXPECT_TRUE(add(q, keyed(dedup_mode::simple, "4")).duplicate);
  q.by_worker(job_verb::complete, l);
  EXPECT_FALSE(add(q, keyed(dedup_mode::simple, "5")).duplicate);
}

TEST(BookDedup, throttle_drops_for_a_time_also_when_the_other_has_ended) {
  book_rig q;
  const auto first = add(q, keyed(dedup_mode::throttle, "1", 1'000));
  q.by_worker(job_verb::complete, *q.take());
  q.now += 999;
  EXPECT_EQ(add(q, keyed(dedup_mode::throttle, "2", 1'000)).id, first.id);
  q.start();
  EXPECT_EQ(add(q, keyed(dedup_mode::throttle, "2", 1'000)).id, first.id);
  q.now += 1;
  EXPECT_FALSE(add(q, keyed(dedup_mode::throttle, "3", 1'000)).duplicate);
}

TEST(BookDedup, debounce_replaces_one_that_is_delayed_and_its_delay_begins) {
  book_rig q;
  auto job = keyed(dedup_mode::debounce, "\"old\"");
  job.delay_ms = 1'000;
  const auto first = add(q, job);
  q.pass(900);
  auto next = keyed(dedup_mode::debounce, "\"new\"");
  next.delay_ms = 1'000;
  next.priority = priority_high;
  const auto r = q.book->add({next}, q.now);
  ASSERT_TRUE(r);
  EXPECT_TRUE(r->receipts[0].duplicate);
  EXPECT_EQ(r->receipts[0].id, first.id);
  EXPECT_EQ(std::to_string(r->numbers[0]), first.id);
  q.write();
  q.pass(999);
  EXPECT_EQ(q.state(first.id), job_state::delayed);
  EXPECT_EQ(q.view(first.id)->data.view(), "\"new\"");
  q.start();
  q.pass(1);
  EXPECT_EQ(q.take()->priority, priority_high);
  EXPECT_FALSE(add(q, next).duplicate);
}

TEST(BookDedup, the_last_one_added_while_another_is_active_comes_next) {
  book_rig q;
  const auto first = add(q, keyed(dedup_mode::keep_last, "1"));
  EXPECT_TRUE(add(q, keyed(dedup_mode::keep_last, "2")).duplicate);
  const auto l = *q.take();
  const auto held = add(q, keyed(dedup_mode::keep_last, "3"));
  EXPECT_FALSE(held.duplicate);
  const auto last = add(q, keyed(dedup_mode::keep_last, "4"));
  EXPECT_EQ(last.id, held.id);
  EXPECT_FALSE(q.take());
  q.pass(100);
  EXPECT_FALSE(q.take());
  q.start();
  EXPECT_FALSE(q.take());
  EXPECT_EQ(q.by_worker(job_verb::complete, l).refused, job_refusal::none);
  const auto next = q.take();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->id, held.id);
  EXPECT_EQ(q.view(held.id)->data.view(), "4");
  EXPECT_NE(first.id, held.id);
}

TEST(BookDedup, who_is_held_and_promoted_is_replaced_by_nobody) {
  book_rig q;
  const auto first = add(q, keyed(dedup_mode::keep_last, "1"));
  const auto active = *q.take();
  const auto held = add(q, keyed(dedup_mode::keep_last, "2"));
  EXPECT_EQ(q.by_others(job_verb::promote, held.id).state, job_state::waiting);
  EXPECT_EQ(q.take()->id, held.id);
  const auto next = add(q, keyed(dedup_mode::keep_last, "3"));
  EXPECT_FALSE(next.duplicate);
  EXPECT_EQ(q.view(held.id)->data.view(), "2");
  EXPECT_FALSE(q.take());
  q.by_worker(job_verb::complete, active);
  EXPECT_EQ(q.take()->id, next.id);
}

TEST(BookDedup, who_is_held_comes_free_when_the_other_is_cancelled) {
  book_rig q;
  const auto first = add(q, keyed(dedup_mode::keep_last, "1"));
  q.take();
  const auto held = add(q, keyed(dedup_mode::keep_last, "2"));
  q.by_others(job_verb::cancel, first.id);
  EXPECT_EQ(q.take()->id, held.id);
}

}  // namespace
}  // namespace troupe
