// How memory stays ahead of the disk, and what a failing disk costs.

#include "tests/actors/queue/book_rig.hpp"

namespace troupe {
namespace {

using testing::book_rig;
using testing::job_of;

TEST(BookDisk, an_answer_rides_on_the_batch_that_has_what_it_says) {
  book_rig q;
  EXPECT_EQ(q.book->rides(), 0u);
  ASSERT_TRUE(q.book->add({{}}, q.now));
  const auto first = q.book->rides();
  EXPECT_NE(first, 0u);
  const auto cut = q.book->cut(q.now);
  EXPECT_EQ(cut->number, first);
  // What is said while it flies is in it,
  EXPECT_EQ(q.book->rides(), first);
  // or in the next one.
  ASSERT_TRUE(q.book->add({{}}, q.now));
  EXPECT_EQ(q.book->rides(), first + 1);
  EXPECT_FALSE(q.book->cut(q.now));
  q.book->settle(first, {}, q.now);
  EXPECT_EQ(q.book->cut(q.now)->number, first + 1);
  q.book->settle(first + 1, {}, q.now);
  EXPECT_EQ(q.book->rides(), 0u);
}

TEST(BookDisk, a_job_is_written_once_a_batch_however_often_it_changes) {
  book_rig q;
  q.add();
  const auto before = q.changes;
  const auto taken = q.book->take({}, q.now);
  job_change done;
  done.verb = job_verb::complete;
  done.id = taken[0].job.id;
  done.token = taken[0].job.token;
  ASSERT_TRUE(q.book->change(done, q.now));
  q.write();
  EXPECT_EQ(q.changes, before + 1);
}

TEST(BookDisk, an_order_that_erases_many_rides_on_the_last_batch_it_takes) {
  book_rig q;
  new_jobs many(25'000);
  ASSERT_TRUE(q.book->add(many, q.now));
  q.write();
  q.book->order(testing::order_of(queue_verb::drain), q.now);
  while (q.book->sweep(q.now)) {
  }
  const auto rides = q.book->rides();
  std::uint64_t last = 0;
  while (auto cut = q.book->cut(q.now)) {
    last = cut->number;
    q.keep(cut->batch);
    EXPECT_EQ(q.stored["mail.jobs"].empty(), last == rides);
    q.book->settle(last, {}, q.now);
  }
  EXPECT_EQ(last, rides);
}

TEST(BookDisk, when_a_batch_fails_what_was_being_added_is_given_up) {
  book_rig q;
  auto job = job_of("1");
  job.id = "a";
  job.dedup = job_dedup{.key = "k", .mode = dedup_mode::simple, .ttl_ms = 0};
  ASSERT_TRUE(q.book->add({job}, q.now));
  auto cut = q.book->cut(q.now);
  job.id = "b";
  job.dedup.reset();
  ASSERT_TRUE(q.book->add({job}, q.now));
  const auto failed = q.book->settle(
      cut->number, caf::make_error(errc::store_full, std::string{"no room"}),
      q.now);
  // Those for the next batch too: who asked for them hears the same.
  EXPECT_EQ(failed.dropped.size(), 2u);
  EXPECT_EQ(q.numbers().waiting, 0u);
  EXPECT_EQ(q.numbers().refuses, "store_full: no room");
  const auto refused = q.book->add({job}, q.now);
  EXPECT_EQ(code_of(refused.error()), errc::store_full);
  // Tried again a second later, and from then on all is well.
  EXPECT_FALSE(q.book->cut(q.now + 999));
  EXPECT_EQ(q.book->next_call(q.now), q.now + 1'000);
  q.pass(1'000);
  EXPECT_EQ(q.numbers().refuses, "");
  EXPECT_TRUE(q.stored["mail.jobs"].empty());
  EXPECT_TRUE(q.stored["mail.papers"].empty());
  job.id = "a";
  job.dedup = job_dedup{.key = "k", .mode = dedup_mode::simple, .ttl_ms = 0};
  EXPECT_EQ(q.add(job), "a");
  EXPECT_EQ(q.take()->id, "a");
}

TEST(BookDisk, what_was_given_up_is_erased_in_case_it_was_stored) {
  book_rig q;
  auto job = job_of("1");
  job.id = "a";
  ASSERT_TRUE(q.book->add({job}, q.now));
  const auto cut = q.book->cut(q.now);
  // It was, but nobody heard of it.
  q.keep(cut->batch);
  q.book->settle(cut->number, errc::actor_lost, q.now);
  q.pass(1'000);
  EXPECT_TRUE(q.stored["mail.jobs"].empty());
  EXPECT_TRUE(q.stored["mail.papers"].empty());
  EXPECT_EQ(q.add(job), "a");
  q.start();
  EXPECT_EQ(q.numbers().waiting, 1u);
}

TEST(BookDisk, when_a_batch_fails_all_other_changes_stand) {
  book_rig q;
  const auto a = q.add();
  const auto b = q.add();
  const auto gone = q.add();
  const auto l = *q.take();
  const auto say = [&](job_verb verb, const std::string& value) {
    job_change c;
    c.verb = verb;
    c.id = l.id;
    c.token = l.token;
    c.event = "log";
    c.value = shared_bytes{value};
    ASSERT_TRUE(q.book->change(c, q.now));
  };
  say(job_verb::append, "1");
  say(job_verb::progress, "50");
  job_change remove;
  remove.verb = job_verb::remove;
  remove.id = gone;
  ASSERT_TRUE(q.book->change(remove, q.now));
  auto cut = q.book->cut(q.now);
  say(job_verb::progress, "60");
  say(job_verb::complete, "7");
  q.book->settle(cut->number,
                 caf::make_error(errc::store_failed, std::string{"?"}), q.now);
  EXPECT_TRUE(q.stream(a).empty());
  q.now += 1'000;
  q.fail();
  q.now += 1'000;
  q.write();
  const auto look = [&] {
    EXPECT_EQ(q.stream(a), (std::vector<std::string>{"log", "progress",
                                                     "progress", "completed"}));
    EXPECT_EQ(q.view(a)->result.view(), "7");
    EXPECT_EQ(q.view(a)->progress.view(), "60");
    EXPECT_EQ(q.state(b), job_state::waiting);
    EXPECT_EQ(q.state(gone), job_state::count_);
  };
  look();
  q.start();
  look();
}

TEST(BookDisk, a_backlog_for_a_failing_store_has_an_edge) {
  book_rig q;
  q.add();
  const auto l = *q.take();
  job_change c;
  c.verb = job_verb::append;
  c.id = l.id;
  c.token = l.token;
  c.event = "log";
  c.value = shared_bytes{std::string(1u << 20, 'x')};
  ASSERT_TRUE(q.book->change(c, q.now));
  q.fail();
  int said = 0;
  for (; said < 100; ++said)
    if (const auto r = q.book->change(c, q.now); !r) {
      EXPECT_EQ(code_of(r.error()), errc::store_full);
      break;
    }
  EXPECT_GT(said, 50);
  EXPECT_LT(said, 70);
  // A heartbeat needs no room.
  c.verb = job_verb::heartbeat;
  c.value = {};
  EXPECT_TRUE(q.book->change(c, q.now));
  q.pass(1'000);
  c.verb = job_verb::append;
  c.value = shared_bytes{std::string{"1"}};
  EXPECT_TRUE(q.book->change(c, q.now));
  // What is on disk does not count any more.
  q.fail();
  EXPECT_TRUE(q.book->change(c, q.now));
}

TEST(BookDisk, a_broken_record_is_named_left_alone_and_hinders_nobody) {
  book_rig q;
  q.add();
  const auto broken = q.add();
  const auto last = q.add();
  const auto key = std::stoll(broken);
  q.stored["mail.jobs"][key] = "{\"c\":";
  q.start();
  ASSERT_EQ(q.faults.size(), 1u);
  EXPECT_TRUE(q.faults[0].starts_with("mail.jobs " + broken + ": "))
      << q.faults[0];
  EXPECT_EQ(q.numbers().waiting, 2u);
  // Its neighbours go, it does not.
  q.order(testing::order_of(queue_verb::drain));
  EXPECT_EQ(q.stored["mail.jobs"].size(), 1u);
  EXPECT_EQ(q.stored["mail.jobs"].count(key), 1u);
  EXPECT_GT(std::stoull(q.add()), std::stoull(last));
}

TEST(BookDisk, without_its_own_record_a_queue_goes_on_from_its_jobs) {
  book_rig q;
  q.add();
  const auto l = *q.take();
  const auto last = q.add();
  q.stored["mail.queue"][0] = "garbage";
  q.start();
  EXPECT_EQ(q.faults.size(), 1u);
  EXPECT_GT(q.take()->token, l.token);
  EXPECT_GT(std::stoull(q.add()), std::stoull(last));
}

TEST(BookDisk, a_batch_that_is_not_under_way_settles_nothing) {
  book_rig q;
  ASSERT_TRUE(q.book->add({{}}, q.now));
  const auto cut = q.book->cut(q.now);
  q.book->settle(cut->number + 1, {}, q.now);
  q.book->settle(cut->number - 1, {}, q.now);
  EXPECT_TRUE(q.book->take({}, q.now).empty());
  q.book->settle(cut->number, {}, q.now);
  EXPECT_EQ(q.book->take({}, q.now).size(), 1u);
}

TEST(BookDisk, who_is_given_up_while_another_was_held_for_him_leaves_no_trace) {
  book_rig q;
  auto job = job_of("1");
  job.dedup = job_dedup{.key = "k", .mode = dedup_mode::keep_last, .ttl_ms = 0};
  const auto first = q.add(job);
  const auto l = *q.take();
  ASSERT_TRUE(q.book->add({job}, q.now));
  // The other one ends while the held one is not on disk.
  job_change done;
  done.verb = job_verb::complete;
  done.id = l.id;
  done.token = l.token;
  ASSERT_TRUE(q.book->change(done, q.now));
  q.fail();
  EXPECT_EQ(q.numbers().waiting + q.numbers().delayed, 0u);
  q.pass(1'000);
  EXPECT_EQ(q.state(first), job_state::completed);
  EXPECT_FALSE(q.take());
  const auto r = q.book->add({job}, q.now);
  ASSERT_TRUE(r);
  EXPECT_FALSE(r->receipts[0].duplicate);
}

}  // namespace
}  // namespace troupe
