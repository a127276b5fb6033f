// What a question is about: all of the request but the last text of the user.

#include "tests/http/wire/identity/asked.hpp"

#include <gtest/gtest.h>

namespace troupe::http::wire {

namespace {

using enum endpoint;

struct wording {
  endpoint at;
  const char* before;
  const char* after;
};

constexpr wording wordings[]{
    {chat_completions,
     R"({"model":"m","messages":[{"role":"system","content":"s"},)"
     R"({"role":"user","content":)",
     "}]}"},
    {chat_completions,
     R"({"model":"m","messages":[{"role":"user","content":[{"type":"text",)"
     R"("text":)",
     "}]}]}"},
    {responses, R"({"model":"m","instructions":"i","input":)", "}"},
    {responses, R"({"model":"m","input":[{"role":"user","content":)", "}]}"},
    {responses,
     R"({"model":"m","input":[{"type":"message","role":"user","content":)"
     R"([{"type":"input_text","text":)",
     "}]}]}"},
    {messages, R"({"model":"m","messages":[{"role":"user","content":)",
     R"(}],"system":"s"})"},
    {messages,
     R"({"model":"m","messages":[{"role":"user","content":[{"type":"text",)"
     R"("cache_control":{"type":"ephemeral"},"text":)",
     "}]}]}"},
    {generate_content, R"({"contents":[{"role":"user","parts":[{"text":)",
     "}]}]}"},
    {generate_content, R"({"contents":{"parts":{"text":)", "}}}"},
};

request_identity about(const wording& w, const std::string& quoted) {
  return asked{w.at, w.before + quoted + w.after}.identity();
}

TEST(topic, is_the_request_without_its_question) {
  for (const auto& w : wordings) {
    const auto one = about(w, R"("What is \"A\u0042\"?\n")");
    EXPECT_EQ(one.question, "What is \"AB\"?\n") << w.before;
    EXPECT_EQ(one.topic.size(), 64u) << w.before;
    EXPECT_NE(one.topic, one.digest);
    const auto other = about(w, R"("Who?")");
    EXPECT_EQ(other.topic, one.topic) << w.before;
    EXPECT_NE(other.digest, one.digest);
    EXPECT_EQ(other.question, "Who?");
  }
}

TEST(topic, differs_with_everything_else) {
  const auto body = [](const std::string& earlier, const std::string& more) {
    return asked{chat_completions,
                 R"({"model":"m","messages":[{"role":"user","content":")"
                     + earlier
                     + R"("},{"role":"assistant","content":"b"},)"
                       R"({"role":"user","content":"c"}])"
                     + more + "}"};
  };
  const auto topic = body("a", "").identity().topic;
  EXPECT_EQ(topic.size(), 64u);
  EXPECT_NE(body("A", "").identity().topic, topic);
  EXPECT_NE(body("a", R"(,"max_tokens":5)").identity().topic, topic);
  auto other = body("a", "");
  other.tenant = "other";
  EXPECT_NE(other.identity().topic, topic);
  EXPECT_EQ(body("a", R"(,"stream":true)").identity().topic, topic);
}

TEST(topic, is_only_of_one_plain_text_of_the_user) {
  const std::pair<endpoint, const char*> cases[]{
      {chat_completions, R"({"model":"m","messages":[]})"},
      {chat_completions, R"({"model":"m","messages":["hi"]})"},
      {chat_completions,
       R"({"model":"m","messages":[{"role":"assistant","content":"a"}]})"},
      {chat_completions, R"({"model":"m","messages":[{"content":"a"}]})"},
      {chat_completions,
       R"({"model":"m","messages":[{"role":"user","content":" \n"}]})"},
      {chat_completions,
       R"({"model":"m","messages":[{"role":"user","content":[{"type":"text",)"
       R"("text":"a"},{"type":"text","text":"b"}]}]})"},
      {chat_completions,
       R"({"model":"m","messages":[{"role":"user","content":[{"type":)"
       R"("image_url","text":"a"}]}]})"},
      {chat_completions,
       R"({"model":"m","messages":[{"role":"user","content":"a"}],)"
       R"("tools":[{"type":"function"}]})"},
      {chat_completions,
       R"({"model":"m","messages":[{"role":"user","content":"a"}],)"
       R"("functions":[{"name":"f"}]})"},
      {responses, R"({"model":"m","input":[{"role":"user","type":"other",)"
                  R"("content":"a"}]})"},
      {responses, R"({"model":"m","input":["a"]})"},
      {completions, R"({"model":"m","prompt":"a"})"},
      {generate_content,
       R"({"contents":[{"role":"model","parts":[{"text":"a"}]}]})"},
      {generate_content,
       R"({"contents":[{"parts":[{"text":"a","thought":true}]}]})"},
      {generate_content, R"({"contents":[{"parts":[{"inlineData":"a"}]}]})"},
      {embeddings, R"({"model":"m","input":"a"})"},
      {count_message_tokens,
       R"({"model":"m","messages":[{"role":"user","content":"a"}]})"},
  };
  for (const auto& [e, body] : cases) {
    const auto id = asked{e, body}.identity();
    EXPECT_TRUE(id.cacheable) << body;
    EXPECT_EQ(id.topic, "") << body;
    EXPECT_EQ(id.question, "") << body;
  }
}

TEST(topic, is_not_of_long_questions) {
  const auto& w = wordings[0];
  const std::string fits(question_size_max, 'x');
  EXPECT_NE(about(w, '"' + fits + '"').topic, "");
  EXPECT_EQ(about(w, '"' + fits + "x\"").topic, "");
}

TEST(topic, is_only_made_if_wanted) {
  asked one{chat_completions,
            R"({"model":"m","messages":[{"role":"user","content":"a"}]})"};
  one.with_topic = false;
  EXPECT_EQ(one.identity().topic, "");
  EXPECT_EQ(one.identity().question, "");
}

}  // namespace

}  // namespace troupe::http::wire
