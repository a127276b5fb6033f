// Disks that fail, and deaths: what was answered stays, what could not be
// written was not answered, and the queue goes on by itself.

#include "tests/actors/queue/queue_rig.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;

class queue_faults_test : public testing::queue_rig {
protected:
  static errc refusal_of(const auto& said) {
    EXPECT_TRUE(*said) << "nobody answered";
    return *said ? code_of(**said) : errc::none;
  }

  heard<enqueue_ticket> asked() {
    return send<enqueue_ticket>(atom::enqueue_v, new_jobs{job()});
  }
};

// -- the disk

TEST_F(queue_faults_test, nothing_is_taken_in_while_the_disk_is_full) {
  begin();
  add(job("before"));
  moods->commits = errc::store_full;
  EXPECT_EQ(refusal_of(enqueue({job("lost")})), errc::store_full);
  EXPECT_EQ(add(), "store_full") << "at once";
  EXPECT_NE(status().refuses, "");
  EXPECT_EQ(look("1")->data.view(), "before") << "what was there is read";
  moods->commits.reset();
  advance(1s);
  EXPECT_EQ(status().refuses, "");
  EXPECT_EQ(status().waiting, 1u) << "what was refused was not kept";
  EXPECT_NE(add(job("after")), "store_full");
  const auto jobs = take(10);
  ASSERT_EQ(jobs.size(), 2u);
  EXPECT_EQ(jobs[0].data.view(), "before");
  EXPECT_EQ(jobs[1].data.view(), "after");
}

TEST_F(queue_faults_test, nothing_is_leased_that_could_not_be_written_down) {
  begin();
  enqueue({job(), job()});
  moods->commits = errc::store_full;
  take();  // Was handed out before anybody knew.
  const auto waits = lease(60'000);
  advance(10s);
  EXPECT_FALSE(*waits);
  moods->commits.reset();
  advance(1s);
  ASSERT_TRUE(*waits && **waits);
  EXPECT_EQ((**waits)->size(), 1u);
}

TEST_F(queue_faults_test, what_was_done_meanwhile_is_written_later) {
  begin();
  add();
  const auto jobs = take();
  moods->commits = errc::store_failed;
  const auto said = alter({change(job_verb::complete, jobs[0], R"("ok")")});
  EXPECT_EQ(refusal_of(said), errc::store_failed);
  moods->commits.reset();
  advance(1s);
  const auto again = alter_one(change(job_verb::complete, jobs[0], R"("ok")"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->refused, job_refusal::none) << "said twice, done once";
  restart_queue();
  EXPECT_EQ(look("1")->result.view(), R"("ok")");
  EXPECT_EQ(counted(job_event_kind::completed), 1);
}

TEST_F(queue_faults_test, all_who_wait_for_a_batch_that_failed_hear_of_it) {
  begin();
  hold_writes();
  const auto first = enqueue({job()});
  const auto second = enqueue({job()});
  moods->commits = errc::store_failed;
  let_write();
  EXPECT_EQ(refusal_of(first), errc::store_failed);
  EXPECT_EQ(refusal_of(second), errc::store_failed);
  EXPECT_EQ(status().waiting, 0u);
}

TEST_F(queue_faults_test, a_lease_whose_data_cannot_be_read_is_handed_back) {
  begin();
  add(job("x"));
  restart_queue();
  moods->reads = errc::store_corrupt;
  EXPECT_EQ(refusal_of(lease()), errc::store_corrupt);
  moods->reads.reset();
  const auto jobs = take();
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_EQ(jobs[0].attempt, 1u);
  EXPECT_EQ(jobs[0].data.view(), "x");
}

TEST_F(queue_faults_test, looks_at_what_cannot_be_read_are_answered) {
  begin();
  add(job("x"));
  moods->reads = errc::store_failed;
  EXPECT_EQ(refusal_of(view("1")), errc::store_failed);
}

// -- a start

TEST_F(queue_faults_test, says_why_what_it_had_cannot_be_read_and_tries_on) {
  start_writer();
  start_reader();
  moods->reads = errc::store_failed;
  start_queue();
  EXPECT_EQ(refusal_of(enqueue({job()})), errc::store_failed);
  EXPECT_EQ(refusal_of(view("1")), errc::store_failed);
  EXPECT_NE(status().refuses, "");
  moods->reads.reset();
  advance(1s);
  EXPECT_EQ(add(), "1");
}

TEST_F(queue_faults_test, without_a_store_everybody_hears_why) {
  auto none = deps();
  none.no_store = caf::make_error(errc::store_full, std::string{"read-only"});
  at = spawn(queue, none);
  EXPECT_EQ(refusal_of(enqueue({job()})), errc::store_full);
  EXPECT_EQ(refusal_of(lease(60'000)), errc::store_full);
  EXPECT_EQ(refusal_of(alter({})), errc::store_full);
  EXPECT_EQ(refusal_of(view("1")), errc::store_full);
  EXPECT_EQ(refusal_of(follow("1")), errc::store_full);
  EXPECT_EQ(refusal_of(order(queue_verb::pause)), errc::store_full);
  EXPECT_EQ(status().refuses, "store_full: read-only");
  EXPECT_EQ(status().name, "mail");
  advance(1min);
  EXPECT_EQ(refusal_of(enqueue({job()})), errc::store_full);
}

TEST_F(queue_faults_test, what_is_asked_during_a_start_waits_for_its_end) {
  hold_writes();
  start_reader();
  start_queue();
  EXPECT_EQ(status().refuses, queue_starting);
  const auto said = asked();
  const auto seen = view("1");
  settle();
  EXPECT_FALSE(*said);
  EXPECT_FALSE(*seen);
  let_write();
  EXPECT_EQ(refusal_of(seen), errc::unknown_job);
  let_write();
  let_write();
  EXPECT_TRUE(*said && **said);
}

TEST_F(queue_faults_test, a_crowd_at_the_start_has_an_edge) {
  hold_writes();
  start_queue();
  for (std::size_t i = 0; i < queue_state::early_max; ++i)
    asked();
  const auto one_more = asked();
  settle();
  EXPECT_EQ(refusal_of(one_more), errc::overloaded);
}

TEST_F(queue_faults_test, nothing_is_leased_before_the_start_is_on_disk) {
  begin();
  add();
  hold_writes();
  restart_queue();
  let_write();  // What came before; the queue is read.
  const auto waits = lease(60'000);
  EXPECT_FALSE(*waits);
  EXPECT_EQ(status().waiting, 1u);
  let_write();
  ASSERT_TRUE(*waits && **waits);
  EXPECT_EQ((**waits)->size(), 1u);
}

// -- deaths

TEST_F(queue_faults_test, what_was_answered_outlives_the_queue) {
  begin();
  std::vector<std::string> ids;
  for (int i = 0; i < 5'000; i += 500) {
    new_jobs some;
    for (int k = 0; k < 500; ++k)
      some.push_back(job(std::to_string(i + k)));
    const auto said = enqueue(std::move(some));
    for (const auto& r : ***said)
      ids.push_back(r.id);
  }
  const auto jobs = take(100);
  ASSERT_EQ(jobs.size(), 100u);
  alter_one(change(job_verb::complete, jobs[0], "1"));
  alter_one(change(job_verb::progress, jobs[1], "50"));
  restart_queue();
  const auto now = status();
  EXPECT_EQ(now.waiting, 4'900u);
  EXPECT_EQ(now.active, 99u);
  EXPECT_EQ(now.completed, 1u);
  EXPECT_EQ(look(jobs[0].id)->result.view(), "1");
  EXPECT_EQ(look(jobs[1].id)->progress.view(), "50");
  const auto beat = alter_one(change(job_verb::heartbeat, jobs[1]));
  EXPECT_EQ(beat->refused, job_refusal::none) << "the lease goes on";
  const auto next = take(4'900);
  ASSERT_EQ(next.size(), 4'900u);
  for (std::size_t i = 0; i < next.size(); ++i)
    ASSERT_EQ(next[i].data.view(), std::to_string(i + 100));
  EXPECT_GT(next[0].token, jobs[99].token) << "tokens only grow";
  const auto fresh = add();
  EXPECT_EQ(std::ranges::count(ids, fresh), 0) << "numbers do not come twice";
}

TEST_F(queue_faults_test, who_asked_a_queue_that_dies_hears_of_it) {
  begin();
  hold_writes();
  const auto added = enqueue({job()});
  const auto waits = lease(60'000);
  const auto follows = follow("1", 0, 60'000);
  kill(at);
  held->tickets.clear();
  settle();
  EXPECT_EQ(refusal_of(added), errc::actor_lost);
  EXPECT_EQ(refusal_of(waits), errc::actor_lost);
}

TEST_F(queue_faults_test, what_the_dead_had_sent_is_written_before_it_is_read) {
  begin();
  add();
  const auto jobs = take();
  hold_writes();
  alter({change(job_verb::complete, jobs[0], R"("late")")});
  restart_queue();
  EXPECT_EQ(held->tickets.size(), 2u) << "the successor waits for the first";
  let_write();
  EXPECT_EQ(look("1")->state, job_state::completed);
  let_write();
  start_writer();
  restart_queue();
  EXPECT_EQ(look("1")->result.view(), R"("late")");
}

TEST_F(queue_faults_test, goes_on_when_the_writer_dies_with_a_batch) {
  begin();
  hold_writes();
  const auto said = enqueue({job()});
  kill(writer.current());
  held->tickets.clear();
  settle();
  EXPECT_EQ(refusal_of(said), errc::actor_lost);
  EXPECT_EQ(add(), "actor_lost") << "nothing is taken in until it writes again";
  start_writer();
  advance(1s);
  EXPECT_NE(add(), "actor_lost");
  EXPECT_EQ(take(10).size(), 1u);
}

TEST_F(queue_faults_test, a_dead_reader_costs_its_questions_and_no_more) {
  begin();
  add(job("x"));
  kill(reader.current());
  EXPECT_EQ(refusal_of(view("1")), errc::actor_lost);
  start_reader();
  EXPECT_EQ(look("1")->data.view(), "x");
}

// -- the end

TEST_F(queue_faults_test, one_that_drains_lets_go_who_waits_and_writes_all) {
  begin();
  add();
  const auto jobs = take();
  add();
  order(queue_verb::pause);
  const auto works = lease(60'000);
  const auto follows = follow("1", 0, 60'000);
  caf::anon_send(at, atom::drain_v);
  settle();
  ASSERT_TRUE(*works && **works);
  EXPECT_TRUE((**works)->empty());
  EXPECT_EQ(refusal_of(follows), errc::shutting_down);
  EXPECT_EQ(add(), "shutting_down");
  order(queue_verb::resume);
  EXPECT_EQ(refusal_of(lease(60'000)), errc::shutting_down);
  EXPECT_EQ(refusal_of(follow("1", 0, 60'000)), errc::shutting_down);
  hold_writes();
  const auto done = alter({change(job_verb::release, jobs[0])});
  const auto all = alter({});
  EXPECT_FALSE(*all);
  let_write();
  EXPECT_TRUE(*done && **done) << "workers hand back what they have";
  EXPECT_TRUE(*all && **all);
  start_writer();
  restart_queue();
  EXPECT_EQ(status().waiting, 2u);
  EXPECT_EQ(look("1")->attempts_made, 0u);
}

}  // namespace
}  // namespace troupe
