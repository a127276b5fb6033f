// Schedules in the hands of a queue: their jobs come at their times, by the
// wall's clock, and whoever arranges them is answered when that is on disk.

#include "tests/actors/queue/schedule_rig.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;

class queue_schedule_test : public testing::schedule_rig {};

TEST_F(queue_schedule_test, a_job_comes_at_its_time_and_not_before) {
  advance(7s);
  arrange(every("a", 2'500));
  const auto waits = lease(60'000);
  advance(2'499ms);
  EXPECT_FALSE(*waits);
  advance(1ms);
  ASSERT_TRUE(*waits && **waits);
  const auto& job = (**waits)->front();
  EXPECT_EQ(job.id, id_at("a", today + 9'500));
  EXPECT_EQ(job.data.view(), "a");
  EXPECT_EQ(job.created_at, today + 9'500);
  advance(7'500ms);
  EXPECT_EQ(jobs().size(), 4u);
  EXPECT_EQ(counted(schedule_event::added), 4);
}

TEST_F(queue_schedule_test, one_of_ten_a_second_misses_none) {
  arrange(every("a", 100));
  advance(3s);
  strings expected;
  for (job_time t = 100; t <= 3'000; t += 100)
    expected.push_back(id_at("a", today + t));
  EXPECT_EQ(jobs(), expected);
}

TEST_F(queue_schedule_test, who_arranges_is_answered_when_it_is_on_disk) {
  hold_writes();
  const auto made = order_schedule(hourly("a"));
  const auto removed = order_schedule(hourly("b"), true);
  EXPECT_FALSE(*made);
  EXPECT_FALSE(*removed) << "somebody may just have made it, or removed it";
  let_write();
  ASSERT_TRUE(*made && **made);
  EXPECT_FALSE((**made)->known);
  EXPECT_EQ((**made)->view.progress.next_at, today + hour);
  let_write();
  ASSERT_TRUE(*removed && **removed);
  EXPECT_FALSE((**removed)->known);
  start_writer();
  restart_queue();
  EXPECT_EQ(progress("a").next_at, today + hour);
  const auto again = arrange(hourly("a"));
  EXPECT_TRUE(again.known);
  EXPECT_EQ(again.view.number, 1);
}

TEST_F(queue_schedule_test, what_is_wrong_with_a_wish_is_an_answer) {
  hold_writes();
  auto w = hourly("a");
  w.cron = "0 25 * * *";
  const auto said = order_schedule(w);
  ASSERT_TRUE(*said && **said) << "nothing is written for it";
  ASSERT_TRUE((**said)->fault);
  EXPECT_EQ((**said)->fault->field, "cron");
  EXPECT_TRUE(schedules().schedules.empty());
}

TEST_F(queue_schedule_test, what_was_removed_comes_no_more) {
  arrange(hourly("a"));
  advance_to(today + hour);
  EXPECT_TRUE(remove("a"));
  EXPECT_FALSE(remove("a"));
  advance(5h);
  EXPECT_EQ(jobs(), strings{id_at("a", today + hour)});
  restart_queue();
  EXPECT_TRUE(schedules().schedules.empty());
}

TEST_F(queue_schedule_test, a_removed_ones_job_that_is_on_its_way_arrives) {
  arrange(hourly("a"));
  hold_writes();
  advance_to(today + hour);
  const auto removed = order_schedule(hourly("a"), true);
  let_write();
  EXPECT_EQ(jobs(), strings{id_at("a", today + hour)});
  EXPECT_FALSE(*removed);
  let_write();
  EXPECT_TRUE(*removed && **removed && (**removed)->known);
  advance(5h);
  EXPECT_EQ(jobs().size(), 1u);
}

TEST_F(queue_schedule_test, ends_with_its_limit_and_stays_to_be_seen) {
  auto w = hourly("a");
  w.limit = 2;
  arrange(w);
  w = hourly("b");
  w.end_at = today + 3 * hour;
  arrange(w);
  advance(24h);
  EXPECT_EQ(jobs().size(), 5u);
  restart_queue();
  advance(24h);
  EXPECT_EQ(jobs().size(), 5u);
  EXPECT_EQ(progress("a").next_at, std::nullopt);
  EXPECT_EQ(progress("a").made, 2u);
  EXPECT_EQ(progress("b").made, 3u);
}

TEST_F(queue_schedule_test, two_tenants_have_one_id_each_for_itself) {
  auto w = hourly("a");
  w.job.tenant = "x";
  arrange(w);
  w.job.tenant = "y";
  EXPECT_FALSE(arrange(w).known);
  advance_to(today + hour);
  EXPECT_EQ(jobs("x"), strings{id_at("a", today + hour)});
  EXPECT_EQ(jobs("y"), strings{id_at("a", today + hour)});
  EXPECT_EQ(jobs().size(), 2u);
  EXPECT_EQ(schedules({.id = {}, .tenant = "y"}).schedules.size(), 1u);
  EXPECT_TRUE(schedules({.id = "a", .tenant = "z"}).schedules.empty());
}

TEST_F(queue_schedule_test, they_are_listed_page_by_page) {
  for (const auto* id : {"a", "b", "c", "d", "e"})
    arrange(hourly(id));
  strings seen;
  schedule_query q;
  q.limit = 2;
  for (int pages = 1; pages <= 3; ++pages) {
    const auto page = schedules(q);
    for (const auto& s : page.schedules)
      seen.push_back(s.wish.id);
    EXPECT_EQ(page.next != 0, pages < 3);
    q.after = page.next;
  }
  EXPECT_EQ(seen, (strings{"a", "b", "c", "d", "e"}));
}

TEST_F(queue_schedule_test, nine_oclock_is_nine_also_when_clocks_are_changed) {
  // In Berlin: winter time until 2027-03-28 01:00 UTC, then summer time.
  constexpr job_time change = 1'806'195'600'000;
  advance_to(change - 40 * hour);
  auto w = hourly("a");
  w.cron = "0 9 * * *";
  w.zone = "Europe/Berlin";
  arrange(w);
  // Each night at half past two, which there is not in that one.
  w.id = "b";
  w.cron = "30 2 * * *";
  arrange(w);
  advance_to(change - 10 * hour);
  restart_queue();
  advance_to(change + 40 * hour);
  strings expected{
      id_at("b", change - 23 * hour - 30 * minute),
      id_at("a", change - 17 * hour),
      id_at("b", progress("b").last_at - 23 * hour - 30 * minute),
      id_at("a", change + 6 * hour),
      id_at("b", change + 23 * hour + 30 * minute),
      id_at("a", change + 30 * hour),
  };
  EXPECT_EQ(jobs(), expected);
}

TEST_F(queue_schedule_test, a_wall_that_is_set_forth_is_noticed_in_seconds) {
  arrange(hourly("a"));
  advance(10s);
  wall += 5 * hour;
  advance(queue_state::sweep_far);
  EXPECT_EQ(jobs(), strings{id_at("a", today + 5 * hour)}) << "one for all";
  wall -= 2 * hour;
  advance(2h);
  EXPECT_EQ(jobs().size(), 1u) << "those were there";
  advance(1h);
  EXPECT_EQ(jobs().back(), id_at("a", today + 6 * hour));
}

TEST_F(queue_schedule_test, a_paused_queue_gathers_their_jobs) {
  arrange(hourly("a"));
  order(queue_verb::pause);
  advance_to(today + hour);
  EXPECT_TRUE(take().empty());
  EXPECT_EQ(status().waiting, 1u);
  order(queue_verb::resume);
  EXPECT_EQ(take().size(), 1u);
}

TEST_F(queue_schedule_test, what_comes_may_wait_for_children) {
  auto w = hourly("a");
  flow_child child;
  child.queue = "mail";
  child.job = job("child");
  w.job.children = {child, child};
  arrange(w);
  restart_queue();
  advance_to(today + hour);
  const auto children = take(10);
  ASSERT_EQ(children.size(), 2u);
  EXPECT_EQ(children[0].data.view(), "child");
  EXPECT_EQ(look(id_at("a", today + hour))->state, job_state::waiting_children);
  for (const auto& c : children)
    alter_one(change(job_verb::complete, c));
  const auto last = take(10);
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0].id, id_at("a", today + hour));
  EXPECT_EQ(last[0].data.view(), "a");
}

TEST_F(queue_schedule_test, ten_thousand_at_once_come_once_each) {
  std::vector<heard<arrange_ticket>> said;
  for (std::size_t i = 0; i < schedule_book::schedules_max; ++i)
    said.push_back(send<arrange_ticket>(
        atom::arrange_v,
        schedule_order{false, hourly("s" + std::to_string(i))}));
  settle();
  for (const auto& s : said)
    ASSERT_TRUE(*s && **s && !(**s)->fault);
  const auto one_more = arrange(hourly("more"));
  ASSERT_TRUE(one_more.fault);
  EXPECT_EQ(one_more.fault->field, "id");
  restart_queue();
  advance_to(today + hour - 1);
  EXPECT_EQ(status().waiting, 0u);
  advance(1ms);
  EXPECT_EQ(status().waiting, 10'000u);
  advance_to(today + 2 * hour);
  EXPECT_EQ(status().waiting, 20'000u);
  EXPECT_EQ(counted(schedule_event::added), 20'000);
  EXPECT_EQ(counted(job_event_kind::duplicate), 0);
  EXPECT_EQ(catalog.gauge(metric::queue_schedules, {"mail"}).Value(), 10'000);
}

}  // namespace
}  // namespace troupe
