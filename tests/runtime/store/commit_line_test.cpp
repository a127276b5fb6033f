// Who goes together, and who has to wait or is sent away: at the bounds.

#include "runtime/store/commit_line.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace troupe::testing {

namespace {

constexpr std::size_t change_size = sizeof(record_change);

commit_ticket ticket(std::string space, std::size_t changes,
                     std::size_t value_size = 0) {
  space_changes made{std::move(space), {}};
  for (std::size_t i = 0; i < changes; ++i)
    made.changes.push_back(
        {static_cast<std::int64_t>(i), std::string(value_size, 'x')});
  return {store_batch{std::move(made)}, [](commit_ticket::result&&) {
          }};
}

std::string spaces_of(const commit_group& group) {
  std::string result;
  for (const auto& changes : group.batch)
    result += changes.space;
  return result;
}

TEST(commit_line, all_that_waits_goes_together_in_its_order) {
  commit_line line{{}};
  for (const char* space : {"a", "b", "c"})
    ASSERT_TRUE(line.offer(ticket(space, 2)));
  const auto group = line.take();
  EXPECT_EQ(spaces_of(group), "abc");
  EXPECT_EQ(group.riders.size(), 3u);
  EXPECT_EQ(group.changes, 6u);
  EXPECT_TRUE(line.empty());
}

TEST(commit_line, a_group_has_no_more_changes_than_it_may) {
  commit_line line{{.group_changes = 4}};
  for (const char* space : {"a", "b", "c"})
    ASSERT_TRUE(line.offer(ticket(space, 2)));
  EXPECT_EQ(spaces_of(line.take()), "ab");
  EXPECT_EQ(spaces_of(line.take()), "c");
}

TEST(commit_line, a_group_has_no_more_bytes_than_it_may) {
  commit_line line{{.group_bytes = 2 * (change_size + 10)}};
  for (const char* space : {"a", "b", "c"})
    ASSERT_TRUE(line.offer(ticket(space, 1, 10)));
  EXPECT_EQ(spaces_of(line.take()), "ab");
  EXPECT_EQ(spaces_of(line.take()), "c");
}

TEST(commit_line, a_batch_beyond_all_bounds_goes_alone) {
  commit_line line{{.group_changes = 4, .waiting_bytes = 100}};
  ASSERT_TRUE(line.offer(ticket("a", 50, 100)));
  EXPECT_FALSE(line.offer(ticket("b", 1))) << "until that has gone";
  EXPECT_EQ(line.take().changes, 50u);
}

TEST(commit_line, what_waits_has_a_bound_in_bytes) {
  commit_line line{{.waiting_bytes = 2 * (change_size + 10)}};
  EXPECT_TRUE(line.offer(ticket("a", 1, 10)));
  EXPECT_TRUE(line.offer(ticket("b", 1, 10)));
  EXPECT_FALSE(line.offer(ticket("c", 1, 10)));
  EXPECT_EQ(spaces_of(line.take()), "ab");
  EXPECT_TRUE(line.offer(ticket("d", 1, 10)));
  EXPECT_TRUE(line.offer(ticket("e", 1, 10))) << "there is room again";
}

}  // namespace

}  // namespace troupe::testing
