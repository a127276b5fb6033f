// Patterns against another, naive reading of the same rules.

#include "actors/cache_shard/glob.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

namespace troupe {
namespace {

// By recursion, on ASCII only.
bool naive(std::string_view p, std::string_view n) {
  if (p.empty())
    return n.empty();
  if (p[0] == '*')
    return naive(p.substr(1), n) || (!n.empty() && naive(p, n.substr(1)));
  if (n.empty())
    return false;
  if (p[0] == '?')
    return naive(p.substr(1), n.substr(1));
  if (p[0] == '\\' && p.size() > 1)
    p.remove_prefix(1);
  return p[0] == n[0] && naive(p.substr(1), n.substr(1));
}

std::string draw(std::mt19937& random, std::string_view letters,
                 std::size_t length_max) {
  std::string result;
  for (auto n = random() % (length_max + 1); n > 0; --n)
    result += letters[random() % letters.size()];
  return result;
}

TEST(glob_test, agrees_with_a_naive_matcher) {
  std::mt19937 random{7};
  int matching = 0;
  for (int i = 0; i < 300'000; ++i) {
    const auto pattern = draw(random, "ab*?\\", 6);
    const auto name = draw(random, "ab*\\", 7);
    const bool expected = naive(pattern, name);
    matching += expected;
    ASSERT_EQ(matches(pattern, name), expected) << pattern << " on " << name;
    if (const auto only = only_match_of(pattern); only && expected) {
      ASSERT_EQ(*only, name) << pattern;
    }
  }
  EXPECT_GT(matching, 10'000);
}

TEST(glob_test, a_character_may_be_of_many_bytes) {
  EXPECT_TRUE(matches("?", "ä"));
  EXPECT_TRUE(matches("a?c", "a€c"));
  EXPECT_FALSE(matches("??", "ä"));
  EXPECT_FALSE(matches("*??", "ä"));
  EXPECT_TRUE(matches("*??", "xä"));
}

TEST(glob_test, is_quick_where_a_naive_one_is_not) {
  const std::string pattern = "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b";
  EXPECT_FALSE(matches(pattern, std::string(500, 'a')));
}

TEST(glob_test, tells_patterns_that_name_one_thing) {
  EXPECT_EQ(only_match_of("persona:7"), "persona:7");
  EXPECT_EQ(only_match_of(R"(a\*\?\\)"), R"(a*?\)");
  EXPECT_FALSE(only_match_of("persona:*"));
  EXPECT_FALSE(only_match_of("persona:?"));
}

}  // namespace
}  // namespace troupe
