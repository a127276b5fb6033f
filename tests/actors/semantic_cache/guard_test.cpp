// Which questions may share an answer.
//
// One table a rule, of pairs that only this rule tells apart: the reason must
// name it. Every pair is judged both ways round.

#include "actors/semantic_cache/guard.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace troupe {
namespace {

std::string judged(const char* asked, const char* kept) {
  return differs(read_question(asked), read_question(kept)).value_or("");
}

struct pair {
  const char* one;
  const char* other;
};

void expect_refused(const char* rule, const std::vector<pair>& pairs) {
  for (const auto& [one, other] : pairs) {
    EXPECT_TRUE(judged(one, other).starts_with(rule))
        << one << " / " << other << ": '" << judged(one, other) << "'";
    EXPECT_TRUE(judged(other, one).starts_with(rule))
        << other << " / " << one << ": '" << judged(other, one) << "'";
  }
}

void expect_accepted(const std::vector<pair>& pairs) {
  for (const auto& [one, other] : pairs) {
    EXPECT_EQ(judged(one, other), "") << one << " / " << other;
    EXPECT_EQ(judged(other, one), "") << other << " / " << one;
  }
}

TEST(guard, lets_the_same_question_in_other_clothes_pass) {
  expect_accepted({
      {"How do I reset my password?", "how do i reset my pasword"},
      {"Hi! Could you please tell me who discovered penicillin?",
       "Who discovered penicillin?"},
      {"What's the way to cancel my order?", "How can I cancel my order?"},
      {"How tall is K2?", "What is the height of K2?"},
      {"In Excel, how do I freeze the top row?",
       "How do I freeze the top row in Excel?"},
      {"Where can I buy a used car?",
       "Where can I purchase a used automobile?"},
  });
}

TEST(guard, numbers_must_agree_however_they_are_written) {
  expect_refused("number",
                 {
                     {"Cancel within 14 days", "Cancel within 30 days"},
                     {"Is 2.5 enough?", "Is 25 enough?"},
                     {"What is new in Go 1.20?", "What is new in Go 1.2?"},
                     {"The second president", "The third president"},
                     {"What is half of 90?", "What is a third of 90?"},
                     {"Wake me at 7:30", "Wake me at 8:30"},
                 });
  expect_accepted({
      {"What is 1,000 divided by 8?", "What is 1000 divided by eight?"},
      {"the 2nd president", "the second president"},
      {"twenty five people", "25 people"},
      {"two hundred and fifty people", "250 people"},
      {"3 million people", "3,000,000 people"},
      {"20% of the rent", "20 percent of the rent"},
      {"World War II", "World War Two"},
  });
}

TEST(guard, units_must_agree_by_whatever_name) {
  expect_refused("unit", {
                             {"Roast 2 kg of beef", "Roast 2 lb of beef"},
                             {"What costs $100?", "What costs £100?"},
                             {"Bake it at 200 °C", "Bake it at 200 °F"},
                             {"Wait 5 seconds", "Wait 5 minutes"},
                         });
  expect_accepted({
      {"How far is 5km?", "How far is 5 kilometres?"},
      {"Roast a 5 lb chicken", "Roast a 5 pound chicken"},
      {"one mile in feet", "a mile in feet"},
  });
}

TEST(guard, negations_and_what_they_deny_must_agree) {
  expect_refused(
      "negation",
      {
          {"Which birds can fly?", "Which birds can't fly?"},
          {"List all planets", "List all planets except Earth"},
          {"A cake with sugar but no fat", "A cake with fat but no sugar"},
          {"Cats that do not like dogs that bark",
           "Cats that like dogs that do not bark"},
          {"What if I only take one pill?", "What if I take one pill?"},
          {"People always forget it", "People never forget it"},
          {"Why do not all birds fly?", "Why do all birds not fly?"},
      });
  expect_accepted(
      {{"Why doesn't my phone charge?", "Why is my phone not charging?"}});
}

TEST(guard, quotes_and_code_are_compared_to_the_letter) {
  expect_refused("quote", {
                              {"Say \"good morning\"", "Say \"good night\""},
                              {"Shout “hello”", "Shout “Hello”"},
                              {"Order 'a' and 'b'", "Order 'b' and 'a'"},
                          });
  expect_refused("code", {
                             {"Explain `x += 1`", "Explain `x -= 1`"},
                             {"Run ```a\nb```", "Run ```a\nc```"},
                             {"What is a && b?", "What is a || b?"},
                         });
  expect_accepted({{"Say \"good night\", please", "Say “good night”"}});
}

TEST(guard, names_must_agree_with_or_without_capitals) {
  expect_refused("name",
                 {
                     {"The capital of Austria", "The capital of Australia"},
                     {"Who is Bill Gates?", "Who is Melinda Gates?"},
                     {"Open main.cpp", "Open main.hpp"},
                     {"Sort a list in C++", "Sort a list in C#"},
                     {"Write to a@b.example", "Write to c@b.example"},
                     {"What is user_id?", "What is user_name?"},
                 });
  expect_refused("word",
                 {{"who is the king of spain", "who is the king of sweden"}});
  expect_accepted({{"who is the king of spain", "Who is the king of Spain?"},
                   {"THE CAPITAL OF PERU", "The capital of Peru"}});
}

TEST(guard, opposites_are_told_as_such) {
  expect_refused("opposite",
                 {
                     {"How do I enable logs?", "How do I disable logs?"},
                     {"How do I turn on Wi-Fi?", "How do I turn off Wi-Fi?"},
                     {"How do I install it?", "How do I uninstall it?"},
                     {"The most expensive car", "The least expensive car"},
                 });
}

TEST(guard, a_word_without_a_counterpart_refuses_on_either_side) {
  expect_refused(
      "word",
      {
          {"How do I boil an egg?", "How do I fry an egg?"},
          {"How do I cook rice?", "How do I cook brown rice?"},
          {"What is a sample?", "What is the mean of a sample?"},
          {"What is the speed of light?", "What is the speed of sound?"},
      });
  expect_accepted({{"What exactly is a mutex?", "What is a mutex?"}});
}

TEST(guard, the_form_of_the_question_must_agree) {
  expect_refused("form",
                 {
                     {"Who built the wall?", "Why was the wall built?"},
                     {"Can you freeze rice?", "How do you freeze rice?"},
                     {"Can I leave early?", "Must I leave early?"},
                     {"Who is the president?", "Who was the president?"},
                     {"What is my name?", "What is your name?"},
                     {"Who taught Plato?", "Who did Plato teach?"},
                     {"Can my landlord sue me?", "Can I sue my landlord?"},
                 });
}

TEST(guard, the_order_counts_where_it_makes_the_meaning) {
  expect_refused(
      "order",
      {
          {"Flights from Paris to Rome", "Flights from Rome to Paris"},
          {"Is Ann older than Bob?", "Is Bob older than Ann?"},
          {"How many cups are in a gallon?", "How many gallons are in a cup?"},
          {"Do cats chase dogs?", "Do dogs chase cats?"},
          {"Replace tabs with spaces", "Replace spaces with tabs"},
          {"Are squares rectangles?", "Are rectangles squares?"},
          {"Was the man bitten by the dog?", "Did the man bite the dog?"},
          {"Should I eat before I run?", "Should I run before I eat?"},
          {"What should I do before surgery?",
           "What should I do after surgery?"},
          {"What is 10 minus 4 apples?", "What is 4 minus 10 apples?"},
      });
  expect_accepted({
      {"Flights from Paris to Rome", "Flights to Rome from Paris"},
      {"The difference between TCP and UDP",
       "The difference between UDP and TCP"},
      {"Was Hamlet written by Shakespeare?", "Did Shakespeare write Hamlet?"},
      {"How many miles are in 5 km?", "Convert 5 km to miles"},
  });
}

TEST(guard, other_languages_need_the_same_words_in_the_same_order) {
  expect_refused("word", {
                             {"Wie komme ich von Berlin nach Hamburg?",
                              "Wie komme ich von Hamburg nach Berlin?"},
                             {"Столица Норвегии?", "Столица Швеции?"},
                             {"東京の人口は?", "大阪の人口は?"},
                         });
  expect_accepted({{"Столица НОРВЕГИИ?", "столица норвегии"},
                   {"Wo wohnt Zoë?", "wo wohnt ZOË"}});
}

TEST(guard, what_has_no_words_or_too_many_is_compared_whole) {
  EXPECT_NE(judged("?!", "..."), "");
  EXPECT_NE(judged("", "How?"), "");
  std::string page;
  for (std::size_t i = 0; i <= question_words_max; ++i)
    page += "word ";
  EXPECT_EQ(judged(page.c_str(), page.c_str()), "");
  EXPECT_EQ(judged(page.c_str(), (page + "more").c_str()),
            "word: a long text / another");
}

TEST(guard, says_the_rule_and_both_sides) {
  EXPECT_EQ(judged("Cancel within 14 days", "Cancel within 30 days"),
            "number: 14 / 30");
  EXPECT_EQ(judged("How do I cook rice?", "How do I cook brown rice?"),
            "word: nothing / brown");
}

TEST(guard, the_score_is_the_cosine_unless_words_agree) {
  const auto score = [](double cosine, const char* a, const char* b) {
    return semantic_score(cosine, read_question(a), read_question(b));
  };
  EXPECT_DOUBLE_EQ(score(0.6, "Boil an egg", "Paint the fence"), 0.6);
  EXPECT_DOUBLE_EQ(score(0.84, "Boil an egg", "Boil an egg"), 0.92);
  EXPECT_DOUBLE_EQ(score(0.6, "Boil an egg", "Boil an onion"), 0.7);
  EXPECT_DOUBLE_EQ(score(1, "Boil an egg", "Paint the fence"), 1);
}

TEST(guard, over_any_bytes_it_is_symmetric_and_agrees_with_itself) {
  std::mt19937_64 random{1};
  static constexpr std::string_view alphabet =
      "ab C1.,?!'\"`-()$%\xC3\xA9\xE2\x80\x99 not how is to from 20 \n\xFF";
  const auto some = [&] {
    std::string text;
    for (auto left = random() % 60; left > 0; --left)
      text += alphabet[random() % alphabet.size()];
    return text;
  };
  for (int i = 0; i < 5'000; ++i) {
    const auto one = some(), other = some();
    const auto a = read_question(one), b = read_question(other);
    ASSERT_EQ(differs(a, a).has_value(), a.plain.empty()) << one;
    ASSERT_EQ(differs(a, b).has_value(), differs(b, a).has_value())
        << one << " / " << other;
    ASSERT_GE(agreement(a, b), 0);
    ASSERT_LE(agreement(a, b), 1);
  }
}

}  // namespace
}  // namespace troupe
