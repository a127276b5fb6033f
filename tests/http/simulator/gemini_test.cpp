// Gemini: the shapes of wire_formats 4.3.

#include "tests/http/simulator/asking.hpp"

#include <gtest/gtest.h>

namespace troupe::simulator {
namespace {

class gemini : public testing::Test {
protected:
  script answer(std::string_view method, const std::string& body) {
    return provider_.answer(ask_gemini(method, body), start_of_time());
  }

  provider provider_{settings{}};
};

TEST_F(gemini, answers_whole) {
  const auto body = body_of(answer("m:generateContent", gemini_body("hello")));
  const auto& one = body["candidates"][0];
  EXPECT_EQ(one["content"]["role"], "model");
  EXPECT_EQ(one["finishReason"], "STOP");
  EXPECT_TRUE(one["content"]["parts"][0]["text"].get<std::string>().starts_with(
      "You said: hello (turn 1)"));
  EXPECT_EQ(body["usageMetadata"]["promptTokenCount"], 5);
  EXPECT_EQ(body["usageMetadata"]["candidatesTokenCount"], 24);
  EXPECT_EQ(body["usageMetadata"]["totalTokenCount"], 29);
  EXPECT_EQ(body["modelVersion"], "m");
}

TEST_F(gemini, streams_events_without_a_done) {
  const auto events = events_of(
      answer("m:streamGenerateContent?alt=sse", gemini_body("hello")));
  ASSERT_GT(events.size(), 2U);
  std::string text;
  std::size_t counted = 0;
  for (const auto& one : events) {
    const auto body = one.data();
    EXPECT_TRUE(one.name.empty());
    const auto& first = body["candidates"][0];
    text += first["content"]["parts"][0]["text"].get<std::string>();
    const auto now = body["usageMetadata"]["candidatesTokenCount"];
    EXPECT_GE(now.get<std::size_t>(), counted);
    counted = now.get<std::size_t>();
    EXPECT_EQ(first.contains("finishReason"), &one == &events.back());
  }
  EXPECT_EQ(counted, 24U);
  EXPECT_EQ(text,
            body_of(answer("m:generateContent",
                           gemini_body("hello")))["candidates"][0]["content"]
                                                 ["parts"][0]["text"]);
}

TEST_F(gemini, streams_an_array_when_not_asked_for_events) {
  const auto made = answer("m:streamGenerateContent", gemini_body("hello"));
  EXPECT_EQ(made.headers.find("content-type"),
            "application/json; charset=UTF-8");
  EXPECT_TRUE(made.streamed);
  const auto all = body_of(made);
  ASSERT_TRUE(all.is_array());
  EXPECT_EQ(all.size(), made.steps.size());
  EXPECT_EQ(all.back()["candidates"][0]["finishReason"], "STOP");
}

TEST_F(gemini, calls_functions_with_upper_case_schemas) {
  const auto body = body_of(
      answer("m:generateContent",
             gemini_body("light in the Kitchen",
                         json::parse(R"({"tools":[{"functionDeclarations":[{
        "name":"set_light","parameters":{"type":"OBJECT","required":["room",
        "level"],"properties":{"room":{"type":"STRING"},"level":{"type":
        "INTEGER","minimum":10}}}}]}]})"))));
  const auto call =
      body["candidates"][0]["content"]["parts"][0]["functionCall"];
  EXPECT_EQ(call["name"], "set_light");
  EXPECT_EQ(call["args"], json({{"room", "Kitchen"}, {"level", 10}}));
}

TEST_F(gemini, speaks_about_the_response_of_a_function) {
  const auto body = body_of(answer("m:generateContent", R"({"contents":[
    {"role":"user","parts":[{"text":"light"}]},
    {"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},
    {"role":"user","parts":[{"functionResponse":{"name":"f",
      "response":{"on":true}}}]}]})"));
  EXPECT_TRUE(body["candidates"][0]["content"]["parts"][0]["text"]
                  .get<std::string>()
                  .starts_with(R"(The tool answered: {"on":true})"));
}

TEST_F(gemini, counts_thoughts_beside_the_answer) {
  const auto body = body_of(
      answer("m:generateContent",
             gemini_body(
                 "hi", {{"generationConfig",
                         {{"thinkingConfig", {{"includeThoughts", true}}}}}})));
  EXPECT_EQ(body["candidates"][0]["content"]["parts"][0]["thought"], true);
  const auto& used = body["usageMetadata"];
  EXPECT_EQ(used["totalTokenCount"].get<int>(),
            used["promptTokenCount"].get<int>()
                + used["candidatesTokenCount"].get<int>()
                + used["thoughtsTokenCount"].get<int>());
}

TEST_F(gemini, blocks_a_prompt_without_candidates) {
  const auto body =
      body_of(answer("sim-filter:generateContent", gemini_body("x")));
  EXPECT_FALSE(body.contains("candidates"));
  EXPECT_TRUE(body["promptFeedback"]["blockReason"].is_string());
}

TEST_F(gemini, counts_and_embeds) {
  EXPECT_EQ(
      body_of(answer("m:countTokens", gemini_body("hello")))["totalTokens"], 5);
  const auto one = body_of(answer(
      "m:embedContent",
      R"({"content":{"parts":[{"text":"x"}]},"outputDimensionality":8})"));
  EXPECT_EQ(one["embedding"]["values"].size(), 8U);
  const auto two = body_of(answer(
      "m:batchEmbedContents",
      R"({"requests":[{"model":"models/m","content":{"parts":[{"text":"x"}]}},
                      {"content":{"parts":[{"text":"y"}]}}]})"));
  EXPECT_EQ(two["embeddings"].size(), 2U);
}

TEST_F(gemini, says_errors_in_its_own_shape) {
  const auto made =
      answer("sim-429-retry-after-46:generateContent", gemini_body("x"));
  EXPECT_EQ(made.status, 429U);
  EXPECT_FALSE(made.headers.find("retry-after"));
  const auto error = body_of(made)["error"];
  EXPECT_EQ(error["code"], 429);
  EXPECT_EQ(error["status"], "RESOURCE_EXHAUSTED");
  EXPECT_EQ(error["details"].back()["retryDelay"], "46.000s");
  const auto wrong = answer("m:generateContent", "{}");
  EXPECT_EQ(wrong.status, 400U);
  EXPECT_EQ(body_of(wrong)["error"]["status"], "INVALID_ARGUMENT");
  EXPECT_EQ(answer("m:flyToTheMoon", "{}").status, 404U);
}

TEST_F(gemini, takes_the_key_from_the_query) {
  auto req = ask("/v1beta/models/m:generateContent?key=k", gemini_body("x"));
  req.headers.clear();
  EXPECT_EQ(provider_.answer(req, start_of_time()).status, 200U);
  req.target = "/v1beta/models/m:generateContent";
  EXPECT_EQ(provider_.answer(req, start_of_time()).status, 403U);
}

TEST_F(gemini, reports_an_error_inside_both_kinds_of_stream) {
  const auto events = events_of(answer(
      "sim-error-event:streamGenerateContent?alt=sse", gemini_body("x")));
  EXPECT_EQ(events.back().data()["error"]["code"], 503);
  const auto all = body_of(
      answer("sim-error-event:streamGenerateContent", gemini_body("x")));
  ASSERT_TRUE(all.is_array());
  EXPECT_EQ(all.back()["error"]["code"], 503);
}

}  // namespace
}  // namespace troupe::simulator
