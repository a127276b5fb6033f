// The vectors of words: where texts stand, and that they stay there.

#include "actors/semantic_cache/lexical.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace troupe {
namespace {

float cosine(std::string_view one, std::string_view other) {
  const auto a = embed_lexically(one), b = embed_lexically(other);
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
}

TEST(lexical, a_vector_has_its_dimensions_and_length_one) {
  for (const auto* text :
       {"How do I boil an egg?", "x", "\"q\"", "`c`", "not"}) {
    EXPECT_EQ(embed_lexically(text).size(), lexical_dimensions);
    EXPECT_NEAR(cosine(text, text), 1, 1e-5) << text;
  }
}

TEST(lexical, no_word_is_no_place) {
  for (const auto x : embed_lexically("?!"))
    EXPECT_EQ(x, 0);
}

TEST(lexical, what_says_the_same_stands_at_the_same_place) {
  EXPECT_NEAR(cosine("Hi, how do I boil eggs, please?", "How to boil an egg"),
              1, 1e-5);
}

TEST(lexical, synonyms_are_nearer_than_strangers) {
  EXPECT_GT(cosine("buy a car", "purchase a car"),
            cosine("buy a car", "wash a car"));
  EXPECT_LT(cosine("boil an egg", "the capital of Peru"), 0.3F);
}

// Another value here needs another `lexical_version`: vectors are kept.
TEST(lexical, the_vectors_of_this_version_are_these) {
  const auto vector = embed_lexically("How do I boil an egg?");
  float sum = 0;
  for (std::size_t i = 0; i < vector.size(); ++i)
    sum += vector[i] * static_cast<float>(i % 17);
  EXPECT_NEAR(sum, -16.66009, 1e-3);
}

}  // namespace
}  // namespace troupe
