// What is due when; what misfires; who may have which schedules.

#include "tests/actors/schedule/book_and_disk.hpp"

namespace troupe {
namespace {

TEST_F(schedule_book_test, gives_a_job_at_each_occurrence) {
  upsert(hourly("a"), today + 1);
  EXPECT_EQ(book.next_call(), today + hour);
  EXPECT_EQ(take(today + hour - 1), strings{});
  EXPECT_EQ(take(today + hour), strings{id_at("a", today + hour)});
  EXPECT_EQ(take(today + hour), strings{});
  EXPECT_EQ(book.next_call(), today + 2 * hour);
  EXPECT_EQ(take(today + 2 * hour + 5), strings{id_at("a", today + 2 * hour)});
  EXPECT_EQ(book.find("", "a")->progress.made, 2u);
  EXPECT_EQ(book.find("", "a")->progress.last_at, today + 2 * hour);
}

TEST_F(schedule_book_test, gives_the_job_that_was_wished) {
  auto w = hourly("a");
  w.job.name = "mail";
  w.job.group = "g";
  w.job.tenant = "acme";
  w.job.priority = 8;
  w.job.attempts = 7;
  w.job.delay_ms = 9;
  w.job.timeout_ms = 0;
  w.job.backoff = job_backoff{
      .kind = backoff_kind::custom, .delays_ms = {1, 2}, .jitter = 0.5};
  upsert(w);
  store();
  crash();
  const auto due = book.due(today + hour, 1);
  ASSERT_EQ(due.jobs.size(), 1u);
  const auto& j = due.jobs[0];
  EXPECT_EQ(j.name, "mail");
  EXPECT_EQ(j.group, "g");
  EXPECT_EQ(j.tenant, "acme");
  EXPECT_EQ(j.data.view(), R"({"to": "a"})");
  EXPECT_EQ(j.priority, 8);
  EXPECT_EQ(j.attempts, 7u);
  EXPECT_EQ(j.delay_ms, 9u);
  EXPECT_EQ(j.timeout_ms, 0u);
  EXPECT_EQ(j.backoff, w.job.backoff);
}

// -- misfires -----------------------------------------------------------------

TEST_F(schedule_book_test, once_gives_the_last_of_those_missed) {
  upsert(hourly("a"));
  EXPECT_EQ(take(today + 5 * hour + 9), strings{id_at("a", today + 5 * hour)});
  EXPECT_EQ(book.next_call(), today + 6 * hour);
}

TEST_F(schedule_book_test, skip_gives_what_is_a_minute_late_at_most) {
  auto w = hourly("a");
  w.misfire = misfire_policy::skip;
  upsert(w);
  EXPECT_EQ(take(today + hour + minute), strings{id_at("a", today + hour)});
  EXPECT_EQ(take(today + 2 * hour + minute + 1), strings{});
  EXPECT_EQ(book.next_call(), today + 3 * hour);
  EXPECT_EQ(take(today + 9 * hour), strings{id_at("a", today + 9 * hour)});
  EXPECT_EQ(book.find("", "a")->progress.made, 2u);
}

TEST_F(schedule_book_test, all_gives_those_missed_up_to_a_number) {
  auto w = hourly("a");
  w.misfire = misfire_policy::all;
  w.catch_up_max = 3;
  upsert(w);
  EXPECT_EQ(take(today + 2 * hour),
            (strings{id_at("a", today + hour), id_at("a", today + 2 * hour)}));
  EXPECT_EQ(take(today + 9 * hour),
            (strings{id_at("a", today + 7 * hour), id_at("a", today + 8 * hour),
                     id_at("a", today + 9 * hour)}));
}

TEST_F(schedule_book_test, a_year_away_costs_no_more_than_an_hour) {
  auto w = hourly("a");
  w.cron = "* * * * * *";
  w.misfire = misfire_policy::all;
  w.catch_up_max = 100;
  upsert(w);
  EXPECT_EQ(take(today + 366 * 24 * hour).size(), 100u);
}

// -- limits -------------------------------------------------------------------

TEST_F(schedule_book_test, ends_with_its_limit) {
  auto w = hourly("a");
  w.limit = 2;
  w.misfire = misfire_policy::all;
  upsert(w);
  EXPECT_EQ(take(today + hour).size(), 1u);
  EXPECT_EQ(take(today + 9 * hour).size(), 1u);
  EXPECT_EQ(book.next_call(), std::nullopt);
  EXPECT_EQ(book.find("", "a")->progress.next_at, std::nullopt);
  store();
  crash();
  EXPECT_EQ(take(today + 99 * hour), strings{});
  w.limit = 3;
  upsert(w, today + 99 * hour);
  EXPECT_EQ(take(today + 100 * hour).size(), 1u) << "it has a higher one";
  w.limit = 1;
  EXPECT_EQ(upsert(w, today + 100 * hour).progress.next_at, std::nullopt);
}

TEST_F(schedule_book_test, ends_with_its_end) {
  auto w = hourly("a");
  w.end_at = today + hour;
  upsert(w);
  EXPECT_EQ(take(today + 5 * hour), strings{id_at("a", today + hour)});
  EXPECT_EQ(book.next_call(), std::nullopt);
}

TEST_F(schedule_book_test, gives_about_as_many_as_there_is_room_for) {
  for (int i = 0; i < 5; ++i)
    upsert(hourly("s" + std::to_string(i)));
  EXPECT_EQ(take(today + hour, 2).size(), 2u);
  EXPECT_EQ(book.next_call(), today + hour) << "the others are due still";
  EXPECT_EQ(take(today + hour, 0).size(), 0u);
  EXPECT_EQ(take(today + hour, 9).size(), 3u);
}

TEST_F(schedule_book_test, looks_at_no_more_than_there_is_room_for) {
  for (int i = 0; i < 3; ++i) {
    auto w = hourly("s" + std::to_string(i));
    w.misfire = misfire_policy::skip;
    upsert(w);
  }
  const auto late = today + hour + 2 * minute;
  EXPECT_TRUE(book.due(late, 2).jobs.empty());
  EXPECT_EQ(book.next_call(), today + hour) << "of the third";
}

TEST_F(schedule_book_test, one_refused_with_a_lower_limit_meanwhile_is_over) {
  auto w = hourly("a");
  w.limit = 9;
  upsert(w);
  take(today + hour);
  const auto due = book.due(today + 2 * hour, 9);
  w.limit = 1;
  upsert(w, today + 2 * hour);
  book.settle(due.turns, due_outcome::refused, today + 2 * hour);
  EXPECT_EQ(book.find("", "a")->progress.next_at, std::nullopt);
  EXPECT_EQ(book.next_call(), std::nullopt);
}

// -- changing -----------------------------------------------------------------

TEST_F(schedule_book_test, the_same_id_is_the_same_schedule) {
  const auto first = upsert(hourly("a"));
  take(today + hour);
  auto w = hourly("a");
  w.job.data = shared_bytes{"2"};
  w.misfire = misfire_policy::all;
  const auto changed = upsert(w, today + hour + minute);
  EXPECT_EQ(changed.number, first.number);
  EXPECT_EQ(changed.progress.made, 1u);
  EXPECT_EQ(book.due(today + 2 * hour, 1).jobs.at(0).data.view(), "2");
  EXPECT_EQ(book.size(), 1u);
}

TEST_F(schedule_book_test, another_timing_begins_anew) {
  upsert(hourly("a"));
  take(today + hour);
  auto w = hourly("a");
  w.cron.clear();
  w.every_ms = 10 * second;
  const auto changed = upsert(w, today + hour + 1);
  EXPECT_EQ(changed.progress.made, 0u);
  EXPECT_EQ(changed.progress.next_at, today + hour + 1 + 10 * second);
  // The same wish again, a little later, changes nothing.
  EXPECT_EQ(upsert(w, today + hour + 5 * second).progress, changed.progress);
}

TEST_F(schedule_book_test, tenants_do_not_see_each_others) {
  auto w = hourly("a");
  w.job.tenant = "x";
  upsert(w);
  w.job.tenant = "y";
  upsert(w);
  upsert(hourly("a"));
  EXPECT_EQ(book.list("", 0, 9).size(), 3u);
  EXPECT_EQ(book.list("", 1, 9).size(), 2u);
  EXPECT_EQ(book.list("", 0, 2).size(), 2u);
  ASSERT_EQ(book.list("y", 0, 9).size(), 1u);
  EXPECT_EQ(book.list("y", 0, 9)[0].number, 2);
  EXPECT_FALSE(book.remove("z", "a"));
  EXPECT_TRUE(book.remove("y", "a"));
  EXPECT_FALSE(book.find("y", "a"));
  EXPECT_TRUE(book.find("x", "a"));
}

TEST_F(schedule_book_test, what_was_removed_comes_no_more) {
  upsert(hourly("a"));
  store();
  EXPECT_TRUE(book.remove("", "a"));
  EXPECT_EQ(book.next_call(), std::nullopt);
  store();
  EXPECT_TRUE(disk.empty());
  EXPECT_FALSE(book.remove("", "a"));
}

TEST_F(schedule_book_test, refuses_what_cannot_be_kept_and_changes_nothing) {
  upsert(hourly("a"));
  auto w = hourly("a");
  w.cron = "x";
  EXPECT_EQ(fault(w).substr(0, 5), "cron:");
  EXPECT_EQ(book.find("", "a")->wish.cron, "0 * * * *");
  const std::string id = "id: must have 1 to 100 letters, digits, '_', '.', "
                         "'@' and '-'";
  for (const auto& bad : {std::string{}, std::string{"a b"}, std::string{"a:b"},
                          std::string(101, 'a')})
    EXPECT_EQ(fault(hourly(bad)), id);
  EXPECT_EQ(fault(hourly(std::string(100, 'a'))), "");
  w = hourly("b");
  w.job.id = "x";
  EXPECT_EQ(fault(w), "job.id: is made from the schedule's");
  w = hourly("b");
  w.job.dedup = job_dedup{};
  EXPECT_EQ(fault(w), "job.dedup: is not for jobs of schedules");
  w = hourly("b");
  w.catch_up_max = 101;
  EXPECT_EQ(fault(w), "catch_up_max: must lie between 1 and 100");
  EXPECT_EQ(book.size(), 2u);
}

TEST_F(schedule_book_test, keeps_no_more_than_its_bound) {
  for (std::size_t i = 0; i < schedule_book::schedules_max; ++i)
    upsert(hourly("s" + std::to_string(i)));
  EXPECT_EQ(fault(hourly("more")), "id: no more than 10000 schedules can be "
                                   "kept");
  EXPECT_EQ(fault(hourly("s7")), "");
}

}  // namespace
}  // namespace troupe
