// When occurrences are: intervals, patterns, bounds, and the last ones of many.

#include "actors/schedule/schedule_timing.hpp"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>
#include <string>

namespace troupe {
namespace {

using times = std::vector<job_time>;

constexpr job_time second = 1'000;
constexpr job_time minute = 60 * second;
constexpr job_time hour = 60 * minute;
constexpr job_time day = 24 * hour;

// 2026-11-21 00:00 UTC.
constexpr job_time today = 1'795'219'200'000;

schedule_timing timing(const schedule_wish& w, job_time anchor = today) {
  auto made = schedule_timing::make(w, anchor);
  if (const auto* f = std::get_if<schedule_fault>(&made))
    throw std::runtime_error{f->field + ": " + f->why};
  return std::get<schedule_timing>(std::move(made));
}

std::string fault(const schedule_wish& w) {
  const auto made = schedule_timing::make(w, today);
  const auto* f = std::get_if<schedule_fault>(&made);
  return f ? f->field + ": " + f->why : "";
}

// The first few after `t`.
times some(const schedule_timing& t, job_time after, std::size_t count) {
  times found;
  for (auto next = t.next_after(after); next && found.size() < count;
       next = t.next_after(*next))
    found.push_back(*next);
  return found;
}

schedule_wish every(job_time ms) {
  schedule_wish w;
  w.every_ms = static_cast<std::uint64_t>(ms);
  return w;
}

schedule_wish cron(std::string pattern, std::string zone = "UTC") {
  schedule_wish w;
  w.cron = std::move(pattern);
  w.zone = std::move(zone);
  return w;
}

TEST(schedule_timing, counts_an_interval_from_its_anchor) {
  const auto t = timing(every(10 * second));
  EXPECT_EQ(some(t, today, 2),
            (times{today + 10 * second, today + 20 * second}));
  EXPECT_EQ(t.next_after(today + 10 * second - 1), today + 10 * second);
  EXPECT_EQ(t.next_after(today - day), today + 10 * second);
}

TEST(schedule_timing, begins_an_interval_at_its_start) {
  auto w = every(10 * second);
  w.start_at = today + 3;
  EXPECT_EQ(some(timing(w), today, 2),
            (times{today + 3, today + 3 + 10 * second}));
  EXPECT_EQ(timing(w).next_after(today + 3), today + 3 + 10 * second);
  w.start_at = today - 3;
  EXPECT_EQ(timing(w).next_after(today), today - 3 + 10 * second);
}

TEST(schedule_timing, goes_by_the_pattern_in_its_zone) {
  const auto t = timing(cron("30 9 * * *", "Europe/Berlin"));
  EXPECT_EQ(t.next_after(today), today + 8 * hour + 30 * minute);
  EXPECT_EQ(t.next_after(today + 8 * hour + 30 * minute - 1),
            today + 8 * hour + 30 * minute);
  EXPECT_EQ(t.next_after(today + 8 * hour + 30 * minute),
            today + day + 8 * hour + 30 * minute);
}

TEST(schedule_timing, keeps_within_start_and_end) {
  auto w = cron("0 * * * *");
  w.start_at = today + 2 * hour;
  w.end_at = today + 4 * hour;
  EXPECT_EQ(some(timing(w), 0, 9),
            (times{today + 2 * hour, today + 3 * hour, today + 4 * hour}));
  w.end_at = today + 4 * hour - 1;
  EXPECT_EQ(some(timing(w), 0, 9).size(), 2u);
}

TEST(schedule_timing, finds_the_last_ones_of_many) {
  const auto seconds = timing(cron("* * * * * *"));
  EXPECT_EQ(seconds.last_of(today - 365 * day, today + 7, 3),
            (times{today - 2 * second, today - second, today}));
  const auto days = timing(cron("0 9 * * mon"));
  EXPECT_EQ(days.last_of(today - 365 * day, today, 2),
            (times{today - 12 * day + 9 * hour, today - 5 * day + 9 * hour}));
  EXPECT_EQ(days.last_of(today - 5 * day + 9 * hour, today, 2), times{});
  EXPECT_EQ(days.last_of(today - 5 * day + 9 * hour - 1, today, 2).size(), 1u);
}

TEST(schedule_timing, finds_the_last_ones_that_brute_force_finds) {
  std::mt19937 random{7};
  const auto below = [&](job_time n) {
    return std::uniform_int_distribution<job_time>{0, n - 1}(random);
  };
  const schedule_wish wishes[] = {
      every(7'001), every(hour), cron("*/13 * * * *", "Europe/Berlin"),
      cron("0 2 * * *", "America/New_York"), cron("*/20 30 1-9 * * *")};
  for (int round = 0; round < 200; ++round) {
    const auto& w = wishes[below(std::size(wishes))];
    const auto t = timing(w, today);
    const auto after = today + below(20 * day);
    const auto until = after + below(6 * hour);
    const auto count = static_cast<std::size_t>(1 + below(4));
    times all;
    for (auto next = t.next_after(after); next && *next <= until;
         next = t.next_after(*next))
      all.push_back(*next);
    if (all.size() > count)
      all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(count));
    ASSERT_EQ(t.last_of(after, until, count), all) << "round " << round;
  }
}

TEST(schedule_timing, refuses_what_is_no_time) {
  EXPECT_EQ(fault({}), "cron: either this or every_ms must be given");
  auto both = every(minute);
  both.cron = "@daily";
  EXPECT_EQ(fault(both), "cron: either this or every_ms must be given");
  EXPECT_EQ(fault(every(99)),
            "every_ms: must lie between 100 and 316224000000");
  EXPECT_EQ(fault(every(100)), "");
  EXPECT_EQ(fault(every(11 * 366 * day)),
            "every_ms: must lie between 100 and 316224000000");
  EXPECT_EQ(fault(cron("60 * * * *")), "cron: minute: must lie between 0 and "
                                       "59");
  EXPECT_EQ(fault(cron("@daily", "Mars/Olympus")),
            "zone: must be a time zone such as UTC or Europe/Berlin that this "
            "machine knows");
  auto w = every(minute);
  w.start_at = 2;
  w.end_at = 1;
  EXPECT_EQ(fault(w), "end_at: must not be before start_at");
  w.end_at = job_time{1} << 60;
  EXPECT_EQ(fault(w), "end_at: must be a time before the year 10000");
  w.end_at = 0;
  w.start_at = -1;
  EXPECT_EQ(fault(w), "start_at: must be a time before the year 10000");
}

}  // namespace
}  // namespace troupe
