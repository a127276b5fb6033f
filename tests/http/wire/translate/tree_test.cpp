// JSON trees: order kept, hostile texts survived.

#include "http/wire/json.hpp"
#include "http/wire/translate/tree.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace troupe::http::wire {

namespace {

TEST(tree, keeps_order_and_values) {
  for (const auto* text :
       {R"({"z":1,"a":{"y":[1,2.5,-3,true,null,"ü\n"],"b":{}}})", "[]", "7",
        R"("x")", R"([[[]],{"a":[{}]}])", R"({"":18446744073709551615})"}) {
    const auto value = read_tree(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(print_tree(*value), text);
  }
}

TEST(tree, says_what_is_wrong) {
  std::string fault;
  EXPECT_FALSE(read_tree("{\"a\":}", &fault));
  EXPECT_EQ(fault, "It is not valid JSON, at byte 6.");
  EXPECT_FALSE(read_tree(R"({"a":1,"b":{"c":1,"c":2}})", &fault));
  EXPECT_EQ(fault, "The member 'c' is given twice.");
  for (const auto* text : {"", "{", "[1 2]", "{}x", "\"\xff\"", "[1e999]"})
    EXPECT_FALSE(read_tree(text)) << text;
}

TEST(tree, bounds_nesting) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(read_tree(nested(json::depth_max)));
  std::string fault;
  EXPECT_FALSE(read_tree(nested(json::depth_max + 1), &fault));
  EXPECT_EQ(fault, "It is nested deeper than 500 levels.");
  EXPECT_FALSE(read_tree(std::string(1'000'000, '[')));
}

TEST(tree, replaces_lone_surrogates_and_keeps_pairs) {
  const std::pair<const char*, const char*> cases[]{
      {R"(["\ud83d\ude00"])", "[\"\xF0\x9F\x98\x80\"]"},
      {R"(["\ud83d"])", "[\"\xEF\xBF\xBD\"]"},
      {R"(["\ude00x"])", "[\"\xEF\xBF\xBDx\"]"},
      {R"(["\ud83d\ud83d\ude00"])", "[\"\xEF\xBF\xBD\xF0\x9F\x98\x80\"]"},
      {R"(["\ud83d\n"])", "[\"\xEF\xBF\xBD\\n\"]"},
      {R"(["\\ud83d"])", R"(["\\ud83d"])"},
  };
  for (const auto& [text, expected] : cases) {
    const auto value = read_tree(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(print_tree(*value), expected);
  }
}

TEST(tree, reads_many_members_and_deep_holders_in_good_time) {
  std::string wide = "{";
  for (int i = 0; i < 200'000; ++i)
    wide += "\"k" + std::to_string(i) + "\":0,";
  wide += "\"end\":0}";
  std::string deep;
  const auto big = "\"" + std::string(1'000'000, 'x') + "\"";
  for (int i = 0; i < 400; ++i)
    deep += "{\"a\":";
  deep += big;
  for (int i = 0; i < 400; ++i)
    deep += ",\"b\":0,\"c\":0}";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(read_tree(wide));
  EXPECT_TRUE(read_tree(deep));
  // Quadratic reading takes minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{20});
}

TEST(tree, finds_members) {
  const auto value = read_tree(R"({"a":"x","b":null})");
  ASSERT_TRUE(value);
  ASSERT_NE(member_of(*value, "a"), nullptr);
  EXPECT_EQ(text_in(*member_of(*value, "a")), "x");
  EXPECT_EQ(member_of(*value, "b"), nullptr);
  EXPECT_EQ(member_of(tree("a"), "a"), nullptr);
  EXPECT_EQ(text_in(*value), "");
}

}  // namespace

}  // namespace troupe::http::wire
