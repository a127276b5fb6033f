// Who waits longest is served first, nobody is served who has left, and every
// wait ends.

#include "actors/queue/work_line.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace troupe {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1h};

work_ticket wish_of(const std::string& worker, std::uint32_t max = 1,
                    const std::string& tenant = {}) {
  lease_wish w;
  w.worker = worker;
  w.tenant = tenant;
  w.max = max;
  return {std::move(w), [](work_ticket::result&&) {
          }};
}

/// Jobs there are, by tenant; gives them to who asks.
struct stock {
  std::map<std::string, std::uint32_t> jobs;
  int asked = 0;

  leased_jobs take(const lease_wish& wish) {
    ++asked;
    leased_jobs result;
    for (auto& [tenant, count] : jobs)
      while (count > 0 && result.size() < wish.max
             && (wish.tenant.empty() || wish.tenant == tenant)) {
        --count;
        result.emplace_back().tenant = tenant;
      }
    return result;
  }
};

/// Who was given how many, in their order: "a1 b2 ".
std::string served(work_line& line, stock& from) {
  std::string result;
  line.serve([&](const lease_wish& w) { return from.take(w); },
             [&](const work_ticket& t, const leased_jobs& jobs) {
               result += t.matter().worker + std::to_string(jobs.size()) + ' ';
             });
  return result;
}

TEST(work_line, who_waits_longest_is_served_first) {
  work_line line;
  for (const auto* worker : {"a", "b", "c"})
    EXPECT_TRUE(line.join(wish_of(worker), start));
  stock two{{{"t", 2}}};
  EXPECT_EQ(served(line, two), "a1 b1 ");
  EXPECT_EQ(line.size(), 1u);
  stock more{{{"t", 5}}};
  EXPECT_EQ(served(line, more), "c1 ");
  EXPECT_TRUE(line.empty());
}

TEST(work_line, one_who_wants_many_is_given_what_there_is) {
  work_line line;
  EXPECT_TRUE(line.join(wish_of("a", 10), start));
  EXPECT_TRUE(line.join(wish_of("b"), start));
  stock three{{{"t", 3}}};
  EXPECT_EQ(served(line, three), "a3 ");
  EXPECT_EQ(line.size(), 1u);
}

TEST(work_line, who_wants_a_tenants_jobs_does_not_hold_up_the_others) {
  work_line line;
  EXPECT_TRUE(line.join(wish_of("a", 1, "empty"), start));
  EXPECT_TRUE(line.join(wish_of("b", 1, "empty"), start));
  EXPECT_TRUE(line.join(wish_of("c", 1, "full"), start));
  EXPECT_TRUE(line.join(wish_of("d"), start));
  stock some{{{"full", 2}}};
  EXPECT_EQ(served(line, some), "c1 d1 ");
  EXPECT_EQ(some.asked, 3) << "for a tenant without jobs once";
}

TEST(work_line, when_one_who_takes_any_gets_none_nobody_is_asked_on) {
  work_line line;
  for (const auto* worker : {"a", "b", "c"})
    EXPECT_TRUE(line.join(wish_of(worker), start));
  stock none;
  EXPECT_EQ(served(line, none), "");
  EXPECT_EQ(none.asked, 1);
  EXPECT_EQ(line.size(), 3u);
}

TEST(work_line, nothing_is_taken_for_somebody_who_has_left) {
  work_line line;
  const auto gone = wish_of("gone");
  EXPECT_TRUE(line.join(gone, start));
  EXPECT_TRUE(line.join(wish_of("here"), start));
  gone.answer(errc::deadline_exceeded);
  stock one{{{"t", 1}}};
  EXPECT_EQ(served(line, one), "here1 ");
  EXPECT_TRUE(line.empty());
  EXPECT_FALSE(line.next_overdue());
}

TEST(work_line, those_who_come_and_go_leave_nothing_behind) {
  work_line line;
  for (int i = 0; i < 1'000; ++i) {
    const auto gone = wish_of("gone");
    ASSERT_TRUE(line.join(gone, start));
    gone.answer(errc::deadline_exceeded);
  }
  EXPECT_LE(line.size(), 2u);
}

TEST(work_line, a_wait_is_over_at_its_moment_and_not_before) {
  work_line line;
  EXPECT_TRUE(line.join(wish_of("late"), start + 2s));
  EXPECT_TRUE(line.join(wish_of("soon"), start + 1s));
  EXPECT_EQ(line.next_overdue(), start + 1s);
  EXPECT_TRUE(line.take_overdue(start + 1s - 1ns).empty());
  const auto over = line.take_overdue(start + 1s);
  ASSERT_EQ(over.size(), 1u);
  EXPECT_EQ(over[0].matter().worker, "soon");
  EXPECT_EQ(line.next_overdue(), start + 2s);
  stock two{{{"t", 2}}};
  EXPECT_EQ(served(line, two), "late1 ") << "who is out is not served";
}

TEST(work_line, holds_so_many_and_no_more) {
  work_line line;
  const auto wish = wish_of("a");
  for (std::size_t i = 0; i < work_line::wishes_max; ++i)
    ASSERT_TRUE(line.join(wish, start));
  EXPECT_FALSE(line.join(wish, start));
  EXPECT_EQ(line.take_all().size(), work_line::wishes_max);
  EXPECT_TRUE(line.join(wish, start));
}

}  // namespace
}  // namespace troupe
