// The first in order that is light enough, against a plain search.

#include "actors/key_pool/least_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace troupe {
namespace {

using tree = least_tree<const std::uint64_t>;

TEST(least_tree, an_empty_tree_has_nobody) {
  const tree t;
  EXPECT_TRUE(t.empty());
  EXPECT_EQ(t.least(), tree::weight_max);
  EXPECT_EQ(t.first_within(tree::weight_max), nullptr);
}

TEST(least_tree, the_limit_itself_is_light_enough) {
  tree t;
  const std::uint64_t who = 7;
  t.insert(1, {10, &who});
  EXPECT_EQ(t.first_within(9), nullptr);
  EXPECT_EQ(t.first_within(10), &who);
}

TEST(least_tree, over_any_changes_it_finds_what_a_search_finds) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    std::map<std::uint64_t, std::uint64_t> plain;  // Weight by place.
    tree t;
    for (int i = 0; i < 1000; ++i) {
      const auto place = random() % 200;
      if (const auto [at, is_new] = plain.try_emplace(place, random() % 100);
          is_new) {
        t.insert(place, {at->second, &at->first});
      } else {
        plain.erase(at);
        t.erase(place);
      }
      const auto limit = random() % 100;
      const std::uint64_t* expected = nullptr;
      auto least = tree::weight_max;
      for (const auto& [p, weight] : plain) {
        least = std::min(least, weight);
        if (expected == nullptr && weight <= limit)
          expected = &p;
      }
      const auto* found = t.first_within(limit);
      ASSERT_EQ(found == nullptr, expected == nullptr);
      if (found != nullptr) {
        ASSERT_EQ(*found, *expected);
      }
      ASSERT_EQ(t.least(), least);
    }
  }
}

}  // namespace
}  // namespace troupe
