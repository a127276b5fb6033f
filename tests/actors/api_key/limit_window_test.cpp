// No sliding window ever admits more than its limit, whatever the schedule.

#include "actors/api_key/limit_window.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using time_point = limit_window::time_point;

constexpr time_point start{1h};

/// What was spent, and between which moments the provider may have counted it.
struct spending {
  time_point from;
  time_point until;
  std::uint64_t amount;
};

/// The most that one window of `length` saw, if the provider counted each
/// amount at the moment `when` picks.
template <class When>
std::uint64_t worst_window(const std::vector<spending>& all,
                           std::chrono::nanoseconds length, When when) {
  std::vector<std::pair<time_point, std::uint64_t>> counted;
  for (const auto& s : all)
    counted.emplace_back(when(s), s.amount);
  std::sort(counted.begin(), counted.end());
  std::uint64_t worst = 0;
  std::uint64_t sum = 0;
  std::size_t oldest = 0;
  for (const auto& [at, amount] : counted) {
    sum += amount;
    while (at - counted[oldest].first >= length)
      sum -= counted[oldest++].second;
    worst = std::max(worst, sum);
  }
  return worst;
}

TEST(limit_window, admits_up_to_the_limit_and_no_more) {
  limit_window w{3, 1min};
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(w.fits(1, start));
    w.book(1, start);
  }
  EXPECT_FALSE(w.fits(1, start));
}

TEST(limit_window, a_booking_leaves_exactly_one_length_later) {
  limit_window w{1, 1min};
  w.book(1, start);
  EXPECT_FALSE(w.fits(1, start + 1min - 1ns));
  EXPECT_TRUE(w.fits(1, start + 1min));
}

TEST(limit_window, names_the_earliest_moment_that_fits) {
  limit_window w{10, 1min};
  w.book(4, start);
  w.book(6, start + 10s);
  EXPECT_EQ(w.fits_at(4, start + 20s), start + 1min);
  EXPECT_EQ(w.fits_at(5, start + 20s), start + 1min + 10s);
  EXPECT_EQ(w.fits_at(4, start + 1min), start + 1min) << "fits already";
}

TEST(limit_window, neighbours_share_a_line_and_leave_with_the_last) {
  limit_window w{2, 1min};
  w.book(1, start);
  w.book(1, start + 999ms);  // Closer than 60 s / 60.
  EXPECT_FALSE(w.fits(1, start + 1min));
  EXPECT_TRUE(w.fits(2, start + 1min + 999ms));
}

TEST(limit_window, zero_is_no_limit) {
  limit_window w{0, 1min};
  w.book(1'000'000, start);
  w.hold(1'000'000);
  EXPECT_TRUE(w.fits(~0ull, start));
  EXPECT_EQ(w.fits_at(~0ull, start), start);
  EXPECT_EQ(w.free_share(start), 1);
}

TEST(limit_window, an_amount_above_the_limit_gets_in_alone) {
  limit_window w{10, 1min};
  EXPECT_TRUE(w.fits(~0ull, start));
  w.book(~0ull, start);
  EXPECT_FALSE(w.fits(1, start + 59s));
  EXPECT_EQ(w.fits_at(~0ull, start), start + 1min);
  EXPECT_TRUE(w.fits(~0ull, start + 1min));
}

TEST(limit_window, what_is_held_counts_until_it_is_released) {
  limit_window w{10, 1min};
  w.hold(8);
  EXPECT_FALSE(w.fits(3, start + 24h)) << "however long";
  EXPECT_EQ(w.fits_at(3, start), std::nullopt) << "nobody knows when";
  EXPECT_EQ(w.fits_at(2, start), start);
  w.release(8);
  EXPECT_TRUE(w.fits(10, start));
}

TEST(limit_window, an_excess_delays_those_who_come_next) {
  limit_window w{10, 1min};
  w.hold(5);
  w.release(5);
  w.book(25, start);
  EXPECT_FALSE(w.fits(1, start + 59s));
  EXPECT_EQ(w.free_share(start), 0);
  EXPECT_TRUE(w.fits(10, start + 1min));
}

TEST(limit_window, unbooking_leaves_no_trace) {
  limit_window w{2, 1min};
  w.book(1, start);
  w.book(1, start + 500ms);
  w.unbook(1);
  EXPECT_TRUE(w.fits(1, start + 500ms));
  EXPECT_EQ(w.free_share(start + 500ms), 0.5);
}

TEST(limit_window, another_limit_does_not_forget_what_was_spent) {
  limit_window w{0, 1min};
  for (int i = 0; i < 5; ++i)
    w.book(1, start);
  w.set_limit(6);
  EXPECT_TRUE(w.fits(1, start));
  EXPECT_FALSE(w.fits(2, start));
  w.set_limit(3);
  EXPECT_FALSE(w.fits(1, start + 59s));
  EXPECT_EQ(w.free(start), 0u);
  EXPECT_EQ(w.fits_at(1, start), start + 1min);
}

TEST(limit_window, what_is_held_may_be_released_under_another_limit) {
  limit_window w{10, 1min};
  w.hold(50);
  w.set_limit(100);
  EXPECT_EQ(w.free(start), 50u);
  w.release(50);
  EXPECT_TRUE(w.fits(100, start));
}

TEST(limit_window, what_nobody_will_release_is_spent) {
  limit_window w{10, 1min};
  w.hold(8);
  w.book_held(start);
  EXPECT_EQ(w.free(start), 2u);
  EXPECT_FALSE(w.fits(3, start + 1min - 1ns));
  EXPECT_TRUE(w.fits(10, start + 1min));
}

TEST(limit_window, an_empty_window_has_room_for_anything) {
  limit_window w{10, 1min};
  EXPECT_EQ(w.free(start), ~std::uint64_t{0});
  w.book(1, start);
  EXPECT_EQ(w.free(start), 9u);
}

TEST(limit_window, no_window_admits_more_than_its_limit) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    const auto limit = 1 + random() % 50;
    // Gaps from far denser than a line to longer than the window.
    const auto gap_max = 1 + random() % 20'000'000'000;  // ns
    limit_window w{limit, 1min};
    std::vector<spending> admitted;
    auto now = start;
    for (int i = 0; i < 1000; ++i) {
      now += std::chrono::nanoseconds{random() % gap_max};
      const auto amount = 1 + random() % (limit + 1);
      if (!w.fits(amount, now))
        continue;
      w.book(amount, now);
      admitted.push_back({now, now, std::min(amount, limit)});
    }
    EXPECT_LE(worst_window(admitted, 1min, [](auto& s) { return s.from; }),
              limit);
    EXPECT_FALSE(admitted.empty());
  }
}

TEST(limit_window, wherever_a_call_is_counted_its_tokens_stay_below_the_limit) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    constexpr std::uint64_t limit = 1000;
    limit_window w{limit, 1min};
    struct out {
      time_point since;
      time_point ends;
      std::uint64_t estimate;
      std::uint64_t used;
    };
    std::vector<out> calls;
    std::vector<spending> spent;
    const auto duration_max = 1 + random() % 120'000;
    auto now = start;
    for (int i = 0; i < 1000; ++i) {
      now += std::chrono::milliseconds{random() % 2000};
      std::erase_if(calls, [&](const out& c) {
        if (c.ends > now)
          return false;
        w.release(c.estimate);
        w.book(c.used, now);
        spent.push_back({c.since, now, c.used});
        return true;
      });
      const auto estimate = 1 + random() % 400;
      if (!w.fits(estimate, now))
        continue;
      w.hold(estimate);
      calls.push_back({now,
                       now + std::chrono::milliseconds{random() % duration_max},
                       estimate, random() % (estimate + 1)});
    }
    EXPECT_LE(worst_window(spent, 1min, [](auto& s) { return s.from; }), limit);
    EXPECT_LE(worst_window(spent, 1min, [](auto& s) { return s.until; }),
              limit);
    const auto somewhere = [&](const spending& s) {
      const auto span = static_cast<std::uint64_t>((s.until - s.from).count());
      return s.from
             + std::chrono::nanoseconds{
                 static_cast<std::int64_t>(random() % (span + 1))};
    };
    EXPECT_LE(worst_window(spent, 1min, somewhere), limit);
    EXPECT_FALSE(spent.empty());
  }
}

TEST(limit_window, a_saturated_window_still_gives_nearly_all_of_its_limit) {
  limit_window w{60, 1min};
  std::uint64_t admitted = 0;
  for (auto now = start; now < start + 1h; now += 10ms) {
    if (!w.fits(1, now))
      continue;
    w.book(1, now);
    ++admitted;
  }
  // 60 a minute for an hour, less one sixtieth.
  EXPECT_GE(admitted, 3540u);
  EXPECT_LE(admitted, 3600u);
}

TEST(limit_window, the_moment_it_names_is_the_first_that_fits) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    limit_window w{20, 1min};
    auto now = start;
    for (int i = 0; i < 300; ++i) {
      now += std::chrono::milliseconds{random() % 4000};
      const auto amount = 1 + random() % 10;
      const auto at = w.fits_at(amount, now);
      ASSERT_TRUE(at);
      if (*at > now) {
        auto before = w;
        EXPECT_FALSE(before.fits(amount, *at - 1ns));
        EXPECT_TRUE(before.fits(amount, *at));
      } else {
        w.book(amount, now);
      }
    }
  }
}

}  // namespace
}  // namespace troupe
