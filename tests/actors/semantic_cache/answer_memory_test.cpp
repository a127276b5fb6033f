// What is remembered, for how long, and which answer may stand.
//
// Vectors are written by hand, so that a test says how near two questions are;
// the words of the questions are what the guard sees.

#include "actors/semantic_cache/answer_memory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

namespace troupe {
namespace {

using namespace std::chrono_literals;

/// At this angle (radians) from the first axis.
meaning_ptr at(float angle) {
  return std::make_shared<const std::vector<float>>(
      std::vector<float>{std::cos(angle), std::sin(angle), 0, 0});
}

cache_entry answer(const std::string& body,
                   std::vector<std::string> tags = {}) {
  cache_entry e;
  e.value = shared_bytes{body};
  e.size = body.size();
  e.tags = std::move(tags);
  return e;
}

class answer_memory_test : public ::testing::Test {
protected:
  std::size_t keep(const std::string& topic, const std::string& text,
                   float angle, cache_entry entry) {
    return memory.keep({topic, text, at(angle), std::move(entry)}, now);
  }

  std::size_t keep(const std::string& text, float angle = 0) {
    return keep("t", text, angle, answer("to " + text));
  }

  semantic_finding find(const std::string& text, float angle = 0,
                        const std::string& topic = "t") {
    return memory.find({topic, text, at(angle)}, now);
  }

  semantic_finding explain(const std::string& text, float angle = 0) {
    return memory.find({"t", text, at(angle), true}, now);
  }

  memory_bounds bounds;
  answer_memory memory{bounds};
  answer_memory::time_point now{1h};
};

TEST_F(answer_memory_test, gives_the_answer_to_the_same_question) {
  keep("How do I reset my password?");
  now += 5s;
  const auto found = find("How do I reset my password?");
  EXPECT_TRUE(found.hit);
  EXPECT_EQ(found.entry.value.view(), "to How do I reset my password?");
  EXPECT_EQ(found.score, score_whole);
  EXPECT_EQ(found.age_ms, 5000U);
  EXPECT_TRUE(found.refused.empty());
  EXPECT_TRUE(found.nearest.empty());
}

TEST_F(answer_memory_test, nothing_is_found_across_topics) {
  keep("one", "How do I reset my password?", 0, answer("a"));
  EXPECT_FALSE(find("How do I reset my password?", 0, "other").hit);
  EXPECT_EQ(find("How do I reset my password?", 0, "other").score, 0U);
  EXPECT_TRUE(find("How do I reset my password?", 0, "one").hit);
}

TEST_F(answer_memory_test, holds_the_score_against_the_threshold) {
  bounds.threshold = 9'200;
  keep("zebra");
  // Words that have nothing in common leave the score to the vectors.
  const auto near = std::acos(0.93F);
  const auto far = std::acos(0.90F);
  EXPECT_EQ(find("heron", near).score, 9'300U);
  EXPECT_EQ(find("heron", far).score, 9'000U);
  const auto told = explain("heron", far);
  ASSERT_EQ(told.nearest.size(), 1U);
  EXPECT_TRUE(told.nearest[0].refused.starts_with(
      "score: 0.9000 is below the threshold of 0.9200"))
      << told.nearest[0].refused;
}

TEST_F(answer_memory_test, the_guard_has_the_last_word) {
  keep("How do I cancel within 14 days?");
  const auto found = find("How do I cancel within 30 days?");
  EXPECT_FALSE(found.hit);
  EXPECT_GE(found.score, bounds.threshold);
  EXPECT_NE(found.refused.find("14"), std::string::npos) << found.refused;
  EXPECT_TRUE(found.entry.value.view().empty()) << "an answer leaked";
}

TEST_F(answer_memory_test,
       one_that_may_stand_is_found_behind_one_that_may_not) {
  keep("How do I cancel within 14 days?", 0);
  keep("How do I cancel within 30 days?", 0.05F);
  const auto found = find("How do I cancel within 30 days?", 0);
  ASSERT_TRUE(found.hit);
  EXPECT_EQ(found.entry.value.view(), "to How do I cancel within 30 days?");
}

TEST_F(answer_memory_test, the_best_score_comes_before_the_nearest_vector) {
  keep("zebra", 0.30F);
  keep("How do I paint a fence?", 0.40F);
  const auto told = explain("How do I paint a fence?", 0);
  ASSERT_EQ(told.nearest.size(), 2U);
  EXPECT_EQ(told.nearest[0].text, "How do I paint a fence?");
  EXPECT_GT(told.nearest[0].score, told.nearest[1].score);
}

TEST_F(answer_memory_test, explains_every_neighbour_and_counts_no_use) {
  bounds.max_entries = 2;
  memory.adopt(bounds);
  keep("How do I cancel within 14 days?", 0);
  now += 1s;
  keep("How do I cancel within 30 days?", 0.05F);
  now += 1s;
  const auto told = explain("How do I cancel within 14 days?");
  EXPECT_TRUE(told.hit);
  ASSERT_EQ(told.nearest.size(), 2U);
  EXPECT_EQ(told.nearest[0].text, "How do I cancel within 14 days?");
  EXPECT_TRUE(told.nearest[0].refused.empty());
  EXPECT_EQ(told.nearest[0].age_ms, 2000U);
  EXPECT_FALSE(told.nearest[1].refused.empty());
  EXPECT_GE(told.nearest[0].score, told.nearest[1].score);
  keep("What is new?", 1.5F);
  EXPECT_FALSE(find("How do I cancel within 14 days?").hit)
      << "the look of an operator kept it";
}

TEST_F(answer_memory_test, the_same_text_is_replaced) {
  keep("t", "What is a tram?", 0, answer("old"));
  now += 1s;
  EXPECT_EQ(keep("t", "What is a tram?", 0, answer("new")), 0U);
  EXPECT_EQ(memory.size(), 1U);
  EXPECT_EQ(find("What is a tram?").entry.value.view(), "new");
  EXPECT_EQ(find("What is a tram?").age_ms, 0U);
}

TEST_F(answer_memory_test, an_answer_lives_for_its_time) {
  keep("What is a tram?");
  now += bounds.ttl - 1ms;
  EXPECT_TRUE(find("What is a tram?").hit);
  EXPECT_EQ(memory.expire(now), 0U);
  now += 1ms;
  EXPECT_FALSE(find("What is a tram?").hit);
  EXPECT_EQ(memory.expire(now), 1U);
  EXPECT_EQ(memory.size(), 0U);
  EXPECT_EQ(memory.bytes(), 0U);
}

TEST_F(answer_memory_test, a_shorter_time_holds_for_what_is_kept_already) {
  keep("What is a tram?");
  now += 10min;
  bounds.ttl = 5min;
  memory.adopt(bounds);
  EXPECT_FALSE(find("What is a tram?").hit);
  EXPECT_EQ(memory.expire(now), 1U);
}

TEST_F(answer_memory_test, the_one_used_longest_ago_makes_room) {
  bounds.max_entries = 3;
  memory.adopt(bounds);
  keep("alpha", 0);
  keep("beta", 1);
  keep("gamma", 2);
  EXPECT_TRUE(find("alpha", 0).hit);
  EXPECT_EQ(keep("delta", 3), 1U);
  EXPECT_FALSE(find("beta", 1).hit);
  EXPECT_TRUE(find("alpha", 0).hit);
  EXPECT_TRUE(find("delta", 3).hit);
  bounds.max_entries = 1;
  EXPECT_EQ(memory.adopt(bounds), 2U);
  EXPECT_TRUE(find("delta", 3).hit);
}

TEST_F(answer_memory_test, bytes_are_bounded_too) {
  bounds.max_bytes = 3 * (memory_upkeep + 2'000);
  memory.adopt(bounds);
  for (int i = 0; i < 10; ++i)
    keep("t", "word" + std::to_string(i), 0, answer(std::string(1'000, 'x')));
  EXPECT_LE(memory.bytes(), bounds.max_bytes);
  EXPECT_GE(memory.size(), 3U);
  const auto size = memory.size();
  keep("t", "large", 0, answer(std::string(bounds.max_bytes, 'x')));
  EXPECT_EQ(memory.size(), size) << "one that fits nowhere pushed others out";
}

TEST_F(answer_memory_test, a_tag_is_forgotten_wherever_it_is) {
  keep("a", "one", 0, answer("1", {"news", "hot"}));
  keep("b", "two", 0, answer("2", {"news"}));
  keep("b", "three", 1, answer("3", {"new"}));
  EXPECT_EQ(memory.purge("news"), 2U);
  EXPECT_EQ(memory.size(), 1U);
  EXPECT_EQ(memory.purge("news"), 0U);
  EXPECT_EQ(memory.purge(""), 1U);
  EXPECT_EQ(memory.bytes(), 0U);
  keep("b", "four", 0, answer("4"));
  EXPECT_TRUE(find("four", 0, "b").hit);
}

TEST_F(answer_memory_test, vectors_of_another_length_find_nothing_and_replace) {
  keep("one", 0);
  keep("two", 1);
  const auto other = std::make_shared<const std::vector<float>>(
      std::vector<float>{1, 0, 0, 0, 0, 0});
  EXPECT_FALSE(memory.find({"t", "one", other}, now).hit);
  EXPECT_EQ(memory.keep({"t", "one", other, answer("new")}, now), 1U);
  EXPECT_EQ(memory.size(), 1U);
  EXPECT_TRUE(memory.find({"t", "one", other}, now).hit);
  EXPECT_FALSE(find("two", 1).hit);
}

TEST_F(answer_memory_test, without_a_vector_nothing_is_kept_or_found) {
  EXPECT_EQ(memory.keep({"t", "one", nullptr, answer("1")}, now), 0U);
  EXPECT_EQ(memory.size(), 0U);
  keep("one");
  EXPECT_FALSE(memory.find({"t", "one", nullptr}, now).hit);
}

// Against the plainest model of the same rules: a map of what must be there.
TEST_F(answer_memory_test, agrees_with_a_plain_map_over_random_steps) {
  struct modelled {
    std::uint64_t used;
    answer_memory::time_point kept;
    std::string body;
    std::string tag;
  };
  bounds.max_entries = 40;
  bounds.ttl = 1min;
  memory.adopt(bounds);
  std::map<std::pair<std::string, std::string>, modelled> model;
  std::mt19937 random{5};
  std::uint64_t clock = 0;
  const auto is_over = [&](const modelled& m) {
    return now - m.kept >= bounds.ttl;
  };
  for (int step = 0; step < 30'000; ++step) {
    now += std::chrono::milliseconds{random() % 500};
    const auto topic = std::string(1, static_cast<char>('a' + random() % 4));
    const auto number = random() % 30;
    // Numbers, because the guard never takes one for another.
    const auto text = "what is " + std::to_string(number);
    const auto angle = static_cast<float>(number) * 0.01F;
    const auto tag = "tag" + std::to_string(number % 7);
    switch (random() % 12) {
    default: {
      const auto found = memory.find({topic, text, at(angle)}, now);
      const auto expected = model.find({topic, text});
      const bool there = expected != model.end() && !is_over(expected->second);
      ASSERT_EQ(found.hit, there) << "step " << step << " " << text;
      if (there) {
        ASSERT_EQ(found.entry.value.view(), expected->second.body);
        expected->second.used = ++clock;
      }
      break;
    }
    case 0:
    case 1:
    case 2: {
      const auto body = std::to_string(step);
      memory.keep({topic, text, at(angle), answer(body, {tag})}, now);
      model[{topic, text}] = {++clock, now, body, tag};
      if (model.size() > bounds.max_entries)
        model.erase(std::ranges::min_element(
            model, {}, [](const auto& m) { return m.second.used; }));
      break;
    }
    case 3:
      if (random() % 20 == 0) {
        ASSERT_EQ(memory.purge(tag), std::erase_if(model, [&](const auto& m) {
                    return m.second.tag == tag;
                  }));
      }
      break;
    case 4:
      ASSERT_EQ(memory.expire(now), std::erase_if(model, [&](const auto& m) {
                  return is_over(m.second);
                }));
      break;
    }
    ASSERT_EQ(memory.size(), model.size()) << "step " << step;
  }
}

}  // namespace
}  // namespace troupe
