// The usage of kept answers: nothing spent, the first cost told, all else as it
// was.

#include "http/wire/answer_facts.hpp"
#include "http/wire/replay/cached_usage.hpp"
#include "tests/http/wire/replay/invented.hpp"

#include <gtest/gtest.h>

#include <string>

namespace troupe::http::wire {
namespace {

using nlohmann::json;

constexpr auto chat = endpoint::chat_completions;

std::string chat_with(const std::string& usage) {
  return R"({ "choices" : [{"message":{"content":"\u00e9 1.50"}}], )" + usage
         + R"( "z":1e2 })";
}

TEST(cached_usage, says_what_it_cost_at_first_and_costs_nothing) {
  const struct {
    endpoint of;
    const char* body;
    const char* usage;
    const char* want;
    std::uint64_t in, out;
  } cases[] = {
      {chat,
       R"({"choices":[{"message":{}}],"usage":{"prompt_tokens":20,"completion_tokens":9,
         "total_tokens":29,"prompt_tokens_details":{"cached_tokens":5},
         "completion_tokens_details":{"reasoning_tokens":4},"cost":0.25}})",
       "usage",
       R"({"prompt_tokens":0,"completion_tokens":0,"total_tokens":0,
         "prompt_tokens_details":{"cached_tokens":0},
         "completion_tokens_details":{"reasoning_tokens":0},"cost":0,
         "troupe":{"cached":true,"input_tokens":20,"output_tokens":9}})",
       20, 9},
      {endpoint::responses,
       R"({"output":[],"usage":{"input_tokens":20,"output_tokens":9}})",
       "usage",
       R"({"input_tokens":0,"output_tokens":0,
         "troupe":{"cached":true,"input_tokens":20,"output_tokens":9}})",
       20, 9},
      {endpoint::messages,
       R"({"content":[],"usage":{"input_tokens":1,"cache_read_input_tokens":2,
         "cache_creation_input_tokens":3,"output_tokens":4,"server_tool_use":
         {"web_search_requests":1},"service_tier":"standard","speed":null}})",
       "usage",
       R"({"input_tokens":0,"cache_read_input_tokens":0,
         "cache_creation_input_tokens":0,"output_tokens":0,"server_tool_use":
         {"web_search_requests":0},"service_tier":"standard","speed":null,
         "troupe":{"cached":true,"input_tokens":6,"output_tokens":4}})",
       6, 4},
      {endpoint::generate_content,
       R"({"candidates":[],"usageMetadata":{"promptTokenCount":5,
         "candidatesTokenCount":3,"thoughtsTokenCount":2,"totalTokenCount":10,
         "promptTokensDetails":[{"modality":"TEXT","tokenCount":5}]}})",
       "usageMetadata",
       R"({"promptTokenCount":0,"candidatesTokenCount":0,
         "thoughtsTokenCount":0,"totalTokenCount":0,
         "promptTokensDetails":[{"modality":"TEXT","tokenCount":0}],
         "troupe":{"cached":true,"input_tokens":5,"output_tokens":5}})",
       5, 5},
      {endpoint::embeddings,
       R"({"data":[{"embedding":[0.5]}],"usage":{"prompt_tokens":8,
         "total_tokens":8}})",
       "usage",
       R"({"prompt_tokens":0,"total_tokens":0,
         "troupe":{"cached":true,"input_tokens":8,"output_tokens":0}})",
       8, 0},
  };
  for (const auto& one : cases) {
    const auto kept = as_cached(one.of, one.body);
    ASSERT_TRUE(kept) << one.body;
    EXPECT_EQ(json::parse(kept->body)[one.usage], json::parse(one.want));
    EXPECT_EQ(kept->tokens_in, one.in) << one.body;
    EXPECT_EQ(kept->tokens_out, one.out) << one.body;
    EXPECT_EQ(read_answer(one.of, kept->body).usage.total(), 0U);
  }
}

TEST(cached_usage, leaves_all_other_bytes_alone) {
  const auto body = chat_with(R"("usage":{"prompt_tokens" : 2 } ,)");
  const auto kept = as_cached(chat, body);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->body,
            chat_with(R"("usage":{"prompt_tokens":0,"troupe":{"cached":true,)"
                      R"("input_tokens":2,"output_tokens":0}} ,)"));
}

TEST(cached_usage, leaves_an_answer_without_usage_as_it_is) {
  for (const auto* usage : {"", R"("usage":null,)", R"("usage":[1],)"}) {
    const auto body = chat_with(usage);
    const auto kept = as_cached(chat, body);
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->body, body);
    EXPECT_EQ(kept->tokens_in + kept->tokens_out, 0U);
  }
}

TEST(cached_usage, says_once_that_it_was_cached) {
  const auto first = as_cached(chat, chat_with(R"("usage":{},)"));
  ASSERT_TRUE(first);
  const auto second = as_cached(chat, first->body);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->body, first->body);
}

TEST(cached_usage, changes_nothing_but_the_usage_of_any_answer) {
  for (const auto e : {chat, endpoint::completions, endpoint::responses,
                       endpoint::messages, endpoint::generate_content})
    for (std::uint32_t seed = 0; seed < 50; ++seed) {
      auto answer = invented_answer(e, seed);
      const auto kept = as_cached(e, answer.dump());
      ASSERT_TRUE(kept);
      auto got = json::parse(kept->body);
      const auto* name = answer.contains("usage") ? "usage" : "usageMetadata";
      EXPECT_EQ(got[name]["troupe"]["input_tokens"], kept->tokens_in);
      answer.erase(name);
      got.erase(name);
      EXPECT_EQ(got, answer);
    }
}

TEST(cached_usage, refuses_what_cannot_be_given_again) {
  const struct {
    endpoint of;
    std::string mark;
  } wires[] = {{chat, R"("choices":[{"message":{}}])"},
               {endpoint::completions, R"("choices":[{"text":""}])"},
               {endpoint::responses, R"("output":[])"},
               {endpoint::messages, R"("content":[])"},
               {endpoint::generate_content, R"("candidates":[])"},
               {endpoint::stream_generate_content, R"("candidates":[])"}};
  for (const auto& [of, mark] : wires) {
    EXPECT_TRUE(as_cached(of, "{" + mark + "}"));
    for (const auto& body :
         {std::string{}, std::string{"{}"}, std::string{"[]"},
          std::string{R"({"choices":[]})"}, std::string{R"({"output":[1]})"},
          "{" + mark + "," + mark + "}", "{" + mark + R"(,"a":"\ud800"})",
          "{" + mark + "} x", "{" + mark + R"(,"usage":{"a":1,"a":2}})",
          "{" + mark + R"(,"a":1e999})"})
      EXPECT_FALSE(as_cached(of, body)) << name_of(of) << body;
  }
}

}  // namespace
}  // namespace troupe::http::wire
