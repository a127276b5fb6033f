// Embeddings between OpenAI and Gemini: requests, answers, and refusals.

#include "http/wire/translate/embeddings.hpp"

#include <gtest/gtest.h>

namespace troupe::http::wire {

namespace {

constexpr auto openai = config::protocol::openai;
constexpr auto gemini = config::protocol::gemini;

embedding_translation translate(endpoint e, std::string_view body,
                                config::protocol to) {
  return translate_embeddings({e, row_of(e).protocol, "m", "v1beta"}, body, to,
                              "their-model");
}

TEST(embeddings, requests_are_mapped) {
  struct {
    endpoint from;
    const char* body;
    config::protocol to;
    const char* expected;
  } const rows[]{
      {endpoint::embeddings, R"({"model":"m","input":"a","user":"u"})", gemini,
       R"({"requests":[{"model":"models/their-model","content":{"parts":[{"text":"a"}]}}]})"},
      {endpoint::embeddings,
       R"({"model":"m","input":["a","b"],"dimensions":8})", gemini,
       R"({"requests":[{"model":"models/their-model","content":{"parts":[{"text":"a"}]},"outputDimensionality":8},{"model":"models/their-model","content":{"parts":[{"text":"b"}]},"outputDimensionality":8}]})"},
      {endpoint::embed_content,
       R"({"content":{"parts":[{"text":"a"},{"text":"b"}]},"outputDimensionality":8,"taskType":"X"})",
       openai,
       R"({"model":"their-model","encoding_format":"float","input":["ab"],"dimensions":8})"},
      {endpoint::batch_embed_contents,
       R"({"requests":[{"model":"models/m","content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]}}]})",
       openai,
       R"({"model":"their-model","encoding_format":"float","input":["a","b"]})"},
  };
  for (const auto& r : rows) {
    const auto got = translate(r.from, r.body, r.to);
    ASSERT_FALSE(got.refused) << got.refused->message;
    EXPECT_EQ(got.body, r.expected);
    EXPECT_EQ(got.endpoint, r.to == openai ? endpoint::embeddings
                                           : endpoint::batch_embed_contents);
    EXPECT_EQ(got.shape.client, r.from);
  }
}

TEST(embeddings, refusals_name_the_field) {
  struct {
    endpoint from;
    const char* body;
    const char* param;
  } const rows[]{
      {endpoint::embeddings, R"({"model":"m"})", "input"},
      {endpoint::embeddings, R"({"input":[]})", "input"},
      {endpoint::embeddings, R"({"input":[1,2]})", "input"},
      {endpoint::embeddings, R"({"input":"a","dimensions":0})", "dimensions"},
      {endpoint::embeddings, R"({"input":"a","encoding_format":"x"})",
       "encoding_format"},
      {endpoint::embeddings, R"({"input":"a","new":1})", "new"},
      {endpoint::embed_content, R"({})", "content"},
      {endpoint::embed_content, R"({"content":{"parts":[{"inlineData":{}}]}})",
       "content.parts[0].text"},
      {endpoint::batch_embed_contents, R"({"requests":[]})", "requests"},
      {endpoint::batch_embed_contents,
       R"({"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"a"}]},"outputDimensionality":3}]})",
       "requests[1].outputDimensionality"},
  };
  for (const auto& r : rows) {
    const auto got = translate(r.from, r.body, gemini);
    ASSERT_TRUE(got.refused) << r.body;
    EXPECT_EQ(got.refused->param, r.param);
  }
  EXPECT_TRUE(translate(endpoint::embeddings, R"({"input":"a"})",
                        config::protocol::anthropic)
                  .refused);
  EXPECT_TRUE(translate(endpoint::messages, "{}", gemini).refused);
}

TEST(embeddings, answers_are_mapped) {
  constexpr auto of_gemini =
      R"({"embeddings":[{"values":[1,-0.5]},{"values":[0]}],"usageMetadata":{"promptTokenCount":7}})";
  constexpr auto of_openai =
      R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[1,-0.5]}],"model":"x","usage":{"prompt_tokens":7,"total_tokens":7}})";
  const auto plain = translate_embeddings_reply(
      gemini, of_gemini, {endpoint::embeddings, false}, "m");
  EXPECT_EQ(
      plain.body,
      R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[1,-0.5]},{"object":"embedding","index":1,"embedding":[0]}],"model":"m","usage":{"prompt_tokens":7,"total_tokens":7}})");
  EXPECT_EQ(plain.usage.in_uncached, 7u);
  EXPECT_TRUE(plain.usage.reported);
  // 1.0f and -0.5f are 0000803f and 000000bf, little-endian.
  const auto packed = translate_embeddings_reply(
      gemini, of_gemini, {endpoint::embeddings, true}, "m");
  EXPECT_NE(packed.body.find(R"("embedding":"AACAPwAAAL8=")"),
            std::string::npos)
      << packed.body;
  EXPECT_EQ(translate_embeddings_reply(openai, of_openai,
                                       {endpoint::embed_content, false}, "m")
                .body,
            R"({"embedding":{"values":[1,-0.5]},"usageMetadata":)"
            R"({"promptTokenCount":7,"totalTokenCount":7}})");
  EXPECT_EQ(translate_embeddings_reply(
                openai, of_openai, {endpoint::batch_embed_contents, false}, "m")
                .body,
            R"({"embeddings":[{"values":[1,-0.5]}],"usageMetadata":)"
            R"({"promptTokenCount":7,"totalTokenCount":7}})");
}

TEST(embeddings, answers_that_are_none_are_unsound) {
  for (const auto* body :
       {"", "[]", "{}", R"({"embeddings":{}})", R"({"embeddings":[{}]})",
        R"({"embeddings":[{"values":["a"]}]})",
        R"({"embeddings":[{"values":[1e300]}]})", R"({"embedding":7})"})
    EXPECT_FALSE(translate_embeddings_reply(gemini, body,
                                            {endpoint::embeddings, false}, "m")
                     .sound)
        << body;
}

}  // namespace

}  // namespace troupe::http::wire
