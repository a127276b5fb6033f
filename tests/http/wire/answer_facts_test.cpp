// Whole answers: usage, and whether they are what the wire promises.

#include "http/wire/answer_facts.hpp"

#include <gtest/gtest.h>

namespace troupe::http::wire {

namespace {

TEST(answer_facts, knows_each_endpoints_answer) {
  const std::pair<endpoint, const char*> cases[]{
      {endpoint::chat_completions, R"({"choices":[]})"},
      {endpoint::completions, R"({"choices":[]})"},
      {endpoint::responses, R"({"output":[]})"},
      {endpoint::embeddings, R"({"data":[{"embedding":[0.5,-1e-3]}]})"},
      {endpoint::list_models, R"({"data":[]})"},
      {endpoint::get_model, R"({"id":"m"})"},
      {endpoint::messages, R"({"content":[]})"},
      {endpoint::count_message_tokens, R"({"input_tokens":4})"},
      {endpoint::generate_content, R"({"candidates":[]})"},
      {endpoint::generate_content, R"({"promptFeedback":{}})"},
      {endpoint::count_tokens, R"({"totalTokens":4})"},
      {endpoint::embed_content, R"({"embedding":{"values":[1]}})"},
      {endpoint::batch_embed_contents, R"({"embeddings":[]})"},
      {endpoint::list_gemini_models, R"({"models":[]})"},
      {endpoint::get_gemini_model, R"({"name":"models/m"})"},
  };
  for (const auto& [e, body] : cases) {
    EXPECT_TRUE(read_answer(e, body).sound) << name_of(e);
    EXPECT_FALSE(read_answer(e, std::string{body} + "}").sound) << name_of(e);
    EXPECT_FALSE(read_answer(e, R"({"other":[]})").sound) << name_of(e);
    EXPECT_FALSE(read_answer(e, "<html>").sound) << name_of(e);
    EXPECT_FALSE(read_answer(e, "").sound) << name_of(e);
  }
}

TEST(answer_facts, splits_usage_into_disjoint_parts) {
  const auto openai =
      read_answer(
          endpoint::chat_completions,
          R"({"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":50,
          "total_tokens":150,"prompt_tokens_details":{"cached_tokens":60,
          "cache_write_tokens":10},"completion_tokens_details":
          {"reasoning_tokens":20}}})")
          .usage;
  EXPECT_EQ(openai.in_uncached, 30u);
  EXPECT_EQ(openai.in_cache_read, 60u);
  EXPECT_EQ(openai.in_cache_write_5m, 10u);
  EXPECT_EQ(openai.out_text, 30u);
  EXPECT_EQ(openai.out_reasoning, 20u);
  EXPECT_EQ(openai.total(), 150u);

  const auto anthropic =
      read_answer(endpoint::messages,
                  R"({"content":[],"usage":{"input_tokens":5,"output_tokens":6,
          "cache_creation_input_tokens":7,"cache_read_input_tokens":8}})")
          .usage;
  EXPECT_EQ(anthropic.in_uncached, 5u);
  EXPECT_EQ(anthropic.in_cache_write_5m, 7u);
  EXPECT_EQ(anthropic.in_cache_read, 8u);
  EXPECT_EQ(anthropic.out_text, 6u);

  const auto gemini =
      read_answer(endpoint::generate_content,
                  R"({"candidates":[],"usageMetadata":{"promptTokenCount":10,
          "cachedContentTokenCount":4,"candidatesTokenCount":3,
          "thoughtsTokenCount":2,"toolUsePromptTokenCount":1}})")
          .usage;
  EXPECT_EQ(gemini.in_uncached, 7u);
  EXPECT_EQ(gemini.in_cache_read, 4u);
  EXPECT_EQ(gemini.out_text, 3u);
  EXPECT_EQ(gemini.out_reasoning, 2u);
}

TEST(answer_facts, tells_zero_from_missing) {
  const std::string none{R"({"choices":[],"usage":null})"};
  const std::string zero{
      R"({"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}})"};
  EXPECT_FALSE(read_answer(endpoint::chat_completions, none).usage.reported);
  EXPECT_TRUE(read_answer(endpoint::chat_completions, zero).usage.reported);
}

TEST(answer_facts, never_counts_below_zero) {
  const auto usage =
      read_answer(
          endpoint::chat_completions,
          R"({"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,
          "prompt_tokens_details":{"cached_tokens":99,"cache_write_tokens":9},
          "completion_tokens_details":{"reasoning_tokens":9}}})")
          .usage;
  EXPECT_EQ(usage.total(), 3u);
}

}  // namespace

}  // namespace troupe::http::wire
