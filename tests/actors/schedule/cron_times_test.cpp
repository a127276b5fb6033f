// Patterns in zones, above all on the days when clocks jump.

#include "actors/schedule/cron_times.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace troupe {
namespace {

using namespace std::chrono;
using texts = std::vector<std::string>;

cron_pattern pattern(std::string_view text) {
  return std::get<cron_pattern>(cron_pattern::parse(text));
}

time_zone zone(std::string_view name) {
  const auto found = time_zone::find(name);
  EXPECT_TRUE(found) << name << ": is tzdata installed?";
  return found.value_or(time_zone{});
}

std::string two(std::int64_t x) {
  return (x < 10 ? "0" : "") + std::to_string(x);
}

// "29 03:00", in UTC.
std::string shown(sys_seconds t) {
  const auto day = floor<days>(t);
  const hh_mm_ss time{t - day};
  return two(unsigned{year_month_day{day}.day()}) + " "
         + two(time.hours().count()) + ":" + two(time.minutes().count());
}

struct jump_case {
  std::string_view zone;
  sys_days day;  ///< All of it, and no more, is looked at.
  std::string_view pattern;
  texts expected;  ///< In UTC.
};

class cron_jump : public ::testing::TestWithParam<jump_case> {};

TEST_P(cron_jump, comes_up_as_the_header_says) {
  const auto& c = GetParam();
  const auto where = zone(c.zone);
  const auto what = pattern(c.pattern);
  texts found;
  for (auto t = next_after(what, where, c.day - seconds{1});
       t && *t < c.day + days{1}; t = next_after(what, where, *t))
    found.push_back(shown(*t));
  EXPECT_EQ(found, c.expected) << c.zone << " " << c.pattern;
}

constexpr std::string_view berlin = "Europe/Berlin";
constexpr std::string_view new_york = "America/New_York";
constexpr std::string_view lord_howe = "Australia/Lord_Howe";

// 2026-03-29 in Berlin: 02:00 is 03:00 (01:00 UTC).
constexpr sys_days berlin_forward = 2026y / 3 / 29;
// 2026-10-25: 03:00 is 02:00 (01:00 UTC).
constexpr sys_days berlin_back = 2026y / 10 / 25;
// 2026-03-08 in New York: 02:00 is 03:00 (07:00 UTC); 2026-11-01 back (06:00).
constexpr sys_days new_york_forward = 2026y / 3 / 8;
constexpr sys_days new_york_back = 2026y / 11 / 1;
// Lord Howe moves by half an hour. 2026-10-04: 02:00 is 02:30 (15:30 UTC of the
// 3rd); 2026-04-05: 02:00 is 01:30 (15:00 UTC of the 4th).
constexpr sys_days lord_howe_forward = 2026y / 10 / 3;
constexpr sys_days lord_howe_back = 2026y / 4 / 4;

INSTANTIATE_TEST_SUITE_P(
    put_forward, cron_jump,
    ::testing::Values(
        jump_case{berlin, berlin_forward, "30 2 * * *", {"29 01:00"}},
        jump_case{berlin, berlin_forward, "0 2 * * *", {"29 01:00"}},
        jump_case{berlin, berlin_forward, "0 3 * * *", {"29 01:00"}},
        jump_case{
            berlin, berlin_forward, "30 2,3 * * *", {"29 01:00", "29 01:30"}},
        // Several that are left out come up as one, and as one with 03:00.
        jump_case{berlin, berlin_forward, "*/20 2 * * *", {"29 01:00"}},
        jump_case{
            berlin, berlin_forward, "0,30 2,3 * * *", {"29 01:00", "29 01:30"}},
        jump_case{
            berlin, berlin_forward, "30 1 * * *", {"29 00:30", "29 23:30"}},
        // Each hour there is.
        jump_case{berlin,
                  berlin_forward,
                  "30 * 29 * *",
                  {"29 00:30", "29 01:30", "29 02:30", "29 03:30", "29 04:30",
                   "29 05:30", "29 06:30", "29 07:30", "29 08:30", "29 09:30",
                   "29 10:30", "29 11:30", "29 12:30", "29 13:30", "29 14:30",
                   "29 15:30", "29 16:30", "29 17:30", "29 18:30", "29 19:30",
                   "29 20:30", "29 21:30"}},
        jump_case{new_york, new_york_forward, "15 2 * * *", {"08 07:00"}},
        jump_case{new_york, new_york_forward, "15 3 * * *", {"08 07:15"}},
        jump_case{lord_howe, lord_howe_forward, "15 2 * * *", {"03 15:30"}},
        jump_case{lord_howe, lord_howe_forward, "30 2 * * *", {"03 15:30"}},
        jump_case{lord_howe, lord_howe_forward, "45 2 * * *", {"03 15:45"}},
        // Apia had no 30th of December 2011.
        jump_case{"Pacific/Apia",
                  sys_days{2011y / 12 / 30},
                  "0 12 * * *",
                  {"30 10:00", "30 22:00"}}));

INSTANTIATE_TEST_SUITE_P(
    put_back, cron_jump,
    ::testing::Values(
        jump_case{berlin, berlin_back, "30 2 * * *", {"25 00:30"}},
        jump_case{berlin, berlin_back, "0 2 * * *", {"25 00:00"}},
        jump_case{berlin, berlin_back, "59 2 * * *", {"25 00:59"}},
        jump_case{berlin, berlin_back, "0 3 * * *", {"25 02:00"}},
        jump_case{berlin,
                  berlin_back,
                  "*/30 2,3 * * *",
                  {"25 00:00", "25 00:30", "25 02:00", "25 02:30"}},
        // By the wall: 02:30 twice.
        jump_case{berlin,
                  berlin_back,
                  "30 0-23 25 10 *",
                  {"25 00:30", "25 01:30", "25 02:30", "25 03:30", "25 04:30",
                   "25 05:30", "25 06:30", "25 07:30", "25 08:30", "25 09:30",
                   "25 10:30", "25 11:30", "25 12:30", "25 13:30", "25 14:30",
                   "25 15:30", "25 16:30", "25 17:30", "25 18:30", "25 19:30",
                   "25 20:30", "25 21:30", "25 22:30"}},
        jump_case{new_york, new_york_back, "30 1 * * *", {"01 05:30"}},
        jump_case{new_york, new_york_back, "0 2 * * *", {"01 07:00"}},
        jump_case{lord_howe, lord_howe_back, "45 1 * * *", {"04 14:45"}},
        jump_case{lord_howe,
                  lord_howe_back,
                  "15 1,2 * * *",
                  {"04 14:15", "04 15:45"}}));

TEST(cron_times, asked_between_two_showings_wait_for_the_next_day) {
  // 02:10 for the second time; 02:30 has been, though the clock shows it again.
  const auto asked = sys_days{2026y / 10 / 25} + 1h + 10min;
  EXPECT_EQ(next_after(pattern("30 2 * * *"), zone(berlin), asked),
            sys_days{2026y / 10 / 26} + 1h + 30min);
  EXPECT_EQ(next_after(pattern("30 * * * *"), zone(berlin), asked),
            sys_days{2026y / 10 / 25} + 1h + 30min);
}

TEST(cron_times, know_utc_without_a_database_and_nobody_unheard_of) {
  EXPECT_EQ(time_zone::find("UTC")->name(), "UTC");
  EXPECT_EQ(
      next_after(pattern("0 12 * * *"), time_zone{}, sys_days{2026y / 3 / 29}),
      sys_days{2026y / 3 / 29} + 12h);
  EXPECT_EQ(zone(berlin).name(), berlin);
  for (const std::string name : {"", "Mars/Olympus", "../../etc/passwd",
                                 "europe/berlin", "Europe/Berlin "})
    EXPECT_FALSE(time_zone::find(name)) << name;
  EXPECT_FALSE(time_zone::find(std::string(100'000, 'a')));
}

TEST(cron_times, have_no_next_after_the_last) {
  EXPECT_EQ(
      next_after(pattern("0 0 1 1 *"), zone(berlin), sys_days{9999y / 2 / 1}),
      std::nullopt);
}

// -- beside brute force -------------------------------------------------------

// Goes through every minute of UTC with a clock on the wall, and a memory of
// what it has shown.
std::set<sys_seconds> walked(const cron_pattern& p, const time_zone& where,
                             sys_seconds from, sys_seconds to) {
  std::set<sys_seconds> found;
  std::set<local_seconds> seen;
  const auto shows = [&](sys_seconds t) {
    return local_seconds{t.time_since_epoch() + where.at(t).offset};
  };
  auto latest = shows(from - days{1});
  for (auto t = from - days{1}; t < to; t += minutes{1}) {
    const auto local = shows(t);
    bool comes =
        p.names(local) && (p.names_every_hour() || !seen.contains(local));
    if (!p.names_every_hour())
      for (auto out = latest + minutes{1}; out < local; out += minutes{1})
        comes = comes || p.names(out);
    if (comes && t >= from)
      found.insert(t);
    seen.insert(local);
    latest = std::max(latest, local);
  }
  return found;
}

TEST(cron_times, are_what_a_clock_on_the_wall_shows) {
  struct stretch {
    std::string_view zone;
    sys_days middle;
  };
  const stretch stretches[] = {
      {berlin, berlin_forward},
      {berlin, berlin_back},
      {new_york, new_york_forward},
      {new_york, new_york_back},
      {lord_howe, lord_howe_forward},
      {lord_howe, lord_howe_back},
      {"America/Sao_Paulo", 2018y / 11 / 4},  // At midnight.
      {"Africa/Casablanca", 2026y / 3 / 22},  // Ramadan.
      {"Asia/Kathmandu", 2026y / 5 / 1},
      {"UTC", 2026y / 5 / 1},
  };
  const std::string_view patterns[] = {
      "* * * * *",        "*/7 * * * *",     "30 * * * *",   "*/10 2 * * *",
      "30 2 * * *",       "0 2,3 * * *",     "0 0 * * *",    "15 */2 * * *",
      "45 1-3 * * sun",   "0,15,30 1 * * *", "30 0-5 * * *", "59 23 * * *",
      "0 12 1-7,29 * sun"};
  for (const auto& s : stretches)
    for (const auto text : patterns) {
      SCOPED_TRACE(std::string{s.zone} + ": " + std::string{text});
      const auto where = zone(s.zone);
      const auto p = pattern(text);
      const sys_seconds from = s.middle - hours{12};
      const sys_seconds to = s.middle + hours{36};
      std::set<sys_seconds> found;
      for (auto t = next_after(p, where, from - seconds{1}); t && *t < to;
           t = next_after(p, where, *t))
        ASSERT_TRUE(found.insert(*t).second);
      EXPECT_EQ(found, walked(p, where, from, to));
    }
}

// Whoever asks in between hears the same.
TEST(cron_times, do_not_depend_on_when_one_asks) {
  const auto where = zone(berlin);
  for (const auto* text : {"30 2 * * *", "*/10 * * * *", "0 2,3 * * *"}) {
    const auto p = pattern(text);
    for (const auto day : {berlin_forward, berlin_back}) {
      auto t = sys_seconds{day};
      auto next = next_after(p, where, t);
      for (; t < day + hours{6}; t += seconds{37}) {
        if (t >= *next)
          next = next_after(p, where, *next);
        ASSERT_EQ(next_after(p, where, t), next) << text << " " << shown(t);
      }
    }
  }
}

}  // namespace
}  // namespace troupe
