// Text between the quotes of JSON: sound or not, whole or not.

#include "http/wire/translate/escaped_text.hpp"

#include <gtest/gtest.h>

namespace troupe::http::wire {

namespace {

TEST(escaped_text, knows_the_escapes_of_json) {
  for (const auto* sound :
       {"", "plain", R"(\"\\\/\b\f\n\r\t)", R"(\u00e9\uD800x)", R"(\\q)"})
    EXPECT_TRUE(escapes_sound(sound)) << sound;
  for (const auto* broken :
       {R"(\)", R"(\q)", R"(\u)", R"(\u00)", R"(\u00eg)", R"(a\\\)"})
    EXPECT_FALSE(escapes_sound(broken)) << broken;
}

TEST(escaped_text, takes_blanks_only_from_between_tokens) {
  EXPECT_EQ(minified("{ \"a b\" :\n[1 ,\t\" \\\" \"] }"),
            R"({"a b":[1," \" "]})");
}

TEST(escaped_text, makes_an_object_of_arguments_or_nothing) {
  EXPECT_EQ(argument_object(""), "{}");
  EXPECT_EQ(argument_object(R"( \n )"), "{}");
  EXPECT_EQ(argument_object(R"({\"a\": \"\\\"}\"})"), R"({"a":"\"}"})");
  EXPECT_EQ(argument_object(R"({\"n\":12345678901234567890123.10})"),
            R"({"n":12345678901234567890123.10})")
      << "numbers stay as written";
  for (const auto* none : {"[]", "7", "{", R"({\"a\":01})", "{} x"})
    EXPECT_FALSE(argument_object(none)) << none;
}

TEST(escaped_text, bounds_nesting) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(is_strict_json(nested(500)));
  EXPECT_FALSE(is_strict_json(nested(501)));
}

TEST(argument_scanner, sees_the_end_whatever_the_pieces) {
  const std::string whole = R"({\"a\":\"}\\\"{\",\"b\":[{}],\u0022c\u0022:{}})";
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    argument_scanner scanner;
    scanner.feed(std::string_view{whole}.substr(0, cut));
    EXPECT_FALSE(scanner.complete()) << cut;
  }
  argument_scanner scanner;
  scanner.feed(R"({\"a\":\"}\\\")");
  scanner.feed(R"({\",\"b\":[{}],\u0022c\u0022:{})");
  EXPECT_FALSE(scanner.complete());
  scanner.feed("}");
  EXPECT_TRUE(scanner.complete());
}

TEST(argument_scanner, does_not_take_nothing_for_an_end) {
  argument_scanner scanner;
  for (const auto* piece : {"", " ", "}", "x"})
    scanner.feed(piece);
  EXPECT_FALSE(scanner.complete());
}

}  // namespace

}  // namespace troupe::http::wire
