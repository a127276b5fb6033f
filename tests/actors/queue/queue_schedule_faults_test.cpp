// Schedules beside disks that fail, deaths and full queues: each occurrence is
// one job, and none is missing that its policy does not give up.

#include "tests/actors/queue/schedule_rig.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;

class queue_schedule_faults_test : public testing::schedule_rig {
protected:
  static constexpr job_time first = today + hour;

  /// The node's way down and up: who holds what is not written forgets it.
  void crash() {
    kill(at);
    held->tickets.clear();
    start_writer();
    start_queue();
  }

  schedule_wish wish_of(misfire_policy p) {
    auto w = hourly(std::string{name_of(p)});
    w.misfire = p;
    w.catch_up_max = 3;
    return w;
  }
};

// -- deaths

TEST_F(queue_schedule_faults_test,
       a_death_before_the_disk_makes_it_come_again) {
  arrange(hourly("a"));
  hold_writes();
  advance_to(first);
  EXPECT_EQ(held->size(), 1u);
  EXPECT_EQ(jobs(), strings{});
  crash();
  EXPECT_EQ(jobs(), strings{id_at("a", first)});
  EXPECT_EQ(progress("a").made, 1u);
  restart_queue();
  EXPECT_EQ(jobs().size(), 1u);
}

TEST_F(queue_schedule_faults_test, a_death_after_the_disk_makes_it_come_once) {
  arrange(hourly("a"));
  hold_writes();
  advance_to(first);
  kill(at);
  start_queue();  // Waits for what is held.
  let_write();
  let_write();
  EXPECT_EQ(jobs(), strings{id_at("a", first)});
  EXPECT_EQ(progress("a").made, 1u);
  EXPECT_EQ(progress("a").next_at, first + hour);
}

TEST_F(queue_schedule_faults_test, what_was_missed_comes_as_its_policy_says) {
  arrange(wish_of(misfire_policy::once));
  arrange(wish_of(misfire_policy::skip));
  arrange(wish_of(misfire_policy::all));
  kill(at);
  advance(5h + 30min);
  start_queue();
  auto came = jobs();
  std::ranges::sort(came);
  EXPECT_EQ(came, (strings{id_at("all", today + 3 * hour),
                           id_at("all", today + 4 * hour),
                           id_at("all", today + 5 * hour),
                           id_at("once", today + 5 * hour)}));
  advance_to(today + 6 * hour);
  EXPECT_EQ(jobs().size(), 7u);
}

// -- disks

TEST_F(queue_schedule_faults_test, what_the_disk_did_not_take_comes_later) {
  arrange(hourly("a"));
  moods->commits = errc::store_full;
  advance_to(first + 10 * second);
  EXPECT_EQ(jobs(), strings{});
  EXPECT_EQ(counted(schedule_event::failed), 1) << "not each second";
  moods->commits.reset();
  advance(3s);
  EXPECT_EQ(jobs(), strings{id_at("a", first)});
  restart_queue();
  EXPECT_EQ(jobs(), strings{id_at("a", first)});
  EXPECT_EQ(progress("a").made, 1u);
  EXPECT_EQ(counted(schedule_event::added), 1);
}

// The schedule's own record is tried again, the job is not: the older one must
// not be what a crash finds.
TEST_F(queue_schedule_faults_test, a_death_after_a_failure_loses_nothing) {
  arrange(hourly("a"));
  hold_writes();
  advance_to(first);
  moods->commits = errc::store_full;
  let_write();
  moods->commits.reset();
  advance(1s);
  EXPECT_EQ(held->size(), 1u) << "what failed, without the job";
  let_write();
  EXPECT_EQ(held->size(), 1u) << "the job again";
  crash();
  EXPECT_EQ(jobs(), strings{id_at("a", first)});
  EXPECT_EQ(progress("a").made, 1u);
}

TEST_F(queue_schedule_faults_test, a_batch_whose_word_is_lost_doubles_nothing) {
  arrange(hourly("a"));
  hold_writes();
  advance_to(first);
  for (auto& t : std::exchange(held->tickets, {})) {
    ASSERT_TRUE(where->commit(t.matter()));
    t.answer(errc::actor_lost);
  }
  settle();
  start_writer();
  advance(3s);
  EXPECT_EQ(jobs(), strings{id_at("a", first)});
  restart_queue();
  EXPECT_EQ(jobs(), strings{id_at("a", first)});
}

// What was to go with the next batch is given up as well.
TEST_F(queue_schedule_faults_test,
       a_failure_takes_those_of_the_next_batch_too) {
  arrange(hourly("a"));
  arrange(every("b", hour + second));
  hold_writes();
  advance_to(first);
  advance_to(first + second);  // b waits for the next.
  moods->commits = errc::store_failed;
  let_write();
  moods->commits.reset();
  EXPECT_EQ(progress("a").made, 0u);
  EXPECT_EQ(progress("b").made, 0u);
  start_writer();
  advance(3s);
  EXPECT_EQ(jobs(), (strings{id_at("a", first), id_at("b", first + second)}));
}

TEST_F(queue_schedule_faults_test, who_arranges_while_it_fails_hears_why) {
  arrange(hourly("a"));
  moods->commits = errc::store_full;
  const auto first_to_know = order_schedule(hourly("b"));
  ASSERT_TRUE(*first_to_know);
  EXPECT_EQ(code_of(**first_to_know), errc::store_full);
  const auto next = order_schedule(hourly("c"));
  ASSERT_TRUE(*next);
  EXPECT_EQ(code_of(**next), errc::store_full);
  const auto removed = order_schedule(hourly("a"), true);
  ASSERT_TRUE(*removed);
  EXPECT_EQ(code_of(**removed), errc::store_full);
  moods->commits.reset();
  advance(1s);
  restart_queue();
  strings ids;
  for (const auto& s : schedules().schedules)
    ids.push_back(s.wish.id);
  EXPECT_EQ(ids, (strings{"a", "b"})) << "what was changed stands, like a job";
}

TEST_F(queue_schedule_faults_test, the_last_word_is_the_last_one_on_disk) {
  hold_writes();
  auto w = hourly("a");
  order_schedule(w);  // On its way.
  w.limit = 7;
  order_schedule(w);  // Waits for the next batch.
  moods->commits = errc::store_failed;
  let_write();
  moods->commits.reset();
  start_writer();
  advance(1s);
  crash();
  const auto page = schedules();
  ASSERT_EQ(page.schedules.size(), 1u);
  EXPECT_EQ(page.schedules[0].wish.limit, 7u);
}

// -- changes meanwhile

TEST_F(queue_schedule_faults_test, a_change_on_the_way_harms_no_occurrence) {
  arrange(hourly("a"));
  hold_writes();
  advance_to(first);
  auto w = hourly("a");
  w.job.data = shared_bytes{"new"};
  const auto said = order_schedule(w);
  moods->commits = errc::store_failed;
  let_write();
  EXPECT_EQ(code_of(**said), errc::store_failed);
  moods->commits.reset();
  start_writer();
  advance(3s);
  EXPECT_EQ(jobs(), strings{id_at("a", first)});
  EXPECT_EQ(look(id_at("a", first))->data.view(), "new");
  crash();
  EXPECT_EQ(jobs(), strings{id_at("a", first)});
}

TEST_F(queue_schedule_faults_test, one_that_begins_anew_owes_nothing) {
  arrange(hourly("a"));
  hold_writes();
  advance_to(first);
  auto w = hourly("a");
  w.cron = "30 * * * *";
  const auto said = order_schedule(w);
  moods->commits = errc::store_failed;
  let_write();
  moods->commits.reset();
  start_writer();
  advance(3s);
  EXPECT_EQ(jobs(), strings{});
  advance_to(first + 30 * minute);
  EXPECT_EQ(jobs(), strings{id_at("a", first + 30 * minute)});
}

// -- full queues, and the end

TEST_F(queue_schedule_faults_test, one_that_finds_no_room_comes_when_there_is) {
  settings.max_waiting = 2;
  restart_queue();
  arrange(hourly("a"));
  for (const auto* id : {"b", "c", "d", "e"})
    arrange(hourly(id));
  enqueue({job(), job()});
  advance_to(first + 10 * second);
  EXPECT_EQ(jobs().size(), 2u);
  EXPECT_GE(counted(schedule_event::refused), 9);
  EXPECT_LE(counted(schedule_event::refused), 12) << "one of them a second";
  EXPECT_EQ(progress("a").made, 0u);
  strings came;
  for (int i = 0; i < 20; ++i) {
    for (const auto& j : take(1))
      came.push_back(j.id);
    advance(1s);
  }
  std::ranges::sort(came);
  EXPECT_EQ(came,
            (strings{"1", "2", id_at("a", first), id_at("b", first),
                     id_at("c", first), id_at("d", first), id_at("e", first)}));
}

TEST_F(queue_schedule_faults_test, many_that_find_no_room_keep_none_out) {
  settings.max_waiting = 2;
  restart_queue();
  arrange(wish_of(misfire_policy::all));
  arrange(wish_of(misfire_policy::once));
  kill(at);
  advance(5h);
  start_queue();
  advance(1s);
  EXPECT_EQ(jobs(), strings{id_at("once", today + 5 * hour)});
}

TEST_F(queue_schedule_faults_test, one_that_drains_makes_nothing_more) {
  arrange(hourly("a"));
  caf::anon_send(at, atom::drain_v);
  advance_to(first + 5 * second);
  EXPECT_EQ(jobs(), strings{});
  const auto said = order_schedule(hourly("b"));
  ASSERT_TRUE(*said);
  EXPECT_EQ(code_of(**said), errc::shutting_down);
  restart_queue();
  EXPECT_EQ(jobs(), strings{id_at("a", first)});
}

// -- damage

TEST_F(queue_schedule_faults_test, a_damaged_one_is_left_and_harms_no_other) {
  arrange(hourly("a"));
  kill(at);
  const std::string bad{"{"};
  ASSERT_TRUE(
      where->commit({{.space = "mail.schedules",
                      .changes = {{.key = 7, .value = bad, .until = 0}}}}));
  start_queue();
  EXPECT_EQ(arrange(hourly("b")).view.number, 8) << "not in its place";
  advance_to(first);
  EXPECT_EQ(jobs().size(), 2u);
  const auto looks = where->open_reader();
  ASSERT_TRUE(looks);
  const auto found =
      (*looks)->read({.space = "mail.schedules", .from = 7, .to = 7});
  ASSERT_TRUE(found && found->size() == 1);
  EXPECT_EQ(found->front().value, bad);
}

TEST_F(queue_schedule_faults_test, one_that_cannot_read_them_does_not_open) {
  arrange(hourly("a"));
  moods->reads = errc::store_failed;
  restart_queue();
  const auto said = order_schedule(hourly("b"));
  ASSERT_TRUE(*said);
  EXPECT_EQ(code_of(**said), errc::store_failed);
  moods->reads.reset();
  advance(1s);
  EXPECT_EQ(progress("a").next_at, first);
}

}  // namespace
}  // namespace troupe
