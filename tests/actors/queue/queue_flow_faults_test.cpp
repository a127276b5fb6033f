// Flows while queues die, disks fail and nodes stop: each step that was lost is
// taken again, and counts once.

#include "tests/actors/queue/two_queues_rig.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;

class queue_flow_faults_test : public testing::two_queues_rig {};

// -- deaths

TEST_F(queue_flow_faults_test,
       parents_that_died_before_placing_place_afterwards) {
  hold_writes();
  add_to("mail", parent({child("sms")}));
  kill_queue("mail");
  let_write();
  start_writer();
  EXPECT_EQ(status_of("sms").waiting, 0u);
  start("mail");
  work_off("sms");
  expect_goes_on("1");
}

TEST_F(queue_flow_faults_test,
       children_are_there_once_when_their_queue_had_died) {
  hold_writes();
  const auto said = (use("mail"), enqueue({parent({child("sms")})}));
  let_write();  // The parent; the child is with `sms`.
  ASSERT_TRUE(*said && **said);
  EXPECT_EQ(held->size(), 1u);
  kill_queue("sms");
  let_write();  // It was written, and nobody could say so.
  start_writer();
  start("sms");
  EXPECT_EQ(status_of("sms").waiting, 1u);
  advance(1s);
  EXPECT_EQ(status_of("sms").waiting, 1u);
  EXPECT_EQ(counted(job_event_kind::duplicate), 1);
  work_off("sms");
  expect_goes_on("1");
}

TEST_F(queue_flow_faults_test,
       children_that_were_lost_with_their_queue_come_again) {
  hold_writes();
  use("mail");
  enqueue({parent({child("sms")})});
  let_write();
  kill_queue("sms");
  start_writer();
  held->tickets.clear();
  start("sms");
  settle();
  EXPECT_EQ(status_of("sms").waiting, 0u);
  advance(1s);
  work_off("sms");
  expect_goes_on("1");
}

TEST_F(queue_flow_faults_test, children_wait_for_a_queue_that_starts) {
  kill_queue("sms");
  hold_writes();
  start("sms");
  start_writer();
  const auto id = add_to("mail", parent({child("sms")}));
  EXPECT_EQ(status_of("sms").refuses, queue_starting);
  let_write();
  work_off("sms");
  expect_goes_on(id);
}

TEST_F(queue_flow_faults_test,
       a_report_that_died_with_the_parents_queue_comes_again) {
  const auto id = add_to("mail", parent({child("sms")}));
  const auto jobs = take_from("sms");
  hold_writes();
  complete("sms", jobs[0], "1");
  let_write();  // The child's end; `mail` has heard of it.
  EXPECT_EQ(held->size(), 1u);
  kill_queue("mail");
  start_writer();
  held->tickets.clear();
  start("mail");
  EXPECT_EQ(state_of("mail", id), job_state::waiting_children);
  advance(1s);
  expect_goes_on(id);
  EXPECT_EQ(children("mail", id)->children.at(0).result.view(), "1");
}

TEST_F(queue_flow_faults_test, a_report_that_is_said_twice_counts_once) {
  const auto id = add_to("mail", parent({child("sms"), child("sms")}));
  const auto jobs = take_from("sms");
  ASSERT_EQ(jobs.size(), 2u);
  hold_writes();
  complete("sms", jobs[0]);
  let_write();
  kill_queue("mail");
  let_write();  // It was written, and nobody could say so.
  start_writer();
  start("mail");
  EXPECT_EQ(children("mail", id)->counts, (child_counts{2, 1, 0}));
  advance(1s);
  EXPECT_EQ(children("mail", id)->counts, (child_counts{2, 1, 0}));
  complete("sms", jobs[1]);
  EXPECT_EQ(state_of("mail", id), job_state::waiting);
}

TEST_F(queue_flow_faults_test,
       a_child_whose_queue_dies_untold_tells_afterwards) {
  const auto id = add_to("mail", parent({child("sms")}));
  const auto jobs = take_from("sms");
  hold_writes();
  complete("sms", jobs[0], "1");
  kill_queue("sms");
  let_write();
  start_writer();
  EXPECT_EQ(state_of("mail", id), job_state::waiting_children);
  start("sms");
  expect_goes_on(id);
  EXPECT_EQ(children("mail", id)->children.at(0).result.view(), "1");
}

TEST_F(queue_flow_faults_test,
       goes_on_where_it_was_after_a_restart_of_everything) {
  const auto id = add_to("mail", parent({child("sms"), child("mail")}));
  restart("mail");
  restart("sms");
  work_off("sms");
  restart("mail");
  restart("sms");
  EXPECT_EQ(children("mail", id)->counts, (child_counts{2, 1, 0}));
  work_off("mail");
  restart("mail");
  EXPECT_EQ(state_of("mail", id), job_state::waiting);
  work_off("mail");
  EXPECT_EQ(state_of("mail", id), job_state::completed);
  EXPECT_EQ(status_of("sms").completed, 1u);
}

// -- the disk

TEST_F(queue_flow_faults_test, children_that_could_not_be_written_come_again) {
  hold_writes();
  use("mail");
  enqueue({parent({child("sms")})});
  let_write();
  moods->commits = errc::store_full;
  let_write();
  start_writer();
  advance(10s);
  EXPECT_EQ(status_of("sms").waiting, 0u);
  moods->commits.reset();
  advance(2s);
  work_off("sms");
  expect_goes_on("1");
}

TEST_F(queue_flow_faults_test, children_that_could_not_be_read_are_read_again) {
  use("mail");
  moods->reads = errc::store_failed;
  const auto id = add(parent({child("sms")}));
  advance(10s);
  EXPECT_EQ(status_of("sms").waiting, 0u);
  moods->reads.reset();
  advance(1s);
  EXPECT_EQ(status_of("sms").waiting, 1u);
  const auto jobs = take_from("sms");
  moods->reads = errc::store_failed;
  complete("sms", jobs.at(0), "1");
  advance(10s);
  EXPECT_EQ(status_of("mail").waiting_children, 1u) << "its result as well";
  moods->reads.reset();
  advance(1s);
  expect_goes_on(id);
  EXPECT_EQ(children("mail", id)->children.at(0).result.view(), "1");
}

TEST_F(queue_flow_faults_test, a_report_that_could_not_be_written_comes_again) {
  const auto id = add_to("mail", parent({child("sms")}));
  const auto jobs = take_from("sms");
  hold_writes();
  complete("sms", jobs[0]);
  let_write();
  moods->commits = errc::store_failed;
  let_write();
  start_writer();
  advance(10s);
  moods->commits.reset();
  advance(2s);
  expect_goes_on(id);
}

TEST_F(queue_flow_faults_test, a_child_whose_record_is_damaged_has_failed) {
  use("mail");
  moods->reads = errc::store_failed;
  const auto id = add(parent({child("sms"), child("sms")}));
  ASSERT_TRUE(where->commit({{"mail.children", {{child_key(1, 0), "{", 0}}}}));
  moods->reads.reset();
  advance(1s);
  use("mail");
  const auto seen = look(id);
  EXPECT_EQ(seen->state, job_state::failed);
  EXPECT_NE(seen->error.find("flow:mail:1:0"), std::string::npos);
  EXPECT_NE(seen->error.find("damaged"), std::string::npos);
  EXPECT_EQ(status_of("sms").waiting, 1u);
}

TEST_F(queue_flow_faults_test, one_that_has_ended_since_it_was_read_stays_so) {
  settings.keep_completed.count = 0;
  restart("sms");
  const auto id = add_to("mail", parent({child("sms"), child("push")}));
  hold_reads();
  advance(1s);  // Nobody answers for `push`; the page is read again.
  ASSERT_EQ(reads->found.size(), 1u);
  auto page = std::exchange(reads->found, {});
  start_reader();
  work_off("sms");
  EXPECT_EQ(status_of("sms").completed, 0u) << "forgotten";
  start("push");
  reads->found = std::move(page);
  let_read();
  EXPECT_EQ(status_of("sms").waiting, 0u) << "it does not come again";
  work_off("push");
  EXPECT_EQ(state_of("mail", id), job_state::waiting);
}

// -- the configuration, and the end

TEST_F(queue_flow_faults_test,
       children_are_kept_while_their_parents_queue_is_not_there) {
  const auto count = errand_desk::tellings_max;
  const auto lost =
      add_to("mail", parent(std::vector<flow_child>(count, child("sms"))));
  kill_queue("mail");
  const auto all = queues;
  queue_directory alone;
  alone.emplace("sms", all->at("sms"));
  queues = std::make_shared<const queue_directory>(std::move(alone));
  settings.keep_completed.count = 0;
  restart("sms");
  for (const auto& j : take_from("sms", 1'000))
    complete("sms", j);
  advance(1min);
  EXPECT_EQ(status_of("sms").completed, count) << "their parent knows nothing";
  const auto here = add_to("sms", parent({child("sms")}));
  work_off("sms");
  EXPECT_EQ(state_of("sms", here), job_state::waiting) << "nobody is held up";
  queues = all;
  start("mail");
  restart("sms");
  EXPECT_EQ(status_of("sms").completed, 0u);
  EXPECT_EQ(state_of("mail", lost), job_state::waiting);
}

TEST_F(queue_flow_faults_test,
       one_that_drains_places_no_more_but_hears_reports) {
  const auto first = add_to("mail", parent({child("sms")}));
  const auto jobs = take_from("sms");
  hold_writes();
  use("mail");
  enqueue({parent({child("sms")})});
  caf::anon_send(at, atom::drain_v);
  settle();
  let_write();
  start_writer();
  advance(10s);
  EXPECT_EQ(status_of("sms").waiting, 0u);
  complete("sms", jobs[0]);
  EXPECT_EQ(state_of("mail", first), job_state::waiting);
  restart("mail");
  EXPECT_EQ(status_of("sms").waiting, 1u);
}

TEST_F(queue_flow_faults_test, one_that_drains_tells_no_more) {
  const auto id = add_to("mail", parent({child("sms")}));
  const auto jobs = take_from("sms");
  caf::anon_send(at, atom::drain_v);
  complete("sms", jobs[0]);
  advance(10s);
  EXPECT_EQ(state_of("mail", id), job_state::waiting_children);
  restart("sms");
  expect_goes_on(id);
}

TEST_F(queue_flow_faults_test, one_that_drains_leaves_what_it_was_reading) {
  hold_reads();
  add_to("mail", parent({child("sms")}));
  caf::anon_send(at, atom::drain_v);
  start_reader();
  let_read();
  EXPECT_EQ(status_of("sms").waiting, 0u);
  restart("mail");
  const auto jobs = take_from("sms");
  ASSERT_EQ(jobs.size(), 1u);
  hold_reads();
  complete("sms", jobs[0], "1");
  caf::anon_send(at, atom::drain_v);
  start_reader();
  let_read();
  EXPECT_EQ(status_of("mail").waiting_children, 1u);
  restart("sms");
  EXPECT_EQ(status_of("mail").waiting, 1u);
}

TEST_F(queue_flow_faults_test, one_that_drains_between_pages_turns_none) {
  new_job p = parent({});
  for (std::uint32_t i = 0; i <= errand_desk::page_records; ++i)
    p.children.push_back(child("sms"));
  hold_writes();
  use("mail");
  enqueue({std::move(p)});
  let_write();  // The first page is with `sms`.
  use("mail");
  caf::anon_send(at, atom::drain_v);
  let_write();
  start_writer();
  advance(10s);
  EXPECT_EQ(status_of("sms").waiting, errand_desk::page_records);
  restart("mail");
  EXPECT_EQ(status_of("sms").waiting, errand_desk::page_records + 1);
}

}  // namespace
}  // namespace troupe
