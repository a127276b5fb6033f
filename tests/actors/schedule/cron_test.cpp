// What a pattern names, and what is no pattern.

#include "actors/schedule/cron.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

namespace troupe {
namespace {

using namespace std::chrono;

cron_pattern pattern(std::string_view text) {
  auto parsed = cron_pattern::parse(text);
  if (const auto* c = std::get_if<config::complaint>(&parsed)) {
    ADD_FAILURE() << text << ": " << c->text;
    return std::get<cron_pattern>(cron_pattern::parse("* * * * *"));
  }
  return std::get<cron_pattern>(parsed);
}

std::string fault(std::string_view text) {
  const auto parsed = cron_pattern::parse(text);
  const auto* c = std::get_if<config::complaint>(&parsed);
  return c ? c->text : "";
}

// 2026-11-21 17:05:09, a Saturday.
local_seconds at(year_month_day day, int h = 0, int m = 0, int s = 0) {
  return local_days{day} + hours{h} + minutes{m} + seconds{s};
}

const local_seconds now = at(2026y / 11 / 21, 17, 5, 9);

struct next_case {
  std::string_view pattern;
  local_seconds next;
};

class cron_next : public ::testing::TestWithParam<next_case> {};

TEST_P(cron_next, is_the_first_time_named_that_is_later) {
  EXPECT_EQ(pattern(GetParam().pattern).next_after(now), GetParam().next)
      << GetParam().pattern;
}

INSTANTIATE_TEST_SUITE_P(
    all, cron_next,
    ::testing::Values(
        next_case{"* * * * *", at(2026y / 11 / 21, 17, 6)},
        next_case{"* * * * * *", at(2026y / 11 / 21, 17, 5, 10)},
        next_case{"*/15 * * * *", at(2026y / 11 / 21, 17, 15)},
        next_case{"5 * * * *", at(2026y / 11 / 21, 18, 5)},
        next_case{"9 5 17 * * *", at(2026y / 11 / 22, 17, 5, 9)},
        next_case{"10/20 * * * * *", at(2026y / 11 / 21, 17, 5, 10)},
        next_case{"30-40/10,50 * * * *", at(2026y / 11 / 21, 17, 30)},
        next_case{"0 9-17 * * MON-FRI", at(2026y / 11 / 23, 9)},
        next_case{"0 0 1 * *", at(2026y / 12 / 1)},
        next_case{"0 0 31 * *", at(2026y / 12 / 31)},
        next_case{"0 0 29 2 *", at(2028y / 2 / 29)},
        next_case{"0 0 * feb,Jun *", at(2027y / 2 / 1)},
        next_case{"0 0 * * 7", at(2026y / 11 / 22)},
        next_case{"0 0 * * 0", at(2026y / 11 / 22)},
        next_case{"0 12 * * fri-sun", at(2026y / 11 / 22, 12)},
        next_case{"0 12 * * 5-7", at(2026y / 11 / 22, 12)},
        // A day named by either field, where both restrict ...
        next_case{"0 0 25 * mon", at(2026y / 11 / 23)},
        next_case{"0 0 22 * mon", at(2026y / 11 / 22)},
        // ... by both, where one begins with a star.
        next_case{"0 0 */2 * mon", at(2026y / 11 / 23)},
        next_case{"0 0 */7 * mon", at(2027y / 2 / 1)},
        next_case{"0 0 ? * mon", at(2026y / 11 / 23)},
        next_case{"0 0 13 * ?", at(2026y / 12 / 13)},
        next_case{"  0\t0  1 1 *  ", at(2027y / 1 / 1)},
        next_case{"@yearly", at(2027y / 1 / 1)},
        next_case{"@annually", at(2027y / 1 / 1)},
        next_case{"@monthly", at(2026y / 12 / 1)},
        next_case{"@weekly", at(2026y / 11 / 22)},
        next_case{"@daily", at(2026y / 11 / 22)},
        next_case{"@midnight", at(2026y / 11 / 22)},
        next_case{"@hourly", at(2026y / 11 / 21, 18)}));

struct bad_case {
  std::string_view pattern;
  std::string_view why;
};

class cron_fault : public ::testing::TestWithParam<bad_case> {};

TEST_P(cron_fault, names_the_field_and_what_it_must_be) {
  EXPECT_EQ(fault(GetParam().pattern), GetParam().why) << GetParam().pattern;
}

constexpr std::string_view five =
    "must have five fields (minute hour day month weekday), six with seconds "
    "before them, or be a word such as @daily";

INSTANTIATE_TEST_SUITE_P(
    all, cron_fault,
    ::testing::Values(
        bad_case{"", five}, bad_case{"* * * *", five},
        bad_case{"* * * * * * *", five},
        bad_case{"60 * * * *", "minute: must lie between 0 and 59"},
        bad_case{"60 * * * * *", "second: must lie between 0 and 59"},
        bad_case{"* 24 * * *", "hour: must lie between 0 and 23"},
        bad_case{"* * 0 * *", "day: must lie between 1 and 31"},
        bad_case{"* * * 13 *", "month: must lie between 1 and 12"},
        bad_case{"* * * * 8", "weekday: must lie between 0 and 7"},
        bad_case{"* 17-9 * * *", "hour: a range must not end before it begins"},
        bad_case{"* * * * fri-tue",
                 "weekday: a range must not end before it begins"},
        bad_case{"*/0 * * * *", "minute: a step must lie between 1 and 60"},
        bad_case{"* */25 * * *", "hour: a step must lie between 1 and 24"},
        bad_case{"*/ * * * *", "minute: a step must be a number such as */5"},
        bad_case{"*/-5 * * * *", "minute: a step must be a number such as */5"},
        bad_case{"1, * * * *", "minute: a number is missing"},
        bad_case{"1-2-3 * * * *",
                 "minute: must be numbers, ranges, lists and steps; L, W and # "
                 "are not known"},
        bad_case{"? * * * *",
                 "minute: must be numbers, ranges, lists and steps; L, W and # "
                 "are not known"},
        bad_case{
            "* * L * *",
            "day: must be numbers, ranges, lists and steps; L, W and # are "
            "not known"},
        bad_case{"* * * * 5#2",
                 "weekday: must be numbers or names such as sun, ranges, lists "
                 "and steps; L, W and # are not known"},
        bad_case{"* * * monday *",
                 "month: must be numbers or names such as jan, ranges, lists "
                 "and steps; L, W and # are not known"},
        bad_case{"0 0 30 2 *", "day: no month it names has such a day"},
        bad_case{"0 0 31 4,6,9,11 *", "day: no month it names has such a day"},
        bad_case{"99999999999 * * * *",
                 "minute: must be numbers, ranges, lists and steps; L, W and # "
                 "are not known"},
        bad_case{"@reboot", "must be one of @yearly, @monthly, @weekly, @daily "
                            "and @hourly, if it begins with @"}));

TEST(cron, refuses_what_is_longer_than_any_pattern) {
  EXPECT_EQ(fault("* * * * " + std::string(cron_pattern::size_max, '1')),
            "must have at most 256 characters");
}

TEST(cron, knows_whether_it_comes_up_in_every_hour) {
  for (const auto* text : {"* * * * *", "5 */1 * * *", "0 0-23 1 * *"})
    EXPECT_TRUE(pattern(text).names_every_hour()) << text;
  for (const auto* text : {"* 0 * * *", "0 */2 * * *", "0 1-23 * * *"})
    EXPECT_FALSE(pattern(text).names_every_hour()) << text;
}

TEST(cron, ends_with_the_calendar) {
  EXPECT_EQ(pattern("@yearly").next_after(at(9999y / 1 / 1)), std::nullopt);
}

// The 29th of February that is a Sunday: 40 years round a century without one.
TEST(cron, finds_what_is_as_rare_as_it_can_be) {
  EXPECT_EQ(pattern("0 0 29 2 */7").next_after(at(2088y / 2 / 29)),
            at(2128y / 2 / 29));
}

// -- beside brute force -------------------------------------------------------

/// One field, drawn at random, as text and as the numbers it names.
struct drawn_field {
  std::string text;
  std::set<int> numbers;
};

class drawer {
public:
  explicit drawer(unsigned seed) : random_(seed) {}

  int below(int n) { return std::uniform_int_distribution{0, n - 1}(random_); }

  drawn_field field(int min, int max) {
    drawn_field f;
    if (below(3) == 0)
      return star(min, max);
    const int parts = 1 + below(3);
    for (int i = 0; i < parts; ++i) {
      const int from = min + below(max - min + 1);
      const int to = from + below(max - from + 1);
      const int step = below(2) == 0 ? 1 : 1 + below(max - min + 1);
      f.text += (i == 0 ? "" : ",") + std::to_string(from);
      if (below(2) == 0) {
        f.numbers.insert(from);
        continue;
      }
      f.text += "-" + std::to_string(to);
      if (step > 1)
        f.text += "/" + std::to_string(step);
      for (int x = from; x <= to; x += step)
        f.numbers.insert(x);
    }
    return f;
  }

private:
  drawn_field star(int min, int max) {
    drawn_field f;
    const int step = below(2) == 0 ? 1 : 1 + below(max - min + 1);
    f.text = step == 1 ? "*" : "*/" + std::to_string(step);
    for (int x = min; x <= max; x += step)
      f.numbers.insert(x);
    return f;
  }

  std::mt19937 random_;
};

TEST(cron, names_what_brute_force_names) {
  constexpr int rounds = 100;
  for (unsigned seed = 0; seed < rounds; ++seed) {
    drawer draw{seed};
    const auto minute = draw.field(0, 59);
    const auto hour = draw.field(0, 23);
    const auto day = draw.field(1, 31);
    const auto month = draw.field(1, 12);
    const auto weekday_field = draw.field(0, 6);
    const auto text = minute.text + " " + hour.text + " " + day.text + " "
                      + month.text + " " + weekday_field.text;
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text);
    auto parsed = cron_pattern::parse(text);
    if (std::holds_alternative<config::complaint>(parsed))
      continue;  // No such day; those have a test of their own.
    const auto& p = std::get<cron_pattern>(parsed);
    const bool either =
        !day.text.starts_with('*') && !weekday_field.text.starts_with('*');
    const auto names = [&](local_seconds t) {
      const auto date = floor<days>(t);
      const year_month_day ymd{date};
      const hh_mm_ss time{t - date};
      const bool by_day =
          day.numbers.contains(static_cast<int>(unsigned{ymd.day()}));
      const bool by_weekday = weekday_field.numbers.contains(
          static_cast<int>(weekday{date}.c_encoding()));
      return month.numbers.contains(static_cast<int>(unsigned{ymd.month()}))
             && (either ? by_day || by_weekday : by_day && by_weekday)
             && hour.numbers.contains(static_cast<int>(time.hours().count()))
             && minute.numbers.contains(
                 static_cast<int>(time.minutes().count()))
             && time.seconds() == seconds{0};
    };
    // From somewhere in 2027 or 2028, for as many minutes as a test may take.
    auto t = at(2027y / 1 / 1) + hours{draw.below(2 * 365 * 24)};
    const auto end = t + days{8};
    auto next = p.next_after(t - seconds{1});
    for (; t < end; t += minutes{1}) {
      ASSERT_EQ(names(t), next == t) << t.time_since_epoch().count();
      ASSERT_EQ(p.names(t), next == t);
      if (next == t)
        next = p.next_after(t);
    }
  }
}

}  // namespace
}  // namespace troupe
