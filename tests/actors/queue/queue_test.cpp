// What the body of a queue adds to its book: answers wait for the disk, waits
// end, papers find their jobs.

#include "tests/actors/queue/queue_rig.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;

class queue_test : public testing::queue_rig {
protected:
  queue_test() { begin(); }
};

TEST_F(queue_test, answers_when_a_job_is_on_disk_and_not_before) {
  hold_writes();
  const auto said = enqueue({job()});
  EXPECT_FALSE(*said);
  EXPECT_EQ(held->size(), 1u);
  let_write();
  ASSERT_TRUE(*said && **said);
  EXPECT_EQ((**said)->front().id, "1");
  EXPECT_EQ((**said)->front().state, job_state::waiting);
}

TEST_F(queue_test, what_is_asked_while_a_batch_is_under_way_shares_the_next) {
  hold_writes();
  const auto first = enqueue({job()});
  std::vector<heard<enqueue_ticket>> others;
  for (int i = 0; i < 50; ++i)
    others.push_back(enqueue({job()}));
  EXPECT_EQ(held->size(), 1u);
  let_write();
  EXPECT_TRUE(*first);
  for (const auto& each : others)
    EXPECT_FALSE(*each);
  EXPECT_EQ(held->size(), 1u) << "all fifty";
  let_write();
  for (const auto& each : others)
    EXPECT_TRUE(*each && **each);
}

TEST_F(queue_test, a_job_is_leased_when_it_is_on_disk_with_what_it_carries) {
  hold_writes();
  enqueue({job(R"({"to":"you"})")});
  EXPECT_TRUE(take().empty()) << "a crash now would forget it";
  let_write();
  const auto jobs = take();
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_EQ(jobs[0].data.view(), R"({"to":"you"})");
  EXPECT_EQ(jobs[0].attempt, 1u);
  EXPECT_EQ(jobs[0].lease_until, wall + 30'000);
}

TEST_F(queue_test, who_waits_for_work_is_given_it_when_it_comes) {
  const auto first = lease(60'000);
  const auto second = lease(60'000);
  EXPECT_FALSE(*first);
  EXPECT_EQ(status().workers_waiting, 2u);
  advance(10s);
  add(job("1"));
  ASSERT_TRUE(*first && **first);
  EXPECT_EQ((**first)->front().data.view(), "1");
  EXPECT_FALSE(*second);
  add(job("2"));
  ASSERT_TRUE(*second && **second);
  EXPECT_EQ((**second)->front().data.view(), "2");
}

TEST_F(queue_test, a_wait_for_work_ends_with_none) {
  const auto said = lease(2'500);  // No other timer is due then.
  advance(2'499ms);
  EXPECT_FALSE(*said);
  advance(1ms);
  ASSERT_TRUE(*said && **said);
  EXPECT_TRUE((**said)->empty());
}

TEST_F(queue_test, who_waits_is_given_a_job_that_is_due_or_handed_back) {
  auto later = job("later");
  later.delay_ms = 5'000;
  add(later);
  const auto waits = lease(60'000);
  advance(4'999ms);
  EXPECT_FALSE(*waits);
  advance(1ms);
  ASSERT_TRUE(*waits && **waits);
  const auto again = lease(60'000);
  alter_one(change(job_verb::release, (**waits)->front()));
  ASSERT_TRUE(*again && **again);
  EXPECT_EQ((**again)->front().data.view(), "later");
  EXPECT_EQ((**again)->front().attempt, 1u);
}

TEST_F(queue_test, a_worker_that_is_not_heard_of_loses_its_job_in_time) {
  add(job("again"));
  const auto lost = take();
  const auto next = lease(60'000);
  advance(29'999ms);
  EXPECT_FALSE(*next);
  advance(1ms);
  ASSERT_TRUE(*next && **next);
  EXPECT_EQ((**next)->front().data.view(), "again") << "read from the disk";
  const auto late = alter_one(change(job_verb::complete, lost[0], "1"));
  ASSERT_TRUE(late);
  EXPECT_EQ(late->refused, job_refusal::stale_token);
}

// Keeps what it is asked.
store_reader_actor::behavior_type
slow_reader(store_reader_actor::pointer,
            const std::shared_ptr<std::vector<read_ticket>>& to) {
  return {
      [to](atom::read, const read_ticket& t) { to->push_back(t); },
  };
}

TEST_F(queue_test, what_is_leased_to_somebody_who_left_is_handed_back) {
  add();
  restart_queue();
  const auto quick = reader.current();
  const auto asked = std::make_shared<std::vector<read_ticket>>();
  reader.replace(spawn(slow_reader, asked));
  const work_ticket left{lease_wish{}, [](work_ticket::result&&) {
                         }};
  caf::anon_send(at, atom::lease_v, left);
  settle();
  ASSERT_EQ(asked->size(), 1u) << "for what the job carries";
  EXPECT_EQ(status().active, 1u);
  left.answer(errc::deadline_exceeded);
  asked->front().answer(record_pages{records{}});
  settle();
  EXPECT_EQ(status().active, 0u);
  reader.replace(quick);
  const auto jobs = take();
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_EQ(jobs[0].attempt, 1u);
  EXPECT_EQ(look("1")->workers_lost, 0u);
}

TEST_F(queue_test, the_next_attempt_is_given_data_and_checkpoint_from_disk) {
  add(job("data"));
  const auto first = take();
  alter_one(change(job_verb::checkpoint, first[0], R"({"half":true})"));
  alter_one(change(job_verb::release, first[0]));
  const auto second = take();
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].data.view(), "data");
  EXPECT_EQ(second[0].checkpoint.view(), R"({"half":true})");
}

TEST_F(queue_test, a_completed_job_is_shown_with_its_papers) {
  add(job(R"({"a":1})"));
  const auto jobs = take();
  hold_writes();
  const auto said = alter({change(job_verb::complete, jobs[0], R"("done")")});
  const auto seen = view("1");
  EXPECT_FALSE(*said) << "it is not on disk";
  EXPECT_FALSE(*seen) << "neither is what would be seen";
  let_write();
  ASSERT_TRUE(*said && **said);
  EXPECT_EQ((**said)->front().state, job_state::completed);
  ASSERT_TRUE(*seen && **seen);
  const auto& shown = (**seen)->jobs.front();
  EXPECT_EQ(shown.state, job_state::completed);
  EXPECT_EQ(shown.data.view(), R"({"a":1})");
  EXPECT_EQ(shown.result.view(), R"("done")");
}

TEST_F(queue_test, a_page_of_large_jobs_is_cut_short_and_goes_on) {
  begin();
  const std::string large(queue_state::page_bytes / 10, 'x');
  std::vector<std::string> wanted;
  for (int i = 0; i < 50; ++i)
    wanted.push_back(
        add(job(i == 30 ? std::string(2 * queue_state::page_bytes, 'y')
                : i % 2 ? large
                        : "1")));
  for (const auto newest_first : {false, true}) {
    std::vector<std::string> ids;
    job_query q;
    q.newest_first = newest_first;
    int pages = 0;
    do {
      const auto said = send<view_ticket>(atom::view_v, q);
      settle();
      ASSERT_TRUE(*said && **said);
      const auto& page = ***said;
      std::size_t bytes = 0;
      for (const auto& j : page.jobs) {
        EXPECT_GT(j.data.size(), 0U);
        bytes += j.data.size();
        ids.push_back(j.id);
      }
      EXPECT_LE(bytes, queue_state::page_bytes * 4);
      q.after = page.next;
      ASSERT_LT(++pages, 20);
    } while (q.after != 0);
    EXPECT_GT(pages, 1);
    if (newest_first)
      std::reverse(ids.begin(), ids.end());
    EXPECT_EQ(ids, wanted);
  }
}

TEST_F(queue_test, refusals_and_heartbeats_do_not_wait_for_the_disk) {
  add();
  const auto jobs = take();
  hold_writes();
  enqueue({job()});
  const auto beat = alter_one(change(job_verb::heartbeat, jobs[0]));
  ASSERT_TRUE(beat);
  EXPECT_EQ(beat->refused, job_refusal::none);
  auto unknown = change(job_verb::heartbeat, jobs[0]);
  unknown.id = "77";
  EXPECT_EQ(alter_one(unknown)->refused, job_refusal::unknown_job);
}

TEST_F(queue_test, no_changes_are_answered_when_all_before_is_on_disk) {
  const auto idle = alter({});
  EXPECT_TRUE(*idle);
  hold_writes();
  const auto added = enqueue({job()});
  const auto after = alter({});
  EXPECT_FALSE(*after);
  let_write();
  EXPECT_TRUE(*added);
  EXPECT_TRUE(*after && **after);
}

TEST_F(queue_test, nobody_is_asked_for_a_job_that_is_not_there) {
  const auto said = view("7");
  ASSERT_TRUE(*said);
  EXPECT_EQ(code_of(**said), errc::unknown_job);
  const auto stream = follow("7");
  ASSERT_TRUE(*stream);
  EXPECT_EQ(code_of(**stream), errc::unknown_job);
}

// -- streams

TEST_F(queue_test, who_follows_a_stream_hears_of_it_when_it_is_on_disk) {
  add();
  const auto jobs = take();
  const auto waits = follow("1", 0, 60'000);
  EXPECT_FALSE(*waits);
  hold_writes();
  alter({say(jobs[0], R"("hello")")});
  EXPECT_FALSE(*waits);
  let_write();
  ASSERT_TRUE(*waits && **waits);
  const auto& [events, ended] = ***waits;
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].name, "token");
  EXPECT_EQ(events[0].data.view(), R"("hello")");
  EXPECT_FALSE(ended);
}

TEST_F(queue_test, a_stream_is_replayed_from_any_place_and_has_an_end) {
  add();
  const auto jobs = take();
  for (int i = 1; i <= 5; ++i)
    alter({say(jobs[0], std::to_string(i))});
  alter_one(change(job_verb::complete, jobs[0], "6"));
  const auto all = follow("1");
  ASSERT_TRUE(*all && **all);
  ASSERT_EQ((**all)->events.size(), 6u);
  EXPECT_TRUE((**all)->ended);
  EXPECT_EQ((**all)->events.back().name, "completed");
  EXPECT_TRUE((**all)->events.back().data.view().ends_with(R"(,"result":6})"));
  const auto third = (**all)->events[2].number;
  const auto rest = follow("1", third);
  ASSERT_TRUE(*rest && **rest);
  ASSERT_EQ((**rest)->events.size(), 3u);
  EXPECT_EQ((**rest)->events[0].data.view(), "4");
  const auto end = follow("1", (**all)->events[4].number);
  ASSERT_EQ((**end)->events.size(), 1u);
  EXPECT_EQ((**end)->events[0].data, (**all)->events.back().data);
  EXPECT_TRUE((**end)->ended);
  const auto past = follow("1", (**all)->events.back().number);
  EXPECT_TRUE((**past)->events.empty());
  EXPECT_TRUE((**past)->ended);
}

TEST_F(queue_test, a_long_stream_comes_in_parts) {
  add();
  const auto jobs = take();
  constexpr int words = 2'500;
  job_changes all;
  for (int i = 1; i <= words; ++i)
    all.push_back(say(jobs[0], std::to_string(i)));
  alter(std::move(all));
  std::uint64_t after = 0;
  int seen = 0;
  for (int parts = 1; seen < words; ++parts) {
    ASSERT_LE(parts, 3);
    const auto part = follow("1", after);
    ASSERT_TRUE(*part && **part);
    for (const auto& e : (**part)->events)
      EXPECT_EQ(e.data.view(), std::to_string(++seen));
    after = (**part)->events.back().number;
  }
}

TEST_F(queue_test, a_wait_for_a_stream_ends_with_nothing) {
  add();
  const auto waits = follow("1", 0, 2'500);
  advance(2'499ms);
  EXPECT_FALSE(*waits);
  advance(1ms);
  ASSERT_TRUE(*waits && **waits);
  EXPECT_TRUE((**waits)->events.empty());
  EXPECT_FALSE((**waits)->ended);
}

// -- operators

TEST_F(queue_test, an_order_is_answered_when_all_of_it_is_on_disk) {
  new_jobs many;
  for (int i = 0; i < 30'000; ++i)
    many.push_back(job());
  enqueue(std::move(many));
  const auto said = order(queue_verb::drain);
  ASSERT_TRUE(*said && **said);
  EXPECT_EQ((**said)->jobs, 30'000u);
  EXPECT_EQ(status().waiting, 0u);
  restart_queue();
  EXPECT_EQ(status().waiting, 0u);
}

TEST_F(queue_test, a_paused_queue_leases_nothing_until_it_goes_on) {
  add();
  order(queue_verb::pause);
  const auto waits = lease(60'000);
  advance(10s);
  EXPECT_FALSE(*waits);
  EXPECT_TRUE(status().paused);
  order(queue_verb::resume);
  ASSERT_TRUE(*waits && **waits);
  EXPECT_EQ((**waits)->size(), 1u);
}

TEST_F(queue_test, other_settings_take_effect_at_once) {
  settings.concurrency = 1;
  restart_queue();
  enqueue({job(), job()});
  EXPECT_EQ(take(2).size(), 1u);
  const auto waits = lease(60'000);
  EXPECT_FALSE(*waits);
  auto next = std::make_shared<config::settings>();
  settings.concurrency = 2;
  next->queues = {std::make_shared<const config::queue_settings>(settings)};
  caf::anon_send(at, atom::adopt_v, settings_ptr{next});
  settle();
  EXPECT_TRUE(*waits && **waits);
}

TEST_F(queue_test, counts_what_happens_and_shows_what_lies_in_it) {
  enqueue({job(), job(), job()});
  const auto jobs = take();
  alter_one(change(job_verb::complete, jobs[0]));
  EXPECT_EQ(counted(job_event_kind::added), 3);
  EXPECT_EQ(counted(job_event_kind::started), 1);
  EXPECT_EQ(counted(job_event_kind::completed), 1);
  advance(queue_state::show_period);
  EXPECT_EQ(catalog.gauge(metric::queue_size, {"mail", "waiting"}).Value(), 2);
  EXPECT_EQ(catalog.gauge(metric::queue_size, {"mail", "completed"}).Value(),
            1);
  const auto& age =
      catalog.gauge(metric::queue_oldest_waiting_seconds, {"mail"});
  advance(60s);
  EXPECT_GE(age.Value(), 50);
}

}  // namespace
}  // namespace troupe
