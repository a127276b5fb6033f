// Those who follow a stream hear of it, of no other, and not for ever.

#include "actors/queue/follow_line.hpp"

#include <gtest/gtest.h>

#include <string>

namespace troupe {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1h};

follow_ticket follower(std::uint64_t after = 0) {
  events_wish w;
  w.after = after;
  return {std::move(w), [](follow_ticket::result&&) {
          }};
}

TEST(follow_line, all_who_follow_a_job_are_taken_and_nobody_else) {
  follow_line line;
  EXPECT_TRUE(line.join(7, follower(1), start));
  EXPECT_TRUE(line.join(8, follower(2), start));
  EXPECT_TRUE(line.join(7, follower(3), start));
  const auto taken = line.take(7);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].matter().after, 1u);
  EXPECT_EQ(taken[1].matter().after, 3u);
  EXPECT_TRUE(line.take(7).empty());
  EXPECT_TRUE(line.take(6).empty());
  EXPECT_EQ(line.size(), 1u);
}

TEST(follow_line, a_wait_is_over_at_its_moment_and_not_before) {
  follow_line line;
  EXPECT_TRUE(line.join(1, follower(1), start + 2s));
  EXPECT_TRUE(line.join(2, follower(2), start + 1s));
  EXPECT_EQ(line.next_overdue(), start + 1s);
  EXPECT_TRUE(line.take_overdue(start + 1s - 1ns).empty());
  const auto over = line.take_overdue(start + 1s);
  ASSERT_EQ(over.size(), 1u);
  EXPECT_EQ(over[0].matter().after, 2u);
  EXPECT_TRUE(line.take(2).empty());
  line.take(1);
  EXPECT_FALSE(line.next_overdue());
}

TEST(follow_line, those_who_come_and_go_leave_nothing_behind) {
  follow_line line;
  for (int i = 0; i < 1'000; ++i) {
    const auto t = follower();
    ASSERT_TRUE(line.join(static_cast<job_number>(i % 10 + 1), t, start));
    t.answer(errc::deadline_exceeded);
  }
  EXPECT_LE(line.size(), 2u);
}

TEST(follow_line, holds_so_many_and_no_more) {
  follow_line line;
  const auto t = follower();
  for (std::size_t i = 0; i < follow_line::followers_max; ++i)
    ASSERT_TRUE(line.join(i + 1, t, start));
  EXPECT_FALSE(line.join(1, t, start));
  EXPECT_EQ(line.take_all().size(), follow_line::followers_max);
  EXPECT_TRUE(line.join(1, t, start));
}

}  // namespace
}  // namespace troupe
