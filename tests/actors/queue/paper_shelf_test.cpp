// What was added last is at hand, within a bound, and found once.

#include "actors/queue/paper_shelf.hpp"

#include <gtest/gtest.h>

#include <string>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using time_point = paper_shelf::time_point;

constexpr time_point start{1h};
constexpr std::size_t paper_size = 1'000;
constexpr std::size_t each = paper_size + paper_shelf::entry_bytes;

shared_bytes paper(char letter = 'x') {
  return shared_bytes{std::string(paper_size, letter)};
}

TEST(paper_shelf, what_was_put_is_found_once) {
  paper_shelf shelf{10 * each};
  shelf.put(1, paper('a'), start);
  shelf.put(2, paper('b'), start);
  EXPECT_EQ(shelf.take(2), paper('b'));
  EXPECT_EQ(shelf.take(2), std::nullopt);
  EXPECT_EQ(shelf.take(1), paper('a'));
  EXPECT_EQ(shelf.bytes(), 0u);
  EXPECT_EQ(shelf.size(), 0u);
}

TEST(paper_shelf, a_full_one_keeps_what_is_leased_next) {
  paper_shelf shelf{3 * each};
  for (job_number n = 1; n <= 5; ++n)
    shelf.put(n, paper(), start);
  EXPECT_EQ(shelf.size(), 3u);
  EXPECT_TRUE(shelf.take(1));
  EXPECT_FALSE(shelf.take(4));
  shelf.put(6, paper(), start);
  EXPECT_TRUE(shelf.take(6));
}

TEST(paper_shelf, what_nobody_leased_gives_way_in_time) {
  paper_shelf shelf{2 * each};
  shelf.put(1, paper(), start);
  shelf.put(2, paper(), start + 1s);
  shelf.put(3, paper(), start + paper_shelf::stale_after);
  EXPECT_FALSE(shelf.take(3)) << "the oldest is not stale yet";
  shelf.put(4, paper(), start + paper_shelf::stale_after + 1ns);
  EXPECT_TRUE(shelf.take(4));
  EXPECT_FALSE(shelf.take(1));
  EXPECT_TRUE(shelf.take(2));
}

TEST(paper_shelf, takes_no_more_than_its_bound_whatever_is_put) {
  paper_shelf shelf{3 * each};
  for (job_number n = 1; n <= 1'000; ++n) {
    shelf.put(n, shared_bytes{std::string(n * 7 % 2'000, 'x')},
              start + n * 10s);
    ASSERT_LE(shelf.bytes(), 3 * each);
    if (n % 3 == 0)
      shelf.take(n - n % 7);
  }
  shelf.put(1'001, shared_bytes{std::string(3 * each, 'x')}, start + 3h);
  EXPECT_FALSE(shelf.take(1'001)) << "larger than all of it";
}

TEST(paper_shelf, forgets_the_oldest_in_their_order_from_any_place) {
  paper_shelf shelf{4 * each};
  for (job_number n = 1; n <= 4; ++n)
    shelf.put(n, paper(), start);
  shelf.take(2);  // In the middle,
  shelf.take(1);  // first,
  shelf.take(4);  // and last.
  shelf.put(5, paper(), start + 1s);
  shelf.put(6, paper(), start + 1s);
  shelf.put(7, paper(), start + 1s);
  shelf.put(8, paper(), start + paper_shelf::stale_after + 500ms);
  EXPECT_FALSE(shelf.take(3));
  for (const job_number n : {5, 6, 7, 8})
    EXPECT_TRUE(shelf.take(n)) << n;
}

}  // namespace
}  // namespace troupe
