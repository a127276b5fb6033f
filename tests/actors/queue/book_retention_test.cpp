// How long jobs that have ended are kept.

#include "tests/actors/queue/book_rig.hpp"

namespace troupe {
namespace {

using testing::book_rig;
using testing::job_of;

std::string dead_one(book_rig& q, const std::string& error) {
  auto job = job_of("1");
  job.attempts = 1;
  const auto id = q.add(job);
  q.by_worker(job_verb::fail, *q.take(), error);
  return id;
}

TEST(BookRetention, the_newest_so_many_are_kept) {
  auto s = book_rig::usual();
  s.keep_completed.count = 3;
  book_rig q{s};
  std::vector<std::string> ids;
  for (int i = 0; i < 10; ++i) {
    ids.push_back(q.add());
    q.by_worker(job_verb::complete, *q.take(), "1");
    // Whoever follows it hears of its end.
    EXPECT_EQ(q.stream(ids.back()).back(), "completed");
    q.now += 1;
  }
  q.add();
  EXPECT_EQ(q.numbers().completed, 3u);
  EXPECT_EQ(q.state(ids[6]), job_state::count_);
  EXPECT_EQ(q.state(ids[7]), job_state::completed);
  EXPECT_EQ(q.stored["mail.jobs"].size(), 4u);
  EXPECT_EQ(q.stored["mail.papers"].size(), 3u);
}

TEST(BookRetention, where_none_is_kept_its_end_is_heard_of_all_the_same) {
  auto s = book_rig::usual();
  s.keep_completed.count = 0;
  book_rig q{s};
  const auto id = q.add();
  q.by_worker(job_verb::complete, *q.take());
  EXPECT_EQ(q.stream(id).back(), "completed");
  q.add();
  EXPECT_EQ(q.stream(id).back(), "unknown");
}

TEST(BookRetention, what_is_too_old_goes_each_state_by_its_own_age) {
  auto s = book_rig::usual();
  s.keep_completed.age = std::chrono::seconds{10};
  s.keep_dead.age = std::chrono::seconds{20};
  book_rig q{s};
  const auto done = q.add();
  q.by_worker(job_verb::complete, *q.take());
  const auto dead = dead_one(q, "x");
  EXPECT_EQ(q.book->next_call(q.now), q.now + 10'000);
  q.pass(9'999);
  EXPECT_EQ(q.state(done), job_state::completed);
  q.pass(1);
  EXPECT_EQ(q.state(done), job_state::count_);
  q.pass(9'999);
  EXPECT_EQ(q.state(dead), job_state::dead);
  q.pass(1);
  EXPECT_EQ(q.state(dead), job_state::count_);
  EXPECT_EQ(q.book->next_call(q.now), std::nullopt);
}

TEST(BookRetention, other_settings_hold_for_what_is_there) {
  book_rig q;
  for (int i = 0; i < 5; ++i) {
    q.add();
    q.by_worker(job_verb::complete, *q.take());
  }
  auto s = std::make_shared<config::queue_settings>(*q.settings);
  s->keep_completed.count = 1;
  q.book->adopt(s, q.now);
  EXPECT_EQ(q.book->next_call(q.now), q.now);
  q.sweep();
  EXPECT_EQ(q.numbers().completed, 1u);
}

}  // namespace
}  // namespace troupe
