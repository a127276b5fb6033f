// The bounded YAML tree: lines, aliases within limits, and every refusal.

#include "config/document.hpp"

#include <gtest/gtest.h>

namespace troupe::config {
namespace {

std::shared_ptr<const node> tree(std::string_view text) {
  auto result = parse_document(text, "f");
  if (const auto* f = std::get_if<fault>(&result)) {
    ADD_FAILURE() << f->message;
    return std::make_shared<const node>();
  }
  return std::get<std::shared_ptr<const node>>(result);
}

// "line: message" of the refusal.
std::string refusal(std::string_view text) {
  const auto result = parse_document(text, "f");
  const auto* f = std::get_if<fault>(&result);
  return f ? std::to_string(f->where.line) + ": " + f->message : "accepted";
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  while (times-- > 0)
    all += text;
  return all;
}

TEST(document, is_a_null_when_there_is_nothing_in_it) {
  for (const auto* text : {"", "\n\n", "# only a comment\n", "---\n", "~"})
    EXPECT_EQ(tree(text)->kind, shape::null) << text;
}

TEST(document, remembers_the_line_of_each_key_and_value) {
  const auto root = tree("# comment\na: 1\nb:\n  - x\n  - {c: y}\n");
  ASSERT_EQ(root->entries.size(), 2u);
  EXPECT_EQ(root->entries[0].key_line, 2u);
  const auto& list = *root->entries[1].value;
  ASSERT_EQ(list.entries.size(), 2u);
  EXPECT_EQ(list.entries[1].value->line, 5u);
  EXPECT_EQ(root->nodes, 6u);
  EXPECT_EQ(root->depth, 4u);
}

TEST(document, shares_what_an_alias_stands_for_and_counts_it_again) {
  const auto root = tree("a: &x [1, 2]\nb: *x\n");
  EXPECT_EQ(root->entries[0].value, root->entries[1].value);
  EXPECT_EQ(root->nodes, 7u);
}

TEST(document, refuses_bad_yaml_with_its_line) {
  EXPECT_TRUE(refusal("a: 1\nb: [1, 2\nc: 3\n").starts_with("3: cannot be "));
  EXPECT_TRUE(refusal("a: 1\n  b: 2\n").starts_with("2: cannot be "));
  EXPECT_TRUE(refusal("a: *nobody\n").starts_with("1: cannot be "));
}

TEST(document, refuses_a_quote_that_is_never_closed) {
  for (const std::string text :
       {"a: \"x", "a: \"x\n", "a: \"x\nb: 1\n", "a: 'x\nb: 1\n \n\t\n"})
    EXPECT_NE(refusal(text), "accepted") << text;
}

TEST(document, refuses_a_second_document) {
  EXPECT_EQ(refusal("a: 1\n---\nb: 2\n"),
            "2: cannot be read: only one document may be in the file");
  EXPECT_NE(refusal("a: 1\n...\nb: 2\n"), "accepted");
  EXPECT_NE(refusal("[1]\n]\n"), "accepted");
}

TEST(document, refuses_bytes_that_are_not_text) {
  using namespace std::string_view_literals;
  EXPECT_EQ(refusal("a: 1\nb: \x04\nc: 2\n"sv),
            "2: cannot be read: a control character");
  EXPECT_EQ(refusal("a: \0"sv), "1: cannot be read: a control character");
  EXPECT_EQ(refusal("a: 1\nb: \xff\n"sv), "2: cannot be read: not UTF-8");
  EXPECT_NE(refusal("\xff\xfe"
                    "a\0:\0 \0"
                    "1\0"sv),
            "accepted");
  EXPECT_EQ(refusal("a: \xc3\xa9\r\n\tb"sv).find("UTF-8"), std::string::npos);
}

TEST(document, refuses_keys_that_are_not_plain_words) {
  for (const auto* text :
       {"? [a]\n: 1\n", "{a: 1}: 2\n", ": 1\n", "a: &x b\n*x : 1\n", "~: 1\n"})
    EXPECT_NE(refusal(text), "accepted") << text;
}

TEST(document, bounds_its_size_and_depth) {
  EXPECT_EQ(refusal(std::string(document_size_max + 1, ' ')),
            "0: cannot be read: larger than 1 MiB");
  EXPECT_EQ(refusal(repeated("[", 32) + repeated("]", 32)), "accepted");
  EXPECT_EQ(refusal(repeated("[", 33) + repeated("]", 33)),
            "1: cannot be read: too many levels");
  for (const auto* opening : {"[", "{a: ", "- ", "? ", "[a: ", "{? "})
    EXPECT_NE(refusal(repeated(opening, 100'000)), "accepted") << opening;
}

TEST(document, counts_what_aliases_stand_for_against_its_bounds) {
  std::string wide = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  std::string deep = "b0: &b0 [x]\n";
  for (int i = 1; i <= 40; ++i) {
    const auto one = std::to_string(i);
    const auto before = std::to_string(i - 1);
    wide += "a" + one + ": &a" + one + " [*a" + before
            + repeated(", *a" + before, 9) + "]\n";
    deep += "b" + one + ": &b" + one + " [*b" + before + "]\n";
  }
  EXPECT_EQ(refusal(wide), "5: cannot be read: too many values");
  EXPECT_EQ(refusal(deep), "31: cannot be read: too many levels");
  EXPECT_NE(refusal("a: &x [*x]\n"), "accepted");
}

}  // namespace
}  // namespace troupe::config
