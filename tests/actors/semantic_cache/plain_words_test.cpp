// What a question is in plain words, and what must never be lost on the way.

#include "actors/semantic_cache/plain_words.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace troupe {
namespace {

using rows = std::initializer_list<std::pair<const char*, const char*>>;

void expect_plain(rows all) {
  for (const auto& [text, plain] : all)
    EXPECT_EQ(plain_words(text), plain) << text;
}

TEST(plain_words, takes_off_greetings_politeness_and_thanks) {
  expect_plain({
      {"Hi there, could you please tell me who discovered radium?",
       "who discovered radium"},
      {"Dear support, why is it slow? Best regards, Anna", "why is it slow"},
      {"Thanks in advance! Why is it slow?", "why is it slow"},
      {"I was wondering if it is slow", "it is slow"},
      {"so, please, why is it slow, please?", "why is it slow"},
  });
}

TEST(plain_words, folds_forms_of_asking_into_one) {
  for (const auto* text :
       {"How do I boil an egg?", "How can I boil an egg?", "How to boil an egg",
        "What's the best way to boil an egg?", "How should you boil an egg",
        "Is there a way to boil an egg?", "What are the steps to boil an egg"})
    EXPECT_EQ(plain_words(text), "how boil an egg") << text;
  expect_plain({{"How come it rains?", "why it rains"},
                {"How tall is it?", "what height is it"},
                {"What does it cost?", "what price"}});
}

TEST(plain_words, writes_out_contractions_and_sets_misspellings_right) {
  expect_plain({{"Whats teh pasword", "what is the password"},
                {"It doesn't work", "it does not work"},
                {"The router\u2019s colour", "the router color"}});
}

TEST(plain_words, never_drops_negations_numbers_names_quotes_or_code) {
  expect_plain({
      {"Please do not call Anna before 7:30", "do not call anna before 7:30"},
      {"I don't know my password", "i do not know my password"},
      {"Show \"Please help\" in `a && b`", "show \"Please help\" in `a && b`"},
      {"What does May say?", "what does may say"},
      {"Well water or tap water?", "well water or tap water"},
      {"Help desk numbers", "help desk numbers"},
  });
}

TEST(plain_words, a_text_of_nothing_but_courtesy_stays) {
  expect_plain({{"Hello, thanks!", "hello thanks"}, {"", ""}, {"?!", ""}});
}

TEST(plain_words, are_the_same_when_read_again) {
  for (const auto* text :
       {"What's the way to cancel my order?", "How tall is Mount Everest?",
        "Convert 5 km to miles", "Who won the 2nd World War?"})
    EXPECT_EQ(plain_words(plain_words(text)), plain_words(text));
}

}  // namespace
}  // namespace troupe
