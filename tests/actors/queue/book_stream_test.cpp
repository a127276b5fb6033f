// A job's stream: what happened to it, in order, and its end.

#include "tests/actors/queue/book_rig.hpp"

namespace troupe {
namespace {

using testing::book_rig;

using names = std::vector<std::string>;

TEST(BookStream, output_comes_in_order_and_its_end_comes_last) {
  book_rig q;
  const auto id = q.add();
  const auto l = *q.take();
  q.by_worker(job_verb::append, l, "\"a\"");
  q.by_worker(job_verb::progress, l, "10");
  q.by_worker(job_verb::append, l, "\"b\"");
  EXPECT_EQ(q.view(id)->progress.view(), "10");
  EXPECT_EQ(q.stream(id), (names{"token", "progress", "token"}));
  q.by_worker(job_verb::complete, l, "1");
  const names all{"token", "progress", "token", "completed"};
  EXPECT_EQ(q.stream(id), all);
  q.start();
  EXPECT_EQ(q.stream(id), all);
}

TEST(BookStream, a_further_attempt_says_so_before_its_first_output) {
  book_rig q;
  const auto id = q.add();
  auto l = *q.take();
  q.by_worker(job_verb::append, l, "1");
  q.by_worker(job_verb::fail, l, "no");
  q.pass(5'000);
  l = *q.take();
  EXPECT_EQ(q.stream(id), (names{"token"}));
  q.by_worker(job_verb::append, l, "1");
  q.by_worker(job_verb::append, l, "2");
  EXPECT_EQ(q.stream(id), (names{"token", "attempt", "token", "token"}));
}

TEST(BookStream, events_and_ends_are_seen_once_they_are_on_disk) {
  book_rig q;
  const auto id = q.add();
  const auto l = *q.take();
  job_change c;
  c.id = l.id;
  c.token = l.token;
  c.verb = job_verb::append;
  c.event = "log";
  c.value = shared_bytes{std::string{"1"}};
  ASSERT_TRUE(q.book->change(c, q.now));
  EXPECT_TRUE(q.stream(id).empty());
  auto first = q.book->cut(q.now);
  ASSERT_TRUE(first);
  ASSERT_TRUE(q.book->change(c, q.now));
  c.verb = job_verb::complete;
  ASSERT_TRUE(q.book->change(c, q.now));
  q.keep(first->batch);
  const auto s = q.book->settle(first->number, {}, q.now);
  EXPECT_EQ(s.streams.size(), 1u);
  EXPECT_EQ(q.stream(id), (names{"log"}));
  q.write();
  EXPECT_EQ(q.last.streams.size(), 1u);
  EXPECT_EQ(q.stream(id), (names{"log", "log", "completed"}));
}

TEST(BookStream, an_end_that_was_taken_back_meanwhile_is_not_the_end) {
  book_rig q;
  const auto id = q.add();
  job_change c;
  const auto complete = [&] {
    const auto taken = q.book->take({}, q.now);
    ASSERT_EQ(taken.size(), 1u);
    c.verb = job_verb::complete;
    c.id = id;
    c.token = taken[0].job.token;
    ASSERT_TRUE(q.book->change(c, q.now));
  };
  complete();
  const auto first = q.book->cut(q.now);
  c.verb = job_verb::retry;
  ASSERT_TRUE(q.book->change(c, q.now));
  complete();
  q.keep(first->batch);
  q.book->settle(first->number, {}, q.now);
  EXPECT_FALSE(q.book->follow(id, {})->ended);
  q.write();
  EXPECT_TRUE(q.book->follow(id, {})->ended);
}

TEST(BookStream, a_redriven_job_goes_on_in_its_stream_beyond_its_end) {
  book_rig q;
  const auto id = q.add();
  auto l = *q.take();
  q.by_worker(job_verb::append, l, "1");
  q.by_worker(job_verb::complete, l, "1");
  const auto end = q.book->follow(id, {})->end.number;
  q.by_others(job_verb::retry, id);
  EXPECT_EQ(q.stream(id), (names{"token", "redriven"}));
  EXPECT_GT(q.book->follow(id, {})->events, end);
  l = *q.take();
  EXPECT_EQ(l.attempt, 1u);
  q.by_worker(job_verb::complete, l, "2");
  EXPECT_EQ(q.stream(id), (names{"token", "redriven", "completed"}));
}

}  // namespace
}  // namespace troupe
