// Where shards are: agreed on, spread, and moved as little as possible.

#include "actors/cache_desk/cache_directory.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace troupe {
namespace {

cache_directory directory_of(const std::vector<std::string>& names) {
  std::vector<cache_directory::member> members;
  for (const auto& name : names)
    members.push_back({name, std::vector<address<cache_shard_actor>>(64)});
  return cache_directory{std::move(members)};
}

TEST(cache_directory_test, spreads_keys_over_all_shards) {
  const auto directory = directory_of({"a"});
  std::map<std::uint32_t, int> keys;
  for (int i = 0; i < 64'000; ++i)
    ++keys[directory.shard_of(
        {cache_space::application, "t", std::to_string(i)})];
  ASSERT_EQ(keys.size(), 64u);
  for (const auto& [shard, count] : keys) {
    EXPECT_GT(count, 800) << shard;
    EXPECT_LT(count, 1200) << shard;
  }
}

TEST(cache_directory_test, every_part_of_a_key_places_it) {
  const auto directory = directory_of({"a"});
  int same = 0;
  for (int i = 0; i < 640; ++i) {
    const auto name = std::to_string(i);
    const auto at = directory.shard_of({cache_space::completion, "t", name});
    same += at == directory.shard_of({cache_space::embedding, "t", name});
    same += at == directory.shard_of({cache_space::completion, "u", name});
  }
  EXPECT_LT(same, 60) << "about 20 by chance";
}

TEST(cache_directory_test, only_what_a_new_member_wins_moves) {
  const auto before = directory_of({"a", "b", "c"});
  const auto after = directory_of({"d", "c", "b", "a"});
  int moved = 0;
  std::map<std::string, int> owned;
  for (std::uint32_t shard = 0; shard < 64; ++shard) {
    ++owned[before.owner(shard)];
    if (after.owner(shard) == before.owner(shard))
      continue;
    EXPECT_EQ(after.owner(shard), "d");
    ++moved;
  }
  EXPECT_GT(moved, 5);
  EXPECT_LT(moved, 32);
  for (const auto& [name, count] : owned)
    EXPECT_GT(count, 8) << name;
}

}  // namespace
}  // namespace troupe
